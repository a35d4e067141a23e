/**
 * Runs as a process of its own under strace, which lets single calls of fdatasync fail: commits numbered
 * batches, each expecting the number acknowledged last, and tells as JSON what was acknowledged and what is
 * there, before and after the store is opened again.
 *
 *   node failing-sync-child.ts <folder> [stop]
 *
 * With `stop` it closes the store after the first commit that fails.
 */

import { writeFileSync } from 'node:fs'
import { DbError } from '@dendrodb/protocol'
import type { KvStore } from '../../kv-store.ts'
import { type LevelStore, openLevelStore } from '../level-store.ts'

export interface SyncOutcome {
  readonly acknowledged: readonly number[]
  /** Codes of the commits that failed. */
  readonly codes: readonly string[]
  /** Whether a bulk snapshot that was taken behind one of them reads the files, which may have its batch. */
  readonly readsFiles: boolean
  readonly found: Content
  readonly foundAfterReopening: Content
}

export interface Content {
  readonly head: number
  readonly entries: readonly number[]
}

export const commits = 20
const headKey = Buffer.from('head')

async function contentOf(store: KvStore): Promise<Content> {
  const snapshot = store.snapshot()
  const entries: number[] = []
  for await (const chunk of snapshot.scan({ gte: Buffer.from('k'), lt: Buffer.from('l') })) {
    for (const { value } of chunk) entries.push(Number(value))
  }
  const head = Number(await snapshot.get(headKey))
  snapshot.close()
  return { head, entries }
}

async function commitAll(
  store: LevelStore,
  isStopping: boolean,
): Promise<Pick<SyncOutcome, 'acknowledged' | 'codes' | 'readsFiles'>> {
  const acknowledged: number[] = []
  const codes: string[] = []
  let readsFiles = false
  let head: Buffer | undefined
  for (let number = 1; number <= commits; number += 1) {
    const value = Buffer.from(String(number))
    const key = Buffer.from(`k${String(number).padStart(3, '0')}`)
    const batch = [headKey, key].map((each) => ({ type: 'put' as const, key: each, value }))
    try {
      await store.commit(batch, { expect: { key: headKey, value: head } })
      acknowledged.push(number)
      head = value
    } catch (error) {
      if (!(error instanceof DbError)) throw error
      codes.push(error.code)
      const snapshot = await store.bulkSnapshot()
      readsFiles ||= snapshot.files !== undefined
      snapshot.close()
      if (isStopping) break
    }
  }
  return { acknowledged, codes, readsFiles }
}

if (import.meta.main) {
  const path = process.argv[2] ?? ''
  const store = await openLevelStore({ path })
  const outcomes = await commitAll(store, process.argv[3] === 'stop')
  const found = await contentOf(store)
  await store.close()
  const reopened = await openLevelStore({ path })
  const foundAfterReopening = await contentOf(reopened)
  await reopened.close()
  const told: SyncOutcome = { ...outcomes, found, foundAfterReopening }
  writeFileSync(1, JSON.stringify(told))
}
