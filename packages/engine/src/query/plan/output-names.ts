/**
 * Under which name a projected expression appears in the result, as SurrealQL names it.
 */

import type { Expression, IdiomExpression, PathPart, ProjectedField, Projection } from '../dql/ast.ts'
import { formatExpression } from '../dql/format-ast.ts'

/** Names from the outside in; `AS a.b` and the path `a.b` both give an object `a`. */
export function outputPath(field: ProjectedField): readonly string[] {
  const alias = aliasOf(field)
  return alias === undefined ? nameOf(field.expression) : pathNames(alias)
}

/** The alias, or in a path along edges the first one inside of it: `->(knows AS k)->person`. */
function aliasOf({ alias, expression }: ProjectedField): IdiomExpression | undefined {
  if (alias !== undefined || expression.kind !== 'idiom') return alias
  const named = expression.parts.find((part) => part.kind === 'graph' && part.alias !== undefined)
  return named?.kind === 'graph' ? named.alias : undefined
}

function nameOf(expression: Expression): readonly string[] {
  switch (expression.kind) {
    case 'idiom':
      return pathNames(expression)
    case 'param':
      return [expression.name]
    case 'call':
      return [expression.name]
    default:
      return [formatExpression(expression)]
  }
}

export function pathNames(idiom: IdiomExpression): readonly string[] {
  const names: string[] = []
  for (const part of idiom.parts) {
    if (part.kind === 'field') names.push(part.name)
    if (part.kind === 'graph') names.push(formatPart(part))
  }
  return names.length > 0 ? names : [formatExpression(idiom)]
}

function formatPart(part: PathPart): string {
  return formatExpression({ kind: 'idiom', span: part.span, parts: [part] })
}

/** A path of plain fields as an expression. */
export function fieldIdiom(names: readonly string[]): IdiomExpression {
  const span = { start: 0, end: 0 }
  return { kind: 'idiom', span, parts: names.map((name) => ({ kind: 'field', span, name })) }
}

/** Aliases of one name, and names of calls such as `count`, with what they stand for. */
export function aliasesOf(projection: Projection): ReadonlyMap<string, Expression> {
  const aliases = new Map<string, Expression>()
  for (const item of projection.items) {
    if (item.kind !== 'field') continue
    const isNamed = aliasOf(item) !== undefined || item.expression.kind === 'call'
    const [name, ...rest] = isNamed ? outputPath(item) : []
    if (name !== undefined && rest.length === 0) aliases.set(name, item.expression)
  }
  return aliases
}
