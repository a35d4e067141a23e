import { beforeEach, expect, test } from 'vitest'
import { queryLimits } from '../limits.ts'
import { StatementRun } from './statement-run.ts'
import { stretchMs } from './stretch.ts'

const turn = () => new Promise<void>((resolve) => setImmediate(resolve))
const run = () =>
  new StatementRun({
    timeoutMs: 60_000,
    memoryBytes: 2 ** 20,
    resultRows: 1,
    signal: undefined,
    canWait: true,
    isMemoryShort: () => false,
  })

beforeEach(turn)

test('a stretch ends when the event loop turns', async () => {
  expect(stretchMs(1_000)).toBe(0)
  expect(stretchMs(4_000)).toBe(3_000)
  await Promise.resolve()
  expect(stretchMs(5_000)).toBe(4_000)
  await turn()
  expect(stretchMs(9_000)).toBe(0)
})

test('work that cannot be paused is stopped one past the bound of a stretch', async () => {
  stretchMs(performance.now() - queryLimits.stretchMsMax - 1)
  expect(() => run().checkStretch()).toThrow(expect.objectContaining({ code: 'QUERY_STRETCH_TOO_LONG' }))
  await turn()
  run().checkStretch()
})

test('a large argument of a function is looked at, a small one is not', async () => {
  const { openEngine } = await import('../../open-engine.ts')
  const engine = await openEngine()
  const database = await engine.database('test')
  const length = queryLimits.largeBytes / 16
  const lengthOf = (count: number) => {
    const answer = database.query('RETURN math::sum($list)', { list: new Array<number>(count).fill(1) })
    // Within the turn in which the statement runs.
    stretchMs(performance.now() - queryLimits.stretchMsMax - 1)
    return answer
  }
  await expect(lengthOf(length)).rejects.toMatchObject({ code: 'QUERY_STRETCH_TOO_LONG' })
  await turn()
  expect(await lengthOf(length - 1)).toEqual([length - 1])
  await engine.close()
})
