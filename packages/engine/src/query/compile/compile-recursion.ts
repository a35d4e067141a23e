/**
 * Recursive paths `.{min..max}`: a path followed again from what it reached.
 * Rules, as in SurrealQL: NONE, NULL and lists of nothing else are dead ends, and so is a turn that changes
 * nothing; a dead end before `min` turns gives NONE (or no elements), later the last value that was reached.
 * From a list the path is followed from each element, and what is reached is one list again, without dead
 * ends.
 */

import { equalValues, formatValue, type Value } from '@dendrodb/protocol'
import type { MaybePromise } from '../../storage/kv-store.ts'
import type { RecursePart } from '../dql/ast.ts'
import { runTask, type Task, wait } from '../execute/task.ts'
import { queryLimits } from '../limits.ts'
import { queryErrors } from '../query-errors.ts'
import type { CompiledExpression } from './compiled.ts'
import type { Compiler } from './compiler.ts'
import type { EvalContext, RecursionFrame } from './eval-context.ts'
import { type PathStep, runSteps } from './path-step.ts'
import { mapValues } from './read-field.ts'
import { someNode } from './walk.ts'

interface Recursion {
  readonly min: number
  readonly max: number
  readonly follow: (value: Value, row: Value, ctx: EvalContext) => MaybePromise<Value>
  readonly inclusive: boolean
}

export function compileRecursion(
  part: RecursePart,
  steps: readonly PathStep[],
  rest: unknown,
  compiler: Compiler,
): PathStep {
  const min = part.min ?? 1
  const max = part.max ?? queryLimits.recursionDepthMax
  if (min < 1 || max < min || max > queryLimits.recursionDepthMax) {
    throw queryErrors.RECURSION_RANGE({ maximum: queryLimits.recursionDepthMax })
  }
  const recursion: Recursion = {
    min,
    max,
    follow: (value, row, ctx) => runSteps(steps, value, row, ctx),
    inclusive: part.mode?.inclusive ?? false,
  }
  const isPoint = false
  if (someNode(rest, (node) => node.kind === 'repeat')) return { isPoint, apply: treeOf(recursion) }
  switch (part.mode?.type) {
    case undefined:
      return { isPoint, apply: (value, row, ctx) => runTask(repeatPath(recursion, value, row, ctx)) }
    case 'collect':
      return { isPoint, apply: (value, row, ctx) => runTask(collect(recursion, value, row, ctx)) }
    case 'path':
      return { isPoint, apply: (value, row, ctx) => runTask(paths(recursion, value, row, ctx)) }
    case 'shortest': {
      const to = compiler.expression(part.mode.to)
      return { isPoint, apply: (value, row, ctx) => runTask(shortest(recursion, to, value, row, ctx)) }
    }
    default:
      return part.mode satisfies never
  }
}

/** `@`: goes on with the recursion from the value, or leaves it where the depth is reached. */
export const repeatStep: PathStep = {
  isPoint: false,
  apply(value, _row, ctx) {
    const frame = ctx.recursion
    if (frame === undefined) return value
    if (!Array.isArray(value)) return isDeadEnd(value) ? undefined : frame.recurse(value, frame, ctx)
    const elements = (value as readonly Value[]).filter((element) => !isDeadEnd(element))
    return mapValues(elements, (element) => frame.recurse(element, frame, ctx))
  },
}

function treeOf(recursion: Recursion): PathStep['apply'] {
  return (value, row, ctx) => {
    function recurse(from: Value, frame: RecursionFrame, at: EvalContext): MaybePromise<Value> {
      if (frame.depth >= recursion.max) return from
      at.run.check()
      const inner = { depth: frame.depth + 1, recurse }
      return recursion.follow(from, row, at.nested({ recursion: inner }))
    }
    return recurse(value, { depth: 0, recurse }, ctx)
  }
}

function* repeatPath(recursion: Recursion, from: Value, row: Value, ctx: EvalContext): Task<Value> {
  let value = from
  for (let turn = 1; turn <= recursion.max; turn += 1) {
    yield* ctx.run.pause()
    const next = yield* followAll(recursion, value, row, ctx)
    if (isDeadEnd(next) || equalValues(next, value)) {
      if (turn > recursion.min) return value
      return Array.isArray(next) ? [] : undefined
    }
    value = next
  }
  return value
}

