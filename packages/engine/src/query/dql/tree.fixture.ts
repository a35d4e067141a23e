/** Looks at syntax trees for the tests. */

import type { Span } from './ast-type.ts'

/** The tree without its spans, which alone differ between two texts of one meaning. */
export function withoutSpans<Tree>(tree: Tree): Tree {
  return strip(tree) as Tree
}

function strip(tree: unknown): unknown {
  if (Array.isArray(tree)) return tree.map(strip)
  if (!isPlain(tree)) return tree
  return Object.fromEntries(
    Object.entries(tree)
      .filter(([key]) => key !== 'span')
      .map(([key, value]) => [key, strip(value)]),
  )
}

/**
 * Spans that do not lie within that of the node above them, and nodes that hold `undefined` where they should
 * not.
 */
export function flawsOf(tree: unknown, outer: Span): readonly string[] {
  if (Array.isArray(tree)) return tree.flatMap((item) => flawsOf(item, outer))
  if (!isPlain(tree)) return []
  const span = isSpan(tree.span) ? tree.span : outer
  const isInside = outer.start <= span.start && span.start <= span.end && span.end <= outer.end
  const flaws = isInside
    ? []
    : [`${String(tree.kind)} ${span.start}-${span.end} outside ${outer.start}-${outer.end}`]
  for (const [key, value] of Object.entries(tree)) {
    if (key === 'span') continue
    if (value === undefined && !(tree.kind === 'literal' && key === 'value')) flaws.push(`undefined ${key}`)
    flaws.push(...flawsOf(value, span))
  }
  return flaws
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
}

function isSpan(value: unknown): value is Span {
  return isPlain(value) && typeof value.start === 'number' && typeof value.end === 'number'
}
