import { Datetime } from '@dendrodb/protocol'
import { describe, expect, test } from 'vitest'
import type { CommitInfo } from '../../models/model.ts'
import type { EvalContext } from '../compile/eval-context.ts'
import { StatementRun } from '../execute/statement-run.ts'
import { runTask } from '../execute/task.ts'
import { queryLimits } from '../limits.ts'
import { traceCommits } from './trace-commits.ts'

const bounds = { timeoutMs: 60_000, memoryBytes: 1e9, resultRows: 1e9, signal: undefined, canWait: true }

/** Commits whose causes and effects are computed. */
function contextOf(graph: { causes(seq: number): number[]; effects(seq: number): number[] }): EvalContext {
  const commits = {
    commits: (seqs: readonly number[]) =>
      seqs.map((seq): CommitInfo => {
        return { seq, time: new Datetime(0, 0), meta: { causedBy: graph.causes(seq) }, versionHashes: [] }
      }),
    effects: async (seq: number, limit: number) => graph.effects(seq).slice(0, limit),
  }
  return { view: { commits }, run: new StatementRun(bounds, performance.now()) } as unknown as EvalContext
}

/** 1 ← 2 ← … ← n. */
const chain = (length: number) =>
  contextOf({
    causes: (seq) => (seq > 1 ? [seq - 1] : []),
    effects: (seq) => (seq < length ? [seq + 1] : []),
  })

/** 1 ← each of 2 … n. */
const fan = (length: number) =>
  contextOf({
    causes: (seq) => (seq > 1 ? [1] : []),
    effects: (seq) => (seq === 1 ? Array.from({ length }, (_, i) => i + 2) : []),
  })

describe('a trace goes so many steps and no more', () => {
  const max = queryLimits.traceDepthMax

  test.each([
    ['causes', (steps: number) => runTask(traceCommits([steps + 1], 'causes', undefined, chain(1)))],
    ['effects', (steps: number) => runTask(traceCommits([1], 'effects', undefined, chain(steps + 1)))],
  ] as const)('of %s', async (_, trace) => {
    expect(await trace(max)).toHaveLength(max)
    await expect((async () => trace(max + 1))()).rejects.toMatchObject({ code: 'QUERY_TRACE_TOO_LARGE' })
  })

  test('where fewer are asked for, the rest is left', async () => {
    const traced = await runTask(traceCommits([max * 2], 'causes', max, chain(1)))
    expect(traced).toHaveLength(max)
    await expect(
      (async () => runTask(traceCommits([max * 2], 'causes', max + 1, chain(1))))(),
    ).rejects.toMatchObject({ code: 'QUERY_TRACE_TOO_LARGE' })
  })
})

test('a trace meets so many commits and no more', async () => {
  const max = queryLimits.traceCommitsMax
  expect(await runTask(traceCommits([1], 'effects', undefined, fan(max)))).toHaveLength(max)
  await expect(
    (async () => runTask(traceCommits([1], 'effects', undefined, fan(max + 1))))(),
  ).rejects.toMatchObject({ code: 'QUERY_TRACE_TOO_LARGE' })
})

test('each commit is met once, at the smallest number of steps, and may be a start', async () => {
  const causes: Record<number, number[]> = { 4: [3, 1], 3: [2], 2: [1] }
  const ctx = contextOf({ causes: (seq) => causes[seq] ?? [], effects: () => [] })
  const traced = await runTask(traceCommits([4, 3], 'causes', undefined, ctx))
  expect(traced.map(({ info, depth }) => [info.seq, depth])).toEqual([
    [1, 1],
    [2, 1],
    [3, 1],
  ])
})
