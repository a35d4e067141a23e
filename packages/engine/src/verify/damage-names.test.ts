/**
 * Values whose checksum does not match, whatever their kind: each is named in words, and the rest goes on.
 */

import { encodeExact, must } from '@dendrodb/protocol'
import { expect, test } from 'vitest'
import type { TableDefinition } from '../catalog/definitions.ts'
import type { DatabaseCore } from '../database/database-core.ts'
import { readLogEntries } from '../database/read-log-entries.ts'
import { historyKey, keyOf, kindRange, mainBranch, manifestKey, recordKey } from '../ledger/key-space.ts'
import type { ReadView } from '../models/model.ts'
import { openMemoryStore } from '../storage/memory/memory-store.ts'
import { collect, openTestCore, recordOf } from '../testing/open-core.ts'
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

const person7 = encodeExact(7)
type Read = (core: DatabaseCore, view: ReadView, table: TableDefinition) => unknown

test.each<[string, (tableId: number) => Buffer, string, Read]>([
  ['the log', () => keyOf('commit', 17), 'commit 17', (core) => readLogEntries(core, {}).next()],
  ['a commit', () => keyOf('commit', 17), 'commit 17', (_, view) => view.commits.commits([17])],
  [
    'its changes',
    () => keyOf('version', 17, 0),
    'version 0 of commit 17',
    (_, view) => view.commits.changes(17, 9),
  ],
  [
    'a record',
    (id) => recordKey(mainBranch, id, person7),
    'record person:7',
    (_, view) => view.getRecord(person(7)),
  ],
  [
    'several',
    (id) => recordKey(mainBranch, id, person7),
    'record person:7',
    (_, view) => view.getRecords([person(7)]),
  ],
  [
    'a scan',
    (id) => recordKey(mainBranch, id, person7),
    'record person:7',
    (_, view, table) => collect(view.scanTable(table)),
  ],
  [
    'the past',
    () => keyOf('version', 8, 0),
    'version 0 of commit 8',
    async (core) => (await core.view({ seq: 20 })).getRecord(person(7)),
  ],
  [
    'a version list',
    (id) => historyKey(mainBranch, id, person7, 8),
    'the history of person:7',
    (_, view) => view.commits.versions(person(7), { limit: 9 }),
  ],
  [
    'a write',
    (id) => recordKey(mainBranch, id, person7),
    'record person:7',
    (core) => core.write((tx) => tx.put(person(7), {})),
  ],
])('reading %s over damage names the object', async (_, keyIn, what, read) => {
  const { store, number } = await filledStore()
  await (await openTestCore(store)).write((tx) => tx.put(person(7), { at: 8 }))
  const key = keyIn(number)
  const core = await openTestCore(damageValues(store, [key]))
  const view = await core.view()
  const table = must(view.catalog.table('person'), 'table')
  await expect((async () => read(core, view, table))()).rejects.toMatchObject({
    code: 'STORAGE_CORRUPT',
    message: `${what} is damaged: its checksum does not match`,
    details: { key: key.toString('hex') },
  })
  expect(await view.getRecord(person(3))).toMatchObject({ value: { at: 3 } })
  view.close()
})

test('a damaged index entry names its index, and what keeps a database closed is named too', async () => {
  const { store } = await filledStore()
  const first = await openTestCore(store)
  await first.write((tx) => tx.defineIndex({ name: 'at', table: 'person', fields: [['at']], unique: false }))
  await first.write((tx) => tx.put(person(50), { at: 50 }))
  const index = must(first.catalogs.newest().table('person')?.indexes[0], 'index')
  const snapshot = store.snapshot()
  const [entry] = await collect(snapshot.scan(kindRange('index', mainBranch, index.id)))
  snapshot.close()
  const core = await openTestCore(damageValues(store, [must(entry, 'entry').key]))
  const view = await core.view()
  await expect(collect(view.scanIndex(index, { equals: [] }))).rejects.toThrow(
    'an index entry of person.at is damaged',
  )
  const closed = openTestCore(damageValues(store, [manifestKey]))
  await expect(closed).rejects.toThrow('the manifest is damaged: its checksum does not match')
})
