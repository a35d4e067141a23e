/**
 * GROUP BY: which aggregates a statement needs, and its expressions in terms of their results.
 * The outermost call of a function that can aggregate is an aggregate; what is inside of it is evaluated per
 * row. Parts equal to a key of the group stand for the key. Everything else is evaluated on the first row of
 * the group.
 * Results are named `#0`, `#1` … in rewritten expressions: parameters that no text can name, read from the
 * group row.
 */

import { plainFields } from '../compile/compile-path.ts'
import { type AnyNode, rewriteTree, sameTree } from '../compile/walk.ts'
import type { CallExpression, Expression, IdiomExpression, ParamExpression } from '../dql/ast.ts'
import { resolveAggregate } from '../functions/registry.ts'
import type { AggregateCall } from './plan-node.ts'

export const slotPrefix = '#'

/** Collects aggregates while expressions are rewritten. */
export class GroupRewriter {
  readonly keys: readonly Expression[]
  readonly #aggregates: AggregateCall[] = []

  constructor(keys: readonly Expression[]) {
    this.keys = keys
  }

  /** Slots after those of the keys. */
  get aggregates(): readonly AggregateCall[] {
    return this.#aggregates
  }

  rewrite(expression: Expression): Expression {
    return rewriteTree(expression, (node) => this.#replace(node))
  }

  #replace(node: AnyNode): unknown {
    const key = this.keys.findIndex((each) => sameTree(each, node))
    if (key >= 0) return slot(key)
    if (node.kind === 'idiom') return this.#replaceStart(node as IdiomExpression)
    if (isAggregate(node)) {
      return slot(this.keys.length + this.#slotOf(node as CallExpression))
    }
    return innerKinds.has(node.kind) ? node : undefined
  }

  /** `a.b` where `a` is a key. */
  #replaceStart(idiom: IdiomExpression): Expression | undefined {
    if (idiom.start !== undefined) return undefined
    for (let length = idiom.parts.length - 1; length > 0; length -= 1) {
      const start = { ...idiom, parts: idiom.parts.slice(0, length) }
      if (plainFields(start) === undefined) continue
      const key = this.keys.findIndex((each) => sameTree(each, start))
      if (key >= 0) return { ...idiom, start: slot(key), parts: idiom.parts.slice(length) }
    }
    return undefined
  }

  #slotOf({ name, args }: CallExpression): number {
    const known = this.#aggregates.findIndex((each) => each.name === name && sameTree(each.args, args))
    return known >= 0 ? known : this.#aggregates.push({ name, args }) - 1
  }
}

/** A call of a function by name; a call within a path (`$f(1)`) has none. */
function isAggregate(node: AnyNode): boolean {
  if (node.kind !== 'call' || !('name' in node)) return false
  const { name, args } = node as unknown as CallExpression
  return resolveAggregate(name, args.length) !== undefined
}

/** Names inside of these are fields of other rows. */
const innerKinds: ReadonlySet<string> = new Set([
  'subquery',
  'block',
  'closure',
  'where',
  'graph',
  'destructure',
])

function slot(index: number): ParamExpression {
  return { kind: 'param', span: { start: 0, end: 0 }, name: `${slotPrefix}${index}` }
}
