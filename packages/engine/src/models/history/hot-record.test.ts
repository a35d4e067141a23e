/**
 * One record that has changed thousands of times beside others that have not: what a read of the past looks
 * at must not grow with it.
 */

import { must } from '@dendrodb/protocol'
import { beforeAll, describe, expect, test } from 'vitest'
import type { DatabaseCore } from '../../database/database-core.ts'
import { timeNodeSeqsMin, timeNodesAt } from '../../ledger/key-space.ts'
import type { KvReader } from '../../ledger/overlay.ts'
import { collect, openTestCore, recordOf } from '../../testing/open-core.ts'
import { LedgerCommits } from '../provenance/commit-reader.ts'
import { scanEntriesAt } from './past-entries.ts'
import { scanRecordsAt } from './past-records.ts'
import { recordAt } from './record-at.ts'
import { VersionCache } from './version-cache.ts'

const item = recordOf('item')
const versions = 4_000
const colds = 10

let core: DatabaseCore

beforeAll(async () => {
  core = await openTestCore()
  await core.write(async (tx) => {
    await tx.defineIndex({ name: 'n', table: 'item', fields: [['n']], unique: false })
    for (let key = 1; key <= colds; key += 1) await tx.put(item(key), { n: 0 })
  })
  for (let version = 0; version < versions; version += 1) {
    // In and out of the value that the others have.
    await core.write((tx) => tx.put(item(0), { n: version % 2, version }))
  }
})

/** Entries that were read, by scans and by keys. */
function countingReader(): { readonly reader: KvReader; readonly entries: () => number } {
  const snapshot = core.store.snapshot()
  let entries = 0
  const counted = async function* (chunks: ReturnType<KvReader['scan']>) {
    for await (const chunk of chunks) {
      entries += chunk.length
      yield chunk
    }
  }
  const reader: KvReader = {
    get(key) {
      entries += 1
      return snapshot.get(key)
    },
    getMany: (keys) => keys.map((key) => reader.get(key) as Buffer | undefined),
    // What a scan reads ahead is not the point here.
    scan: (range, options) => counted(snapshot.scan(range, { ...options, chunkEntries: 1 })),
  }
  return { reader, entries: () => entries }
}

const seqs = [2, 3, 500, 2_047, 2_048, 2_049, 3_999, versions]
const table = () => must(core.catalogs.newest().table('item'), 'the table')

describe.each(seqs)('as of commit %i', (seq) => {
  // Commit 1 defined the index and wrote the others; commit s wrote version s - 2.
  const n = seq % 2
  const isThere = n === 0

  test('an index scan', async () => {
    const { reader, entries } = countingReader()
    const index = must(table().indexes[0], 'the index')
    const found = await collect(
      scanEntriesAt({ reader, seq, newestSeq: versions + 1 }, index, { equals: [0] }),
    )
    expect(found.map(({ id }) => id.key)).toEqual(
      Array.from({ length: colds + 1 }, (_, key) => key).slice(isThere ? 0 : 1),
    )
    // Each of its entries lasted one commit, and every other one was of this value.
    const scans = timeNodesAt(seq, versions + 1).length
    expect(entries()).toBeLessThan(colds + 2 + scans + timeNodeSeqsMin / 2)
  })

  test('a read of the record', async () => {
    const { reader, entries } = countingReader()
    const past = { reader, seq, versions: new VersionCache(0), cached: () => undefined }
    const { id, idKey } = must(await (await core.view()).getRecord(item(0)), 'the record')
    expect((await recordAt(past, table(), id, idKey, undefined))?.value).toEqual({ id, n, version: seq - 2 })
    expect(entries()).toBeLessThan(25)
  })

  test('a table scan', async () => {
    const { reader, entries } = countingReader()
    const rows = await collect(scanRecordsAt(reader, seq, table()))
    expect(rows.map(({ value }) => value.n)).toEqual([n, ...new Array(colds).fill(0)])
    expect(entries()).toBeLessThan(200)
  })
})

test.each([undefined, versions, 2_000, 12])('a page of its history before commit %s', async (before) => {
  const { reader, entries } = countingReader()
  const commits = new LedgerCommits({
    reader,
    seq: versions + 1,
    catalog: core.catalogs.newest(),
    versions: new VersionCache(0),
  })
  const end = before ?? versions + 2
  const page = await commits.versions(item(0), { limit: 10, before })
  expect(page.map(({ seq }) => seq)).toEqual(Array.from({ length: 10 }, (_, at) => end - 1 - at))
  // Each version, what it replaced, and their entries of the history.
  expect(entries()).toBeLessThanOrEqual(3 * 10)
})
