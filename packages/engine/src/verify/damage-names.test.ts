/**
 * Values whose checksum does not match, whatever their kind: each is named in words, and the rest goes on.
 */

import { expect, test } from 'vitest'
import { readLogEntries } from '../database/read-log-entries.ts'
import { keyOf, mainBranch } from '../ledger/key-space.ts'
import { openMemoryStore } from '../storage/memory/memory-store.ts'
import { openTestCore, recordOf } from '../testing/open-core.ts'
import { damageValues } from './testing/damaged-store.ts'
import { verifyLog, verifyStore } from './verify-store.ts'

const person = recordOf('person')

async function filledStore() {
  const store = openMemoryStore()
  const core = await openTestCore(store)
  for (let at = 0; at < 40; at += 1) await core.write((tx) => tx.put(person(at), { at }))
  const number = core.catalogs.newest().table('person')?.id ?? 0
  return { store, number }
}

test.each([
  ['replay', 'the kept answer of a request'],
  ['nonce', 'the last nonce of a client'],
  ['replayLog', 'the note of the kept answer of commit 7'],
  ['garbage', 'the note that number 3 is being removed'],
  ['build', 'the progress of the build of index 7'],
  ['erasure', 'the note of the erasure by commit 7'],
  ['historyFloor', 'the note since when the history of table $snapshot is whole'],
] as const)('a damaged entry of kind %s is found', async (kind, what) => {
  const { store } = await filledStore()
  const key = keyOf(kind, 7, 3)
  await store.commit([{ type: 'put', key, value: Buffer.from([1]) }])
  const report = await verifyStore(damageValues(store, [key]))
  expect(report).toMatchObject({ isIntact: false, findingsCount: 1 })
  expect(report.findings).toMatchObject([{ what, reason: 'its checksum does not match' }])
})

test('a damaged commit is named by its number, and what follows it is not taken for damaged', async () => {
  const { store } = await filledStore()
  const chain = await verifyLog(damageValues(store, [keyOf('commit', 17)]))
  expect(chain).toMatchObject({ isIntact: false, firstBrokenSeq: 17, findingsCount: 1 })
  expect(chain.findings).toMatchObject([
    { what: 'commit 17', reason: 'its checksum does not match', seq: 17 },
  ])
  const both = await verifyStore(damageValues(store, [keyOf('commit', 17), keyOf('commit', 18)]))
  expect(both.findings.slice(0, 2)).toMatchObject([{ what: 'commit 17' }, { what: 'commit 18' }])
  const last = await verifyLog(damageValues(store, [keyOf('commit', 40)]))
  expect(last.findings).toMatchObject([{ what: 'commit 40' }])
})

test('a damaged count names its table, and damage of other kinds is named beside it', async () => {
  const { store, number } = await filledStore()
  const keys = [keyOf('count', mainBranch, number), keyOf('version', 5, 0)]
  const { findings } = await verifyStore(damageValues(store, keys))
  const words = findings.map(({ what }) => what)
  expect(words).toContain('the number of records of table person')
  expect(words).toContain('version 0 of commit 5')
})

test('reading the log over a damaged commit fails with its number', async () => {
  const { store } = await filledStore()
  const core = await openTestCore(damageValues(store, [keyOf('commit', 17)]))
  const entries = readLogEntries(core, {})
  await expect(entries.next()).rejects.toMatchObject({
    code: 'STORAGE_CORRUPT',
    message: 'commit 17 is damaged: its checksum does not match',
  })
})
