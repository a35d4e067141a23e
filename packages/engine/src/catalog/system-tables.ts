/**
 * The reserved tables that hold the definitions themselves.
 * Why: definitions are records, versioned, hashed and backed up like any other; only the numbers of their own
 * tables must be known before anything can be read.
 */

import type { TableDefinition } from './definitions.ts'

/** Names that begin with it belong to the system. */
export const reservedPrefix = '$'
/** Numbers below are for system tables; those of users' tables and indexes start here. */
export const firstFreeNumber = 16

export const systemTables = {
  table: systemTable(1, '$table'),
  index: systemTable(2, '$index'),
  param: systemTable(3, '$param'),
  branch: systemTable(4, '$branch'),
} as const

/** What was merged into a branch, and how far; on each branch its own, no definition. */
export const mergeTable = systemTable(5, '$merge')

/** Names for moments of the database, on main. */
export const snapshotTable = systemTable(7, '$snapshot')
/** What was erased: one record per erasure, which names places in the log and not what stood there. */
export const forgottenTable = systemTable(8, '$forgotten')

export function isSystemTable(name: string): boolean {
  return name.startsWith(reservedPrefix)
}

/**
 * Reserved tables that the engine itself relies on; others are those of whoever owns it, such as accounts.
 */
export function isEngineTable(name: string): boolean {
  return engineTables.has(name)
}

const engineTables: ReadonlySet<string> = new Set(
  [...Object.values(systemTables), mergeTable, snapshotTable, forgottenTable].map(({ name }) => name),
)

/** Tables whose records make up the catalog. */
export const catalogTableIds: ReadonlySet<number> = new Set(Object.values(systemTables).map(({ id }) => id))

function systemTable(id: number, name: string): TableDefinition {
  return {
    id,
    name,
    kind: { type: 'normal' },
    schema: 'schemaless',
    drop: false,
    permissions: { select: 'none', create: 'none', update: 'none', delete: 'none' },
    comment: undefined,
    implicit: false,
    validTime: 'none',
    historyMicros: undefined,
    historySince: 0,
    indexes: [],
  }
}
