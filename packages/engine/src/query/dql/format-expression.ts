/**
 * Expressions as canonical text: parentheses only where they are needed, one space around operators.
 */

import { formatValue, Geometry, type Value } from '@dendrodb/protocol'
import type {
  BinaryExpression,
  BlockExpression,
  ClosureExpression,
  Distance,
  Expression,
  FunctionParam,
  KnnExpression,
  MatchesExpression,
  ObjectEntry,
  RangeExpression,
  RecordIdExpression,
  RecordKeyNode,
  Statement,
  UnaryExpression,
} from './ast.ts'
import type { Format } from './format.ts'
import { escapeName, formatFunctionName, formatName, formatObjectKey, formatParam } from './format-name.ts'
import { formatPath } from './format-path.ts'
import { formatType } from './format-type.ts'
import { isAssignment, isUnchained, operatorPower, powerOf, powers, unchained } from './operator-power.ts'

export function formatExpressionNode(f: Format, e: Expression): string {
  switch (e.kind) {
    case 'literal':
      return formatLiteral(e.value)
    case 'param':
      return formatParam(e.name)
    case 'table':
      return formatName(e.name)
    case 'record_id':
      return formatRecordId(f, e)
    case 'mock': {
      const { amount } = e
      return `|${formatName(e.table)}:${'count' in amount ? amount.count : `${amount.from}..=${amount.to}`}|`
    }
    case 'idiom':
      return formatPath(f, e)
    case 'array':
      return formatItems(f, e.items)
    case 'set':
      return formatSet(f, e.items)
    case 'object':
      return formatEntries(f, e.entries)
    case 'range':
      return formatRange(f, e)
    case 'unary':
      return formatUnary(f, e)
    case 'binary':
      return formatBinary(f, e)
    case 'between': {
      const operator = e.negated ? 'NOT BETWEEN' : 'BETWEEN'
      const value = operand(f, e.value, powers.relation)
      const bounds = [e.lower, e.upper].map((bound) => operand(f, bound, powers.relation + 1))
      return `${value} ${operator} ${bounds.join(' AND ')}`
    }
    case 'matches':
      return formatMatches(f, e)
    case 'knn':
      return formatKnn(f, e)
    case 'cast':
      return `<${formatType(e.type)}> ${operand(f, e.operand, powers.prefix)}`
    case 'call':
      return formatCall(f, e.name, e.args)
    case 'constant':
      return formatFunctionName(e.name)
    case 'closure':
      return formatClosure(f, e)
    case 'subquery':
      return `(${f.statement(e.statement)})`
    case 'block':
      return formatBlock(f, e)
    default:
      return e satisfies never
  }
}

/**
 * The expression, in parentheses when it binds looser than `power`. Open ends of ranges would take in what
 * follows.
 */
function operand(f: Format, e: Expression, power: number): string {
  const text = f.expression(e)
  return powerOf(e) < power || e.kind === 'range' || e.kind === 'closure' ? `(${text})` : text
}

function formatLiteral(value: Value): string {
  if (!(value instanceof Geometry)) return formatValue(value)
  return `(${String(value.coordinates).replace(',', ', ')})`
}

function formatBinary(f: Format, { operator, left, right }: BinaryExpression): string {
  const power = operatorPower(operator)
  const isUnchaining = unchained.has(operator)
  const side = (e: Expression, least: number): string => {
    const text = operand(f, e, least)
    return isUnchaining && isUnchained(e) && powerOf(e) >= least ? `(${text})` : text
  }
  const word = operator === '&&' ? 'AND' : operator === '||' ? 'OR' : operator
  return `${side(left, power)} ${word} ${side(right, power + 1)}`
}

function formatUnary(f: Format, { operator, operand: inner }: UnaryExpression): string {
  const text = operand(f, inner, powers.prefix)
  // A number would take the sign as its own, and two minus signs begin a comment.
  const isTaken = operator !== '!' && /^[-+\d]/.test(text)
  return isTaken ? `${operator}(${text})` : operator + text
}

function formatMatches(f: Format, e: MatchesExpression): string {
  const inner = [e.reference, e.terms].filter((part) => part !== undefined).join(',')
  return `${operand(f, e.left, powers.equality)} @${inner}@ ${operand(f, e.right, powers.equality + 1)}`
}

function formatKnn(f: Format, e: KnnExpression): string {
  const second = e.ef ?? (e.distance === undefined ? undefined : formatDistance(e.distance))
  const inner = second === undefined ? e.k : `${e.k},${second}`
  return `${operand(f, e.left, powers.relation)} <|${inner}|> ${operand(f, e.right, powers.relation + 1)}`
}

export function formatDistance(distance: Distance): string {
  return distance.metric === 'minkowski' ? `MINKOWSKI ${distance.order}` : distance.metric.toUpperCase()
}

