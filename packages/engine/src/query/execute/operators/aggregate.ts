/**
 * GROUP BY by hashing: a group per distinct combination of keys, in their order, so that neither the order of
 * the rows nor the way they were found can be told from the result.
 * Keys are equal as `=` says, so 1, 1.0 and 1dec are one group. Numbers and texts, by far the most frequent
 * keys, are hashed as they are; other values by their order-preserving bytes.
 */

import { compareValues, Decimal, encodeCollation, Float, must, toFloat, type Value } from '@dendrodb/protocol'
import { evaluateAll } from '../../compile/combine.ts'
import type { CompiledExpression } from '../../compile/compiled.ts'
import type { Compiler } from '../../compile/compiler.ts'
import type { EvalContext } from '../../compile/eval-context.ts'
import { GroupRow } from '../../compile/group-row.ts'
import type { AggregateDefinition, AggregateState } from '../../functions/aggregates/aggregate-definition.ts'
import { resolveAggregate } from '../../functions/registry.ts'
import { queryLimits } from '../../limits.ts'
import type { AggregateCall, AggregateNode } from '../../plan/plan-node.ts'
import { estimateBytes } from '../estimate-bytes.ts'
import { type Cursor, LoadedCursor, type Operator, openOperator } from '../operator.ts'
import { type Task, wait } from '../task.ts'

/** Memory of a group beside its keys and held values. */
const groupBytes = 200
const heldValueBytes = 32

interface CompiledAggregate {
  readonly definition: AggregateDefinition
  /** `undefined`: every row hands in `true`. */
  readonly value: CompiledExpression | undefined
  readonly parameters: readonly CompiledExpression[]
}

interface Group {
  readonly keys: readonly Value[]
  readonly states: readonly AggregateState[]
}

export function createAggregate(node: AggregateNode, input: Operator, compiler: Compiler): Operator {
  const keys = node.keys.map((key) => compiler.expression(key))
  const aggregates = node.aggregates.map((call) => compileAggregate(call, compiler))
  return {
    node,
    inputs: [input],
    open(ctx, outer) {
      const cursor = openOperator(input, ctx, outer)
      return new LoadedCursor(() => groupRows(ctx, cursor), cursor)
    },
  }
  function* groupRows(ctx: EvalContext, cursor: Cursor): Task<readonly Value[]> {
    const all = yield* new Grouping(keys, aggregates, ctx).run(cursor)
    if (all.length === 0 && node.group.type === 'all') all.push(yield* emptyGroup(aggregates, ctx))
    return all.sort(byKeys).map(toRow)
  }
}

function compileAggregate({ name, args }: AggregateCall, compiler: Compiler): CompiledAggregate {
  const definition = must(resolveAggregate(name, args.length), 'an aggregate that the plan names')
  const compiled = args.map((arg) => compiler.expression(arg))
  const hasValue = args.length > definition.valueIndex || !definition.isValueOptional
  return {
    definition,
    value: hasValue ? compiled[definition.valueIndex] : undefined,
    parameters: compiled.toSpliced(definition.valueIndex, 1),
  }
}

function toRow({ keys, states }: Group): Value {
  return GroupRow.of([...keys, ...states.map((state) => state.result())])
}

function byKeys(left: Group, right: Group): number {
  for (let i = 0; i < left.keys.length; i += 1) {
    const order = compareValues(left.keys[i], right.keys[i])
    if (order !== 0) return order
  }
  return 0
}

/** GROUP ALL of no rows is one group without rows. */
function* emptyGroup(aggregates: readonly CompiledAggregate[], ctx: EvalContext): Task<Group> {
  return { keys: [], states: yield* createStates(aggregates, undefined, ctx) }
}

function* createStates(
  aggregates: readonly CompiledAggregate[],
  row: Value,
  ctx: EvalContext,
): Task<AggregateState[]> {
  const states: AggregateState[] = []
  for (const { definition, parameters } of aggregates) {
    states.push(definition.create(yield* wait(evaluateAll(parameters, row, ctx))))
  }
  return states
}

class Grouping {
  readonly #keys: readonly CompiledExpression[]
  readonly #aggregates: readonly CompiledAggregate[]
  readonly #ctx: EvalContext
  readonly #groups = new Map<unknown, Group>()
  #heldBytes = 0

  constructor(
    keys: readonly CompiledExpression[],
    aggregates: readonly CompiledAggregate[],
    ctx: EvalContext,
  ) {
    this.#keys = keys
    this.#aggregates = aggregates
    this.#ctx = ctx
  }

