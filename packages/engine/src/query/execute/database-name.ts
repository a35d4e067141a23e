/**
 * Names of databases: `USE NS a DB b` is the database `a/b`, `USE DB b` is `b`.
 */

import type { UseStatement } from '../dql/ast.ts'

/** The database that USE leads to from another one. A namespace alone keeps the name within it. */
export function databaseOf({ namespace, database }: UseStatement, current: string): string {
  const own = current.slice(current.indexOf('/') + 1)
  if (namespace === undefined) return database ?? current
  return `${namespace}/${database ?? own}`
}

/** A database named from within another one: its neighbour in the same namespace. */
export function databaseIn(current: string, name: string): string {
  const slash = current.indexOf('/')
  return slash < 0 ? name : `${current.slice(0, slash)}/${name}`
}