function formatRange(f: Format, e: RangeExpression): string {
  const lower = e.lower === undefined ? '' : formatBound(f, e.lower)
  const upper = e.upper === undefined ? '' : formatBound(f, e.upper)
  const dots = `${e.lowerInclusive ? '' : '>'}..${e.upperInclusive ? '=' : ''}`
  return lower === '' && upper === '' ? `(${dots})` : lower + dots + upper
}

/** Only what cannot run into the dots goes without parentheses. */
function formatBound(f: Format, e: Expression): string {
  const text = f.expression(e)
  return e.kind === 'literal' || e.kind === 'param' ? text : `(${text})`
}

function formatItems(f: Format, items: readonly Expression[]): string {
  return `[${items.map(f.expression).join(', ')}]`
}

function formatSet(f: Format, items: readonly Expression[]): string {
  const texts = items.map((item, index) => (index === 0 ? firstInBraces(f, item) : f.expression(item)))
  return texts.length < 2 ? `{${texts.join('')},}` : `{${texts.join(', ')}}`
}

/** `{a:1` begins an object and `{$a = 1` an assignment, so these go into parentheses. */
function firstInBraces(f: Format, e: Expression): string {
  const text = f.expression(e)
  return beginsWithRecordId(e) || isAssignment(e) ? `(${text})` : text
}

function beginsWithRecordId(e: Expression): boolean {
  switch (e.kind) {
    case 'record_id':
      return true
    case 'binary':
    case 'matches':
    case 'knn':
      return beginsWithRecordId(e.left)
    case 'between':
      return beginsWithRecordId(e.value)
    case 'idiom':
      return e.start !== undefined && beginsWithRecordId(e.start)
    default:
      return false
  }
}

function formatEntries(f: Format, entries: readonly ObjectEntry[]): string {
  if (entries.length === 0) return '{}'
  const fields = entries.map(({ key, value }) => `${formatObjectKey(key)}: ${f.expression(value)}`)
  return `{ ${fields.join(', ')} }`
}

export function formatBlock(f: Format, { statements }: BlockExpression): string {
  const [first, ...others] = statements
  if (first === undefined) return '{;}'
  return `{ ${[formatFirst(f, first), ...others.map(f.statement)].join('; ')} }`
}

function formatFirst(f: Format, statement: Statement): string {
  return statement.kind === 'expression' ? firstInBraces(f, statement.expression) : f.statement(statement)
}

function formatCall(f: Format, name: string, args: readonly Expression[]): string {
  const call = `${formatFunctionName(name)}(${args.map(f.expression).join(', ')})`
  return name === 'value' || name === 'only' ? `(${call})` : call
}

function formatClosure(f: Format, e: ClosureExpression): string {
  const params = `|${e.params.map((param) => formatFunctionParam(param, true)).join(', ')}|`
  if (e.returns !== undefined && e.body.kind === 'block') {
    return `${params} -> ${formatType(e.returns)} ${formatBlock(f, e.body)}`
  }
  const body = f.expression(e.body)
  const isArrow = body.startsWith('->')
  // Without a space, `||` is no operator after a word.
  const gap = e.params.length === 0 ? '' : ' '
  return params + gap + (isArrow ? `(${body})` : body)
}

/** `isClosure`: the type ends at a bar, so a union goes into angle brackets. */
export function formatFunctionParam({ name, type }: Omit<FunctionParam, 'span'>, isClosure: boolean): string {
  if (type === undefined) return formatParam(name)
  const text = formatType(type)
  return `${formatParam(name)}: ${isClosure && type.kind === 'union_type' ? `<${text}>` : text}`
}

// Record ids

function formatRecordId(f: Format, { table, key }: RecordIdExpression): string {
  return `${formatName(table)}:${formatKey(f, key)}`
}

function formatKey(f: Format, key: RecordKeyNode): string {
  switch (key.kind) {
    case 'key_literal':
      return typeof key.value === 'string' ? formatTextKey(key.value) : formatValue(key.value)
    case 'key_generator':
      return `${key.generator}()`
    case 'key_array':
      return formatItems(f, key.items)
    case 'key_object':
      return formatEntries(f, key.entries)
    case 'key_range': {
      const lower = key.lower === undefined ? '' : formatKey(f, key.lower.key)
      const upper = key.upper === undefined ? '' : formatKey(f, key.upper.key)
      const above = key.lower?.inclusive === false ? '>' : ''
      return `${lower}${above}..${key.upper?.inclusive === true ? '=' : ''}${upper}`
    }
    default:
      return key satisfies never
  }
}

/** Digits alone would be an int. */
function formatTextKey(key: string): string {
  return /^[A-Za-z0-9_]+$/.test(key) && /\D/.test(key) ? key : escapeName(key)
}
