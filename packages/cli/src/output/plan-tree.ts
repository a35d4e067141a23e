/**
 * What EXPLAIN gives, as the tree that it is: an operator per line, what feeds it below it.
 */

import { formatValue, typeOf, type Value, type ValueObject } from '@dendrodb/protocol'
import { printableLine } from './printable.ts'

interface PlanNode {
  readonly operator: string
  readonly inputs: readonly PlanNode[]
  /** Everything else that is known of it. */
  readonly facts: ValueObject
}

/** The lines of the tree; `undefined` for what is no plan. */
export function planLines(value: Value): readonly string[] | undefined {
  const plan = planOf(value)
  return plan === undefined ? undefined : [...linesOf(plan, '', '')]
}

function planOf(value: Value): PlanNode | undefined {
  if (typeOf(value) !== 'object') return undefined
  const { operator, inputs = [], ...facts } = value as ValueObject
  if (typeof operator !== 'string' || !Array.isArray(inputs)) return undefined
  const nodes = (inputs as readonly Value[]).map(planOf)
  if (nodes.some((node) => node === undefined)) return undefined
  return { operator, inputs: nodes.filter((node) => node !== undefined), facts }
}

/** @param branch what leads to this line. @param trunk what stands before the lines below it */
function* linesOf({ operator, inputs, facts }: PlanNode, branch: string, trunk: string): Iterable<string> {
  const texts = Object.keys(facts)
    .sort()
    .map((name) => ` ${name}=${factText(facts[name])}`)
  yield printableLine(`${branch}${operator}${texts.join('')}`)
  for (const [at, input] of inputs.entries()) {
    const isLast = at === inputs.length - 1
    yield* linesOf(input, `${trunk}${isLast ? '└─ ' : '├─ '}`, `${trunk}${isLast ? '   ' : '│  '}`)
  }
}

/** Words stand bare; conditions and the like in quotes, so that it is clear where they end. */
function factText(value: Value): string {
  return typeof value === 'string' && /^[\p{L}\p{N}_.:$]+$/u.test(value) ? value : formatValue(value)
}
