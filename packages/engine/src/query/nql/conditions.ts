/**
 * What NQL compares and groups by, as expressions of the plan, so that indexes serve it as they serve DQL.
 * In NQL an absent field is null, and values of different types are neither equal nor in any order.
 */

import { isInt, RecordId, type RecordKey, typeOf, Uuid, type Value } from '@dendrodb/protocol'
import type { BinaryOperator, Expression } from '../dql/ast.ts'
import { isNumber } from '../operators/number-arithmetic.ts'
import { fieldIdiom } from '../plan/output-names.ts'
import type { NqlCondition, NqlOperator } from './nql-query.ts'

const span = { start: 0, end: 0 }

export function literal(value: Value): Expression {
  return { kind: 'literal', span, value }
}

export function binary(left: Expression, operator: BinaryOperator, right: Expression): Expression {
  return { kind: 'binary', span, operator, left, right }
}

export function call(name: string, ...args: readonly Expression[]): Expression {
  return { kind: 'call', span, name, args }
}

/** The value of `value` where the condition holds, else that of `otherwise`, which is not truthy. */
export function when(condition: Expression, value: Expression, otherwise: Expression): Expression {
  return binary(binary(condition, '?:', otherwise), '&&', value)
}

export function allOf(conditions: readonly Expression[]): Expression | undefined {
  const [first, ...rest] = conditions
  return first && rest.reduce((all, each) => binary(all, '&&', each), first)
}

export function conditionOf({ field, operator, value }: NqlCondition): Expression {
  const path = fieldIdiom(field)
  if (value === undefined || value === null) return nullCondition(path, operator)
  if (operator === '=' || operator === '!=') return equality(path, operator, value)
  // The comparison stands first: it is what an index can answer.
  return binary(binary(path, operator, constant(value)), '&&', call(typeTest(value), path))
}

/** A text stands for itself and for the link that is written so, as rows show links as texts. */
function equality(path: Expression, operator: '=' | '!=', value: Value): Expression {
  const link = typeof value === 'string' ? parseId(value) : undefined
  if (link === undefined) return binary(path, operator, constant(value))
  const list: Expression = { kind: 'array', span, items: [literal(value), recordId(link)] }
  return binary(path, operator === '=' ? 'IN' : 'NOT IN', list)
}

/** `WHERE _id = x`, or `id = x`, or `!=`: the record by its id, which is what the primary key answers. */
export function idCondition(table: string, { field, operator, value }: NqlCondition): Expression {
  const keys = keysOf(value)
  const whole = field[0] === 'id' ? wholeId(value) : undefined
  if (whole?.table === table) keys.push(whole.key)
  const ids = keys.map((key) => recordId(new RecordId(table, key)))
  const list: Expression = { kind: 'array', span, items: ids }
  return binary(fieldIdiom(['id']), operator === '=' ? 'IN' : 'NOT IN', list)
}

/**
 * Keys that a value may stand for: a text is itself, or the key that is written so behind the colon of an id.
 */
function keysOf(value: Value): RecordKey[] {
  if (isInt(value) || value instanceof Uuid) return [value]
  if (typeof value !== 'string') return []
  const written = parseId(`any:${value}`)
  return written === undefined || typeof written.key === 'string' ? [value] : [value, written.key]
}

function wholeId(value: Value): RecordId | undefined {
  return typeof value === 'string' ? parseId(value) : value instanceof RecordId ? value : undefined
}

function parseId(text: string): RecordId | undefined {
  try {
    return RecordId.parse(text)
  } catch {
    return undefined
  }
}

function nullCondition(path: Expression, operator: NqlOperator): Expression {
  const nulls: Expression = { kind: 'array', span, items: [literal(undefined), literal(null)] }
  if (operator === '=') return binary(path, 'IN', nulls)
  return operator === '!=' ? binary(path, 'NOT IN', nulls) : literal(false)
}

/** The function that tells whether a value may be compared with this one. */
function typeTest(value: Value): string {
  return isNumber(value) ? 'type::is_number' : `type::is_${typeOf(value)}`
}

function constant(value: Value): Expression {
  return value instanceof RecordId ? recordId(value) : literal(value)
}

function recordId({ table, key }: RecordId): Expression {
  return { kind: 'record_id', span, table, key: { kind: 'key_literal', span, value: key as Value } }
}
