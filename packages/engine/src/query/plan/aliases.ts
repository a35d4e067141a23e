/**
 * Names that ORDER BY, GROUP BY, HAVING and SPLIT use for what the projection computes.
 */

import { rewriteTree } from '../compile/walk.ts'
import type { Expression, IdiomExpression } from '../dql/ast.ts'

const innerScopes: ReadonlySet<string> = new Set([
  'subquery',
  'block',
  'closure',
  'where',
  'graph',
  'destructure',
])

/**
 * The expression with aliases replaced by what they stand for. Inside of subqueries and conditions on
 * elements a name is a field of another row, so nothing is replaced there.
 */
export function resolveAliases(expression: Expression, aliases: ReadonlyMap<string, Expression>): Expression {
  if (aliases.size === 0) return expression
  return rewriteTree(expression, (node) => {
    if (innerScopes.has(node.kind)) return node
    return node.kind === 'idiom' ? resolveIdiom(node as IdiomExpression, aliases) : undefined
  })
}

function resolveIdiom(
  idiom: IdiomExpression,
  aliases: ReadonlyMap<string, Expression>,
): Expression | undefined {
  const [first, ...rest] = idiom.parts
  if (idiom.start !== undefined || first?.kind !== 'field') return undefined
  const target = aliases.get(first.name)
  if (target === undefined) return undefined
  if (rest.length === 0) return target
  return { ...idiom, start: target, parts: rest }
}
