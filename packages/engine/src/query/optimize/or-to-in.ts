/**
 * `a = 1 OR a = 2 OR a IN [3]` says of `a` what `a IN [1, 2, 3]` says, which an index can answer.
 * Only for looking things up: the condition itself stays as it is.
 */

import { plainFields } from '../compile/compile-path.ts'
import { sameTree } from '../compile/walk.ts'
import type { BinaryExpression, Expression } from '../dql/ast.ts'

/** The IN that stands for the alternatives; any other expression as it is. */
export function orToIn(expression: Expression): Expression {
  const alternatives = disjunctsOf(expression)
  if (alternatives.length < 2) return expression
  let field: Expression | undefined
  const items: Expression[] = []
  for (const alternative of alternatives) {
    const equality = equalityOf(alternative)
    if (equality === undefined || (field !== undefined && !sameTree(field, equality.left))) return expression
    field = equality.left
    items.push(...(equality.operator === 'IN' ? itemsOf(equality.right) : [equality.right]))
  }
  const { span } = expression
  const list: Expression = { kind: 'array', span, items }
  return { kind: 'binary', span, operator: 'IN', left: field as Expression, right: list }
}

function disjunctsOf(expression: Expression): readonly Expression[] {
  if (expression.kind !== 'binary' || expression.operator !== '||') return [expression]
  return [...disjunctsOf(expression.left), ...disjunctsOf(expression.right)]
}

/** With the field on the left. */
function equalityOf(expression: Expression): BinaryExpression | undefined {
  if (expression.kind !== 'binary') return undefined
  const { operator, left, right } = expression
  if (operator === 'IN')
    return plainFields(left) !== undefined && right.kind === 'array' ? expression : undefined
  // `==` asks for more than IN and is left alone.
  if (operator !== '=') return undefined
  if (plainFields(left) !== undefined) return expression
  return plainFields(right) === undefined ? undefined : { ...expression, left: right, right: left }
}

function itemsOf(list: Expression): readonly Expression[] {
  return list.kind === 'array' ? list.items : []
}
