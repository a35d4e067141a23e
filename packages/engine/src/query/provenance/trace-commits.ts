/**
 * The commits that led to others, or that others led to, over any number of steps.
 * A cause is always earlier than its effect, so that the walk ends; each commit is met once, at the smallest
 * number of steps.
 */

import type { CommitInfo } from '../../models/model.ts'
import type { EvalContext } from '../compile/eval-context.ts'
import { type Task, wait } from '../execute/task.ts'
import { queryLimits } from '../limits.ts'
import { queryErrors } from '../query-errors.ts'

export type TraceDirection = 'causes' | 'effects'

export interface TracedCommit {
  readonly info: CommitInfo
  /** Steps from the nearest commit that the trace began at. */
  readonly depth: number
}

/**
 * By steps, then by seq. `depth`: steps at most; `undefined`: as many as there are.
 * @throws QUERY_TRACE_TOO_LARGE
 */
export function* traceCommits(
  start: readonly number[],
  direction: TraceDirection,
  depth: number | undefined,
  ctx: EvalContext,
): Task<readonly TracedCommit[]> {
  const traced: TracedCommit[] = []
  const met = new Set<number>()
  let layer = [...new Set(start)]
  const steps = Math.min(depth ?? queryLimits.traceDepthMax, queryLimits.traceDepthMax)
  for (let step = 1; layer.length > 0; step += 1) {
    yield* ctx.run.pause()
    const next = (yield* nextLayer(layer, direction, ctx)).filter((seq) => !met.has(seq))
    if (next.length > 0 && step > steps) {
      if (depth !== undefined && depth <= steps) break
      throw tooLarge(queryLimits.traceDepthMax, 'steps')
    }
    for (const seq of next) met.add(seq)
    if (met.size > queryLimits.traceCommitsMax) throw tooLarge(queryLimits.traceCommitsMax, 'commits')
    layer = next.sort((a, b) => a - b)
    for (const info of yield* wait(ctx.view.commits.commits(layer))) {
      if (info !== undefined) traced.push({ info, depth: step })
    }
  }
  return traced
}

function* nextLayer(layer: readonly number[], direction: TraceDirection, ctx: EvalContext): Task<number[]> {
  const { commits } = ctx.view
  const next = new Set<number>()
  if (direction === 'causes') {
    for (const info of yield* wait(commits.commits(layer))) {
      for (const seq of info?.meta.causedBy ?? []) next.add(seq)
    }
  } else {
    for (const cause of layer) {
      const effects = (yield commits.effects(cause, queryLimits.traceCommitsMax + 1)) as readonly number[]
      for (const seq of effects) next.add(seq)
      if (next.size > queryLimits.traceCommitsMax) throw tooLarge(queryLimits.traceCommitsMax, 'commits')
    }
  }
  ctx.run.walk(next.size)
  return [...next]
}

function tooLarge(limit: number, unit: string): Error {
  return queryErrors.TRACE_TOO_LARGE({ limit, unit })
}