  *run(input: Cursor): Task<Group[]> {
    for (;;) {
      const batch = yield* input.next()
      if (batch === undefined) return [...this.#groups.values()]
      const touched = new Set<Group>()
      for (const [i, row] of batch.entries()) {
        if (i % queryLimits.rowsPerPause === 0) yield* this.#ctx.run.pause()
        const group = this.#groupOf(row) ?? (yield* this.#findGroup(row))
        touched.add(group)
        const pending = this.#feed(group, row)
        if (pending !== undefined) yield* pending
      }
      this.#account(touched)
    }
  }

  /** The group where one key can be had and hashed at once. */
  #groupOf(row: Value): Group | undefined {
    const [only] = this.#keys
    if (only === undefined || this.#keys.length > 1 || !only.isPure) return undefined
    const key = only.evaluate(row, this.#ctx) as Value
    const isPlain = typeof key === 'number' || (typeof key === 'string' && !key.startsWith('\0'))
    return isPlain ? this.#groups.get(key) : undefined
  }

  *#findGroup(row: Value): Task<Group> {
    const keys = yield* wait(evaluateAll(this.#keys, row, this.#ctx))
    const hash = keys.length === 1 ? hashOf(keys[0]) : keys.map(partOf).join('')
    let group = this.#groups.get(hash)
    if (group === undefined) {
      group = { keys, states: yield* createStates(this.#aggregates, row, this.#ctx) }
      this.#groups.set(hash, group)
      this.#ctx.run.retain(groupBytes + estimateBytes(keys) + group.states.length * groupBytes)
    }
    return group
  }

  #feed(group: Group, row: Value): Task<void> | undefined {
    for (let i = 0; i < this.#aggregates.length; i += 1) {
      const { value } = this.#aggregates[i] as CompiledAggregate
      const state = group.states[i] as AggregateState
      const given = value === undefined ? true : value.evaluate(row, this.#ctx)
      if (given instanceof Promise) return this.#feedSlowly(group, row, i, given)
      state.add(given)
    }
    return undefined
  }

  *#feedSlowly(group: Group, row: Value, from: number, pending: Promise<Value>): Task<void> {
    const first = (yield pending) as Value
    for (let i = from; i < this.#aggregates.length; i += 1) {
      const { value } = this.#aggregates[i] as CompiledAggregate
      const given =
        i === from ? first : value === undefined ? true : yield* wait(value.evaluate(row, this.#ctx))
      ;(group.states[i] as AggregateState).add(given)
    }
  }

  /** Values that aggregates hold count as they grow; by the batch, since asking costs. */
  #account(touched: ReadonlySet<Group>): void {
    if (this.#aggregates.length === 0) return
    let held = 0
    for (const group of touched) for (const state of group.states) held += state.heldCount
    const bytes = held * heldValueBytes
    if (touched.size === this.#groups.size) {
      this.#ctx.run.release(this.#heldBytes)
      this.#heldBytes = 0
    }
    if (bytes > this.#heldBytes) {
      this.#ctx.run.retain(bytes - this.#heldBytes)
      this.#heldBytes = bytes
    }
  }
}

/**
 * Equal for equal values alone. Texts and numbers stand for themselves, other values for their bytes behind a
 * NUL.
 */
function hashOf(value: Value): unknown {
  if (typeof value === 'number') return value === 0 ? 0 : value
  if (typeof value === 'string') return value.startsWith('\0') ? bytesHash(value) : value
  const exact = exactNumber(value)
  return exact ?? bytesHash(value)
}

/** Boxed numbers that equal a JavaScript number hash as that. */
function exactNumber(value: Value): number | undefined {
  if (!(typeof value === 'bigint' || value instanceof Float || value instanceof Decimal)) return undefined
  const nearest = toFloat(value)
  return encodeText(nearest) === encodeText(value) ? nearest + 0 : undefined
}

function bytesHash(value: Value): string {
  return `\0${encodeText(value)}`
}

function encodeText(value: Value): string {
  return Buffer.from(encodeCollation(value)).toString('latin1')
}

/** Self-delimiting, so that neighbouring parts cannot be taken for one another. */
function partOf(value: Value): string {
  if (typeof value === 'string') return `s${value.length}:${value}`
  if (typeof value === 'number') return `n${value === 0 ? 0 : value};`
  const exact = exactNumber(value)
  if (exact !== undefined) return `n${exact};`
  const text = encodeText(value)
  return `b${text.length}:${text}`
}
