/**
 * What there is in a database, and which databases there are, as INFO tells it.
 */

import { DbError, type Value, type ValueObject } from '@dendrodb/protocol'
import type { QuerySession } from './query-session.ts'
import { scanStatements } from './scan-statements.ts'

/** The result of one statement that was not typed by anybody. @throws its error */
export async function resultOf(session: QuerySession, text: string, signal?: AbortSignal): Promise<Value> {
  const { rest } = scanStatements(text)
  const outcomes = rest === undefined ? [] : await session.run(rest, signal)
  const [outcome] = outcomes
  if (outcome?.status === 'error') throw outcome.error
  return outcome?.value
}

/** Definitions by table. @throws what INFO FOR DB may meet */
export async function tablesOf(session: QuerySession): Promise<ReadonlyMap<string, string>> {
  const tables = ((await resultOf(session, 'INFO FOR DB')) as ValueObject).tables
  return new Map(Object.entries((tables ?? {}) as ValueObject).map(([name, text]) => [name, String(text)]))
}

/** `undefined` for who may not know. */
export async function databasesOf(session: QuerySession): Promise<readonly string[] | undefined> {
  try {
    const { databases } = (await resultOf(session, 'INFO FOR ROOT')) as ValueObject
    return (databases as readonly Value[]).map(String)
  } catch (error) {
    if (error instanceof DbError && error.status === 'permission_denied') return undefined
    throw error
  }
}
