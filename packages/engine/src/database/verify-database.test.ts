/** Verification while files are opened anew under it. */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { RecordId } from '@dendrodb/protocol'
import { expect, onTestFinished, test } from 'vitest'
import { openEngine } from '../open-engine.ts'
import type { KvSnapshot, KvStore } from '../storage/kv-store.ts'
import { openMemoryStore } from '../storage/memory/memory-store.ts'
import { storageErrors } from '../storage/storage-errors.ts'
import { openTestCore } from '../testing/open-core.ts'
import type { DatabaseCore } from './database-core.ts'
import { verifyRunsMax } from './limits.ts'
import { DatabaseVerifier } from './verify-database.ts'

/** A store whose next snapshots are lost once the manifest has been read. */
async function openFrail(): Promise<{ core: DatabaseCore; lose: (snapshots: number) => void }> {
  const store: KvStore = openMemoryStore()
  const core = await openTestCore(store)
  for (let at = 0; at < 40; at += 1) await core.write((tx) => tx.put(new RecordId('item', at), { at }))
  const snapshot = store.snapshot.bind(store)
  let left = 0
  store.snapshot = () => {
    const taken = snapshot()
    if (left === 0) return taken
    left -= 1
    return lostAfter(taken, left % 2 === 0 ? storageErrors.SNAPSHOT_LOST : storageErrors.REOPENING)
  }
  return {
    core,
    lose: (snapshots) => {
      core.snapshots.expire()
      left = snapshots
    },
  }
}

function lostAfter(taken: KvSnapshot, error: () => Error): KvSnapshot {
  let gets = 0
  return {
    get: (key) => {
      gets += 1
      if (gets > 1) throw error()
      return taken.get(key)
    },
    getMany: () => {
      throw error()
    },
    scan: () => {
      throw error()
    },
    close: () => taken.close(),
  }
}

function countedHolds() {
  const holds = { now: 0, all: 0 }
  const hold = async () => {
    holds.now += 1
    holds.all += 1
    return () => {
      holds.now -= 1
    }
  }
  return { holds, hold }
}

test.each(['whole', 'chain', 'commit'] as const)(
  '%s begins again when its snapshot was lost',
  async (what) => {
    const { core, lose } = await openFrail()
    const { holds, hold } = countedHolds()
    const verifier = new DatabaseVerifier(core, { hold })
    const verify = (): Promise<{ readonly isIntact: boolean }> =>
      what === 'whole' ? verifier.whole({}) : what === 'chain' ? verifier.chain() : verifier.commit(7)
    lose(5)
    expect(await verify()).toMatchObject({ isIntact: true, findings: [] })
    expect(holds.now).toBe(0)
    expect(holds.all).toBeGreaterThan(0)
  },
)

test('it gives up after some runs, and at once when the database is closed', async () => {
  const { core, lose } = await openFrail()
  const { holds, hold } = countedHolds()
  const verifier = new DatabaseVerifier(core, { hold })
  lose(1_000)
  await expect(verifier.whole({})).rejects.toMatchObject({ status: 'unavailable' })
  expect(holds).toEqual({ now: 0, all: verifyRunsMax - 1 })
  lose(0)
  const ended = expect(verifier.whole({})).rejects.toMatchObject({ status: 'unavailable' })
  await core.close()
  await ended
  expect(holds).toEqual({ now: 0, all: verifyRunsMax - 1 })
})

test('its progress never goes back', async () => {
  const { core } = await openFrail()
  const told: number[] = []
  let isCut = false
  const verifier = new DatabaseVerifier(core, countedHolds())
  await verifier.whole({
    onProgress: ({ phase, done, total }) => {
      told.push((phase === 'chain' ? 0 : 1) + done / total)
      if (phase !== 'records' || isCut) return
      isCut = true
      throw storageErrors.SNAPSHOT_LOST()
    },
  })
  expect(isCut).toBe(true)
  expect(told).toEqual([...told].sort((a, b) => a - b))
  expect(told.at(-1)).toBe(2)
})

test('erasures go on beside verifications, and none of them fails', async () => {
  const path = await mkdtemp(join(tmpdir(), 'ddb-verify-'))
  onTestFinished(() => rm(path, { recursive: true }))
  const engine = await openEngine({ path })
  onTestFinished(() => engine.close())
  const people = await engine.database('people')
  const items = Array.from({ length: 4_000 }, (_, id) => ({ id, text: `${id}`.repeat(50) }))
  await people.query('INSERT INTO item $items RETURN NONE', { items })
  let isOver = false
  const erasing = (async () => {
    for (let id = 0; !isOver; id += 1) {
      await people.erase(`item:${id}`)
      await people.forgetting.settle()
    }
  })()
  for (let run = 0; run < 5; run += 1) {
    const [report, chain, commit] = await Promise.all([
      people.verify(),
      people.verifyChain(),
      people.verifyCommit(1),
    ])
    expect([report.findings, chain.findings, commit.findings]).toEqual([[], [], []])
  }
  isOver = true
  await erasing
})