function* followAll(recursion: Recursion, from: Value, row: Value, ctx: EvalContext): Task<Value> {
  if (!Array.isArray(from)) return withoutDeadEnds(yield* wait(recursion.follow(from, row, ctx)))
  const reached: Value[] = []
  for (const element of from as readonly Value[]) {
    yield* ctx.run.pause()
    reached.push(...listOf(yield* wait(recursion.follow(element, row, ctx))))
  }
  return reached
}

/** Every node reached, once each, nearest first; the first one too if a way leads back to it. */
function* collect(recursion: Recursion, from: Value, row: Value, ctx: EvalContext): Task<Value> {
  const seen = new Set<string>()
  const found: Value[] = []
  let frontier = listOf(from)
  if (recursion.inclusive) {
    for (const node of frontier) seen.add(formatValue(node))
    found.push(...frontier)
  }
  for (let turn = 1; turn <= recursion.max && frontier.length > 0; turn += 1) {
    const reached: Value[] = []
    for (const node of frontier) {
      yield* ctx.run.pause()
      for (const next of listOf(yield* wait(recursion.follow(node, row, ctx)))) {
        const text = formatValue(next)
        if (seen.has(text)) continue
        seen.add(text)
        reached.push(next)
      }
    }
    if (turn >= recursion.min) found.push(...reached)
    frontier = reached
  }
  return found
}

/** Every path that ends at a dead end, at a node it has met before, or at the greatest depth. */
function* paths(recursion: Recursion, from: Value, row: Value, ctx: EvalContext): Task<Value> {
  const found: Value[] = []
  let open: (readonly Value[])[] = listOf(from).map((node) => [node])
  for (let turn = 1; turn <= recursion.max && open.length > 0; turn += 1) {
    const longer: (readonly Value[])[] = []
    for (const path of open) {
      yield* ctx.run.pause()
      const last = path[path.length - 1]
      const nexts = listOf(yield* wait(recursion.follow(last, row, ctx)))
      const fresh = nexts.filter((next) => !path.some((node) => equalValues(node, next)))
      ctx.run.walk(fresh.length)
      if (fresh.length === 0 && turn > recursion.min) found.push(shown(path, recursion))
      for (const next of fresh) longer.push([...path, next])
    }
    open = longer
  }
  for (const path of open) found.push(shown(path, recursion))
  return found
}

/** The first path to the node, breadth first; NONE when it is not reached. */
function* shortest(
  recursion: Recursion,
  to: CompiledExpression,
  from: Value,
  row: Value,
  ctx: EvalContext,
): Task<Value> {
  const goal = yield* wait(to.evaluate(row, ctx))
  const seen = new Set(listOf(from).map(formatValue))
  let open: (readonly Value[])[] = listOf(from).map((node) => [node])
  for (let turn = 1; turn <= recursion.max && open.length > 0; turn += 1) {
    const longer: (readonly Value[])[] = []
    for (const path of open) {
      yield* ctx.run.pause()
      for (const next of listOf(yield* wait(recursion.follow(path[path.length - 1], row, ctx)))) {
        if (equalValues(next, goal) && turn >= recursion.min) return shown([...path, next], recursion)
        const text = formatValue(next)
        if (seen.has(text)) continue
        seen.add(text)
        longer.push([...path, next])
      }
    }
    open = longer
  }
  return undefined
}

function shown(path: readonly Value[], { inclusive }: Recursion): Value {
  return inclusive ? path : path.slice(1)
}

function listOf(value: Value): readonly Value[] {
  if (Array.isArray(value)) return (value as readonly Value[]).flat().filter((each) => !isDeadEnd(each))
  return isDeadEnd(value) ? [] : [value]
}

function isDeadEnd(value: Value): boolean {
  if (value === undefined || value === null) return true
  return Array.isArray(value) && (value as readonly Value[]).every(isDeadEnd)
}

function withoutDeadEnds(value: Value): Value {
  return Array.isArray(value) ? (value as readonly Value[]).filter((each) => !isDeadEnd(each)) : value
}
