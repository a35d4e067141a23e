/**
 * What an expression or statement depends on, told from its tree alone.
 * Why: what does not depend on the row may be evaluated once, look something up in an index, or be kept.
 */

import type { Expression, SelectStatement, Statement, SubqueryExpression } from '../dql/ast.ts'
import { isFieldCall } from './dynamic-fields.ts'
import { type AnyNode, hasWrite, someNode } from './walk.ts'

/** Functions whose value changes from call to call. The clock stands still during a statement. */
function isVolatileName(name: string): boolean {
  return name === 'rand' || name.startsWith('rand::') || name === 'sleep'
}

function isVolatileNode(node: AnyNode): boolean {
  if (node.kind === 'call') return isVolatileName((node as { readonly name?: string }).name ?? '')
  return node.kind === 'key_generator' || node.kind === 'mock'
}

/**
 * Whether the expression has the same value for all rows: reads none of their fields and takes no chances.
 */
export function isRowIndependent(expression: Expression): boolean {
  return !someNode(expression, needsRow, (node) => node.kind !== 'subquery')
}

function needsRow(node: AnyNode): boolean {
  switch (node.kind) {
    case 'idiom':
      return (node as { readonly start?: Expression }).start === undefined
    case 'param':
      return rowParams.has((node as { readonly name?: string }).name ?? '')
    case 'subquery':
      return !isIndependent((node as SubqueryExpression).statement)
    case 'block':
    case 'closure':
    case 'repeat':
      return true
    default:
      return isFieldCall(node) || isVolatileNode(node)
  }
}

const rowParams: ReadonlySet<string> = new Set(['this', 'before', 'after', 'value', 'input'])

/** Whether a statement gives the same whatever row it stands beside, for as long as nothing is written. */
export function isIndependent(statement: Statement): boolean {
  if (statement.kind !== 'select' && statement.kind !== 'count') return false
  return !hasWrite(statement) && !someNode(statement, asksForMore)
}

const outerParams: ReadonlySet<string> = new Set(['parent', 'before', 'after', 'value', 'input'])

function asksForMore(node: AnyNode): boolean {
  switch (node.kind) {
    case 'param':
      return outerParams.has((node as { readonly name?: string }).name ?? '')
    case 'select': {
      // Targets and counts are evaluated beside the row around the statement.
      const { from, limit, skip, asOf, validAsOf, trace } = node as SelectStatement
      return [...from, limit, skip, asOf, validAsOf, trace?.depth].some(hasOuterPath)
    }
    default:
      return node.kind === 'closure' || isVolatileNode(node)
  }
}

function hasOuterPath(expression: Expression | undefined): boolean {
  return someNode(
    expression,
    (node) => {
      if (isFieldCall(node)) return true
      if (node.kind === 'param') return (node as { readonly name?: string }).name === 'this'
      return node.kind === 'idiom' && (node as { readonly start?: Expression }).start === undefined
    },
    (node) => node.kind !== 'subquery',
  )
}

/** Whether two evaluations with the same row may differ, or each costs reads of the database. */
export function isVolatileOrHeavy(expression: Expression): boolean {
  return someNode(expression, (node) => isVolatileNode(node) || heavyKinds.has(node.kind))
}

const heavyKinds: ReadonlySet<string> = new Set(['graph', 'recurse', 'subquery', 'block'])
