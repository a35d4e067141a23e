/**
 * What there is in a database, and which databases there are, as INFO tells it.
 */

import { DbError, type Value, type ValueObject } from '@dendrodb/protocol'
import type { QuerySession } from '../query-session.ts'
import { scanStatements } from '../scan-statements.ts'

/** The result of one statement that was not typed by anybody. @throws its error */
export async function resultOf(session: QuerySession, text: string, signal?: AbortSignal): Promise<Value> {
  const { rest } = scanStatements(text)
  const outcomes = rest === undefined ? [] : await session.run(rest, signal)
  const [outcome] = outcomes
  if (outcome?.status === 'error') throw outcome.error
  return outcome?.value
}

/** Names of the tables, sorted. @throws what INFO FOR DB may meet */
export async function tablesOf(session: QuerySession, signal?: AbortSignal): Promise<readonly string[]> {
  const { tables } = (await resultOf(session, 'INFO FOR DB', signal)) as ValueObject
  return Object.keys((tables ?? {}) as ValueObject).sort()
}

/** `undefined` for who may not know. */
export async function databasesOf(
  session: QuerySession,
  signal?: AbortSignal,
): Promise<readonly string[] | undefined> {
  try {
    const { databases } = (await resultOf(session, 'INFO FOR ROOT', signal)) as ValueObject
    return (databases as readonly Value[]).map(String)
  } catch (error) {
    if (error instanceof DbError && error.status === 'permission_denied') return undefined
    throw error
  }
}
