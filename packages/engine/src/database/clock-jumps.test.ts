/** The system's clock jumps backwards between commits: their order and their times do not. */

import { Datetime } from '@dendrodb/protocol'
import { afterEach, expect, test, vi } from 'vitest'
import { decodeCommit } from '../ledger/commit.ts'
import { kindRange } from '../ledger/key-space.ts'
import type { KvStore } from '../storage/kv-store.ts'
import { openMemoryStore } from '../storage/memory/memory-store.ts'
import { collect, openTestCore, recordOf } from '../testing/open-core.ts'
import { verifyStore } from '../verify/verify-store.ts'

const item = recordOf('item')
const hourMs = 3_600_000
const startMs = Date.UTC(2026, 0, 31, 9, 30)

afterEach(() => vi.restoreAllMocks())

function setClock(ms: number): void {
  vi.spyOn(Date, 'now').mockReturnValue(ms)
}

async function timesOf(store: KvStore): Promise<number[]> {
  const snapshot = store.snapshot()
  const commits = await collect(snapshot.scan(kindRange('commit')))
  snapshot.close()
  return commits.map(({ value }) => decodeCommit(value).timeMicros)
}

test('times go on behind the latest one, across a restart as well, and AS OF an instant stays unambiguous', async () => {
  const store = openMemoryStore()
  const clocks = [0, 1, -hourMs, -hourMs, -10 * hourMs, 5, hourMs]
  let core = await openTestCore(store)
  for (const [at, offsetMs] of clocks.entries()) {
    setClock(startMs + offsetMs)
    // A new sequencer knows only what the manifest says.
    if (at === 4) core = await openTestCore(store)
    await core.write((tx) => tx.put(item(1), { n: at }))
  }
  const times = await timesOf(store)
  expect(times).toHaveLength(clocks.length)
  for (const [at, time] of times.entries()) expect(time).toBeGreaterThan(times[at - 1] ?? 0)
  expect(times.at(-1)).toBeGreaterThanOrEqual((startMs + hourMs) * 1_000)
  for (const [at, time] of times.entries()) {
    const instant = new Datetime(Math.floor(time / 1_000_000), (time % 1_000_000) * 1_000)
    const view = await core.view({ instant })
    expect((await view.getRecord(item(1)))?.value.n).toBe(at)
    view.close()
  }
  expect((await verifyStore(store)).findings).toEqual([])
})

test('writers at the same moment get an order, whatever the clock does meanwhile', async () => {
  const core = await openTestCore()
  let ticks = 0
  vi.spyOn(Date, 'now').mockImplementation(() => {
    ticks += 1
    return startMs - (ticks % 7) * hourMs
  })
  const writes = Array.from({ length: 200 }, (_, at) => core.write((tx) => tx.put(item(at), { at })))
  const receipts = await Promise.all(writes)
  expect(new Set(receipts.map(({ receipt }) => receipt.seq)).size).toBe(200)
  const times = await timesOf(core.store)
  expect(times).toEqual([...new Set(times)].sort((a, b) => a - b))
})

test('a clock that is beyond all sense dates no commit, and leaves nothing behind', async () => {
  const store = openMemoryStore()
  const core = await openTestCore(store)
  setClock(startMs)
  await core.write((tx) => tx.put(item(1), { n: 1 }))
  for (const year of [2200, 2256, 9999]) {
    setClock(Date.UTC(year))
    const write = core.write((tx) => tx.put(item(2), { year }))
    await expect(write).rejects.toMatchObject({ code: 'LEDGER_CLOCK_RANGE', status: 'unavailable' })
  }
  setClock(startMs + hourMs)
  await core.write((tx) => tx.put(item(3), { n: 3 }))
  expect(await timesOf(store)).toEqual([startMs * 1_000, (startMs + hourMs) * 1_000])
  expect(await verifyStore(store)).toMatchObject({ isIntact: true, findings: [] })
})
