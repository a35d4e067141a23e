/**
 * What the conditions above a table say about single fields: `age > 30 AND tags CONTAINS 'x'` bounds `age`
 * from below and asks for an element of `tags`.
 * Only comparisons of a path of fields with something that is the same for all rows count. All of it is a
 * hint where to look: conditions are checked on the records again, unless `isExact` says that an index
 * answers them fully.
 */

import { plainFields } from '../compile/compile-path.ts'
import { isRowIndependent } from '../compile/independence.ts'
import type { BetweenExpression, BinaryExpression, BinaryOperator, Expression } from '../dql/ast.ts'
import { orToIn } from './or-to-in.ts'

/**
 * `equal`, `lower`, `upper`: of the field's value. `element`: the field is a list that has the value among
 * its elements (or any text or object that contains it).
 */
export type ConstraintKind = 'equal' | 'lower' | 'upper' | 'element'

export interface Constraint {
  readonly path: readonly string[]
  readonly kind: ConstraintKind
  readonly expression: Expression
  readonly take: 'one' | 'each' | 'first'
  /** Of bounds. */
  readonly inclusive: boolean
  /** The part of the condition it comes from. */
  readonly source: Expression
  /** An index range for it holds just the records the source holds for. */
  readonly isExact: boolean
  readonly isRule: boolean
}

/** The parts of a condition that must all hold. */
export function conjunctsOf(condition: Expression): readonly Expression[] {
  if (condition.kind !== 'binary' || condition.operator !== '&&') return [condition]
  return [...conjunctsOf(condition.left), ...conjunctsOf(condition.right)]
}

export function constraintsOf(condition: Expression, isRule: boolean): readonly Constraint[] {
  return conjunctsOf(condition).flatMap((conjunct) => {
    return constraintsOfConjunct(orToIn(conjunct)).map((found) => ({ ...found, source: conjunct, isRule }))
  })
}

type Found = Omit<Constraint, 'source' | 'isRule'>

function constraintsOfConjunct(conjunct: Expression): readonly Found[] {
  if (conjunct.kind === 'between') return constraintsOfBetween(conjunct)
  if (conjunct.kind !== 'binary') return []
  const { left, right, operator } = conjunct
  const leftPath = pathOf(left)
  if (leftPath !== undefined && isRowIndependent(right)) return fromOperator(leftPath, operator, right)
  const rightPath = pathOf(right)
  if (rightPath !== undefined && isRowIndependent(left)) return fromMirrored(rightPath, conjunct)
  return []
}

function pathOf(expression: Expression): readonly string[] | undefined {
  return plainFields(expression)
}

function constraintsOfBetween({ value, lower, upper, negated }: BetweenExpression): readonly Found[] {
  const path = pathOf(value)
  if (path === undefined || negated || !isRowIndependent(lower) || !isRowIndependent(upper)) return []
  return [bound(path, 'lower', lower, true), bound(path, 'upper', upper, true)]
}

function fromOperator(
  path: readonly string[],
  operator: BinaryOperator,
  expression: Expression,
): readonly Found[] {
  switch (operator) {
    case '=':
    case '==':
      return [{ path, kind: 'equal', expression, take: 'one', inclusive: true, isExact: true }]
    case 'IN':
      return [{ path, kind: 'equal', expression, take: 'each', inclusive: true, isExact: true }]
    case '<':
      return [bound(path, 'upper', expression, false)]
    case '<=':
      return [bound(path, 'upper', expression, true)]
    case '>':
      return [bound(path, 'lower', expression, false)]
    case '>=':
      return [bound(path, 'lower', expression, true)]
    case 'CONTAINS':
    case '?=':
      return [element(path, expression, 'one')]
    case 'CONTAINSANY':
      return [element(path, expression, 'each')]
    case 'CONTAINSALL':
      return [element(path, expression, 'first')]
    default:
      return []
  }
}

const mirrored: Partial<Record<BinaryOperator, BinaryOperator>> = {
  '=': '=',
  '==': '==',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
  IN: 'CONTAINS',
  ANYINSIDE: 'CONTAINSANY',
  ALLINSIDE: 'CONTAINSALL',
  CONTAINS: 'IN',
}

function fromMirrored(path: readonly string[], { left, operator }: BinaryExpression): readonly Found[] {
  const turned = mirrored[operator]
  return turned === undefined ? [] : fromOperator(path, turned, left)
}

function bound(
  path: readonly string[],
  kind: 'lower' | 'upper',
  expression: Expression,
  inclusive: boolean,
): Found {
  return { path, kind, expression, take: 'one', inclusive, isExact: true }
}

function element(path: readonly string[], expression: Expression, take: Found['take']): Found {
  return { path, kind: 'element', expression, take, inclusive: true, isExact: false }
}
