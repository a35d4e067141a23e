/**
 * How tightly operators bind, for the parser and the formatter. Loosest first, as in SurrealQL 3; what binds
 * equally associates to the left.
 *
 * | power    | operators                                                                       |
 * |----------|---------------------------------------------------------------------------------|
 * | nullish  | `??` `?:`                                                                       |
 * | or       | `OR` `||`                                                                       |
 * | and      | `AND` `&&`                                                                      |
 * | not      | `NOT` before a value                                                            |
 * | equality | `=` `==` `!=` `IS` `IS NOT` `?=` `*=` `~` `!~` `?~` `*~` `@@`                   |
 * | relation | `<` `<=` `>` `>=` `IN` `CONTAINS` … `LIKE` `BETWEEN` `<|k|>`                    |
 * | add      | `+` `-`                                                                         |
 * | multiply | `*` `×` `/` `÷` `%`                                                             |
 * | power    | `**`                                                                            |
 * | prefix   | `!` `-` `+` `<type>`                                                            |
 * | range    | `..` `..=` `>..` `>..=`                                                         |
 *
 * `a = b = c` and `1..2..3` have no agreed meaning and are refused; parentheses say which is meant.
 */

import type { BinaryOperator, Expression } from './ast.ts'

export const powers = {
  lowest: 0,
  nullish: 1,
  or: 2,
  and: 3,
  not: 4,
  equality: 5,
  relation: 6,
  add: 7,
  multiply: 8,
  power: 9,
  prefix: 10,
  range: 11,
  primary: 12,
} as const

const powerOfOperator: Readonly<Record<BinaryOperator, number>> = {
  '??': powers.nullish,
  '?:': powers.nullish,
  '||': powers.or,
  '&&': powers.and,
  '=': powers.equality,
  '==': powers.equality,
  '!=': powers.equality,
  '?=': powers.equality,
  '*=': powers.equality,
  '~': powers.equality,
  '!~': powers.equality,
  '?~': powers.equality,
  '*~': powers.equality,
  '<': powers.relation,
  '<=': powers.relation,
  '>': powers.relation,
  '>=': powers.relation,
  IN: powers.relation,
  'NOT IN': powers.relation,
  CONTAINS: powers.relation,
  CONTAINSNOT: powers.relation,
  CONTAINSALL: powers.relation,
  CONTAINSANY: powers.relation,
  CONTAINSNONE: powers.relation,
  ALLINSIDE: powers.relation,
  ANYINSIDE: powers.relation,
  NONEINSIDE: powers.relation,
  OUTSIDE: powers.relation,
  INTERSECTS: powers.relation,
  LIKE: powers.relation,
  'NOT LIKE': powers.relation,
  '+': powers.add,
  '-': powers.add,
  '*': powers.multiply,
  '/': powers.multiply,
  '%': powers.multiply,
  '**': powers.power,
}

/** How tightly the outermost operator of an expression binds; values bind tightest. */
export function powerOf(expression: Expression): number {
  switch (expression.kind) {
    case 'binary':
      return powerOfOperator[expression.operator]
    case 'between':
    case 'knn':
      return powers.relation
    case 'matches':
      return powers.equality
    case 'unary':
    case 'cast':
      return powers.prefix
    case 'range':
      return powers.range
    case 'closure':
      return powers.lowest
    default:
      return powers.primary
  }
}

/** The power of a binary operator. */
export function operatorPower(operator: BinaryOperator): number {
  return powerOfOperator[operator]
}

/** Operators that do not chain: `a = b CONTAINS c`. `<` and its like do, as in SurrealQL. */
export const unchained: ReadonlySet<BinaryOperator> = new Set<BinaryOperator>([
  '=',
  '!=',
  '*=',
  '?=',
  'CONTAINS',
  'CONTAINSNOT',
  'CONTAINSALL',
  'CONTAINSNONE',
  'ALLINSIDE',
  'ANYINSIDE',
  'NONEINSIDE',
  'OUTSIDE',
  'INTERSECTS',
  'IN',
  'NOT IN',
])

export function isUnchained(expression: Expression): boolean {
  return expression.kind === 'knn' || (expression.kind === 'binary' && unchained.has(expression.operator))
}

/**
 * As a statement, `$x = 5` was how SurrealQL once set a parameter. Taken for a comparison it would hide that
 * nothing is set, so only parentheses make a statement of it.
 */
export function isAssignment(expression: Expression): boolean {
  return expression.kind === 'binary' && expression.operator === '=' && expression.left.kind === 'param'
}
