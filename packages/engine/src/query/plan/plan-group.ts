/**
 * GROUP BY: which aggregates a statement needs, and its expressions in terms of their results.
 * The outermost call of a function that can aggregate is an aggregate; what is inside of it is evaluated per
 * row. Parts equal to a key of the group stand for the key. Whatever else asks for the row is gathered: it
 * stands for the list of its values in the group, which is an aggregate too.
 * Results are named `#0`, `#1` … in rewritten expressions: parameters that no text can name, read from the
 * group row.
 */

import { plainFields } from '../compile/compile-path.ts'
import { isFieldCall } from '../compile/dynamic-fields.ts'
import { isIndependent } from '../compile/independence.ts'
import { type AnyNode, rewriteTree, sameTree, someNode } from '../compile/walk.ts'
import type {
  CallExpression,
  Expression,
  IdiomExpression,
  ParamExpression,
  SubqueryExpression,
} from '../dql/ast.ts'
import type { AggregateDefinition } from '../functions/aggregates/aggregate-definition.ts'
import { resolveAggregate } from '../functions/registry.ts'
import type { AggregateCall } from './plan-node.ts'

export const slotPrefix = '#'

/** Gathers all values of a group, as they are. */
const gathering = 'array_agg'

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

  /** A projected expression: a key, something made of aggregates, or gathered as a whole. */
  rewriteOutput(expression: Expression): Expression {
    const isOfGroup = this.#keySlot(expression) !== undefined || hasAggregate(expression)
    return isOfGroup ? this.rewrite(expression) : this.#gather(expression)
  }

  /** Any other one: its parts are gathered one by one, so that what is made of keys alone is one value. */
  rewrite(expression: Expression): Expression {
    return rewriteTree(expression, (node) => this.#replace(node))
  }

  #replace(node: AnyNode): unknown {
    const key = this.#keySlot(node)
    if (key !== undefined) return key
    switch (node.kind) {
      case 'idiom':
        return this.#replacePath(node as IdiomExpression)
      case 'call':
        if (isFieldCall(node)) return this.#gather(node)
        return isAggregate(node) ? this.#aggregate(node as CallExpression) : undefined
      case 'param':
        return (node as ParamExpression).name === 'this' ? this.#gather(node as ParamExpression) : undefined
      case 'subquery': {
        const subquery = node as SubqueryExpression
        if (!hasOtherRows(subquery.statement)) return undefined
        return isIndependent(subquery.statement) ? node : this.#gather(subquery)
      }
      default:
        return hasOtherRows(node) ? node : undefined
    }
  }

  #replacePath(idiom: IdiomExpression): Expression | undefined {
    return idiom.start === undefined ? (this.#fromKey(idiom) ?? this.#gather(idiom)) : undefined
  }

  /** `a.b` where `a` is a key. Of `a.b`, which may be a list of its elements' `b`, only fields go on. */
  #fromKey(idiom: IdiomExpression): Expression | undefined {
    for (let length = idiom.parts.length - 1; length > 0; length -= 1) {
      const start = { ...idiom, parts: idiom.parts.slice(0, length) }
      const rest = idiom.parts.slice(length)
      const isSafe = length === 1 || rest.every((part) => part.kind === 'field')
      const key = isSafe && plainFields(start) !== undefined ? this.#keySlot(start) : undefined
      if (key !== undefined) return { ...idiom, start: key, parts: rest }
    }
    return undefined
  }

  #keySlot(node: AnyNode): ParamExpression | undefined {
    const at = this.keys.findIndex((each) => sameTree(each, node))
    return at < 0 ? undefined : slot(at)
  }

  #gather(expression: Expression): ParamExpression {
    return this.#aggregate({ name: gathering, args: [expression] })
  }

  #aggregate({ name, args }: AggregateCall): ParamExpression {
    const known = this.#aggregates.findIndex((each) => each.name === name && sameTree(each.args, args))
    const at = known >= 0 ? known : this.#aggregates.push({ name, args }) - 1
    return slot(this.keys.length + at)
  }
}

function hasAggregate(expression: Expression): boolean {
  return someNode(expression, isAggregate, (node) => !hasOtherRows(node))
}

/**
 * A call of a function by name; a call within a path (`$f(1)`) has none. Of the list that another aggregate
 * gives it is the plain function: `array::join(array::group(x), ', ')`.
 */
function isAggregate(node: AnyNode): boolean {
  const aggregate = aggregateOf(node)
  if (aggregate === undefined) return false
  const value = (node as CallExpression).args[aggregate.valueIndex]
  const isOfList = value && aggregateOf(value)?.returns.startsWith('array')
  return isOfList !== true
}

function aggregateOf(node: AnyNode): AggregateDefinition | undefined {
  if (node.kind !== 'call' || !('name' in node)) return undefined
  const { name, args } = node as unknown as CallExpression
  return resolveAggregate(name, args.length)
}

/** Names inside of these are fields of other rows. */
const otherRows: ReadonlySet<string> = new Set([
  'where',
  'graph',
  'destructure',
  'select',
  'count',
  'create',
  'insert',
  'update',
  'upsert',
  'delete',
  'relate',
])

function hasOtherRows(node: AnyNode): boolean {
  return otherRows.has(node.kind)
}

function slot(index: number): ParamExpression {
  return { kind: 'param', span: { start: 0, end: 0 }, name: `${slotPrefix}${index}` }
}
