/**
 * Short ways to run texts in tests.
 */

import { formatValue, RecordId, type Value } from '@dendrodb/protocol'
import { runQuery } from '../../run-query.ts'
import type { QueryHost } from '../host.ts'
import type { Session } from '../session.ts'

export const rootSession: Session = { database: 'main', isRoot: true, isSystem: false }

export function userSession(name: string, roles: readonly string[] = []): Session {
  return { database: 'main', isRoot: false, isSystem: false, auth: { id: new RecordId('user', name), roles } }
}

/** The result of the last statement. @throws the error of the first that failed */
export async function resultOf(
  host: QueryHost,
  text: string,
  vars?: Readonly<Record<string, Value>>,
  session: Session = rootSession,
): Promise<Value> {
  const { results } = await runQuery(host, session, text, vars)
  let value: Value
  for (const each of results) {
    if (each.status === 'error') throw each.error
    value = each.result
  }
  return value
}

/** As `resultOf`, as text; an error is its code. */
export async function answerOf(
  host: QueryHost,
  text: string,
  vars?: Readonly<Record<string, Value>>,
  session: Session = rootSession,
): Promise<string> {
  try {
    return formatValue(await resultOf(host, text, vars, session))
  } catch (error) {
    return (error as { readonly code?: string }).code ?? String(error)
  }
}

/** Operators of a plan from the top down, each with what tells it apart. */
export async function operatorsOf(
  host: QueryHost,
  text: string,
  session?: Session,
): Promise<readonly string[]> {
  interface Shown {
    readonly operator: string
    readonly index?: string
    readonly inputs?: readonly Shown[]
  }
  const top = (await resultOf(host, `EXPLAIN ${text}`, undefined, session)) as unknown as Shown
  const names: string[] = []
  for (let node: Shown | undefined = top; node !== undefined; node = node.inputs?.[0]) {
    names.push(node.index === undefined ? node.operator : `${node.operator} ${node.index}`)
  }
  return names
}
