/**
 * Searches the bytes of every file for what was erased: id, field values, names of fields, salts.
 */

import { join } from 'node:path'
import { encodeCanonical, encodeCollation, encodeExact, RecordId } from '@dendrodb/protocol'
import { expect, test } from 'vitest'
import { keyOf } from '../ledger/key-space.ts'
import { saltBytes } from '../ledger/salt-source.ts'
import { restoreBackup } from '../offline.ts'
import { openEngine } from '../open-engine.ts'
import { openClear } from '../storage/open-files.ts'
import { findBytes } from '../testing/file-bytes.ts'
import { temporaryFolder } from '../testing/shop-folder.ts'
import type { Database } from './database.ts'

const key = 'alice-4711'
const id = new RecordId('person', key)

const needles = {
  id: key,
  'id in a key': encodeExact(key),
  'id in an index': encodeCollation(id),
  'a value': 'secret-mail-of-alice',
  'an older value': 'older-mail-of-alice',
  'a value on a branch': 'branch-mail-of-alice',
  'a field name': 'fieldOnlyAliceHas',
  'a field of an edge': 'edge-note-of-alice',
  'evidence of a commit': 'evidence-about-alice',
}

async function fill(db: Database): Promise<void> {
  await db.query(`
    DEFINE TABLE person; DEFINE TABLE knows TYPE RELATION;
    DEFINE INDEX byMail ON person FIELDS mail UNIQUE; DEFINE INDEX byTown ON person FIELDS town;
  `)
  await db.put('person:bob', { mail: 'bob@example.org', town: 'Ulm' })
  await db.put(id, { mail: 'older-mail-of-alice', town: 'Ulm' }, { evidence: 'evidence-about-alice' })
  await db.query(`RELATE ${'person:`alice-4711`'}->knows->person:bob SET note = 'edge-note-of-alice'`)
  await db.branches.create('trial')
  await db.branch('trial').put(id, { mail: 'branch-mail-of-alice', town: 'Ulm' })
  await db.put(
    id,
    { mail: 'secret-mail-of-alice', town: 'Bonn', fieldOnlyAliceHas: true },
    {
      idempotencyKey: 'once',
      actor: 'clerk',
    },
  )
  for (let n = 0; n < 300; n += 1) await db.put(`person:${n}`, { mail: `${n}@example.org`, town: 'Ulm' })
  await db.delete('person:7')
  await db.query('DELETE knows')
}

test('after an erasure nothing of the record is in any file, nor in a backup', async () => {
  const path = temporaryFolder()
  let engine = await openEngine({ path })
  let db = await engine.database('main')
  await fill(db)
  await engine.close()
  const salts = await saltsOf(path)
  expect(salts.length).toBe(4)
  const wanted = { ...needles, ...Object.fromEntries(salts.map((salt, at) => [`salt ${at}`, salt])) }
  // A test that cannot find them says nothing.
  const before = findBytes(path, wanted)
  for (const name of Object.keys(wanted)) {
    expect(
      before.some((hit) => hit.startsWith(`${name} in`)),
      name,
    ).toBe(true)
  }
  engine = await openEngine({ path })
  db = await engine.database('main')
  const headBefore = db.head()
  const answer = await db.erase(id, { reason: 'asked for it' })
  expect(answer).toMatchObject({ seq: headBefore.seq + 1, records: 2 })
  expect(await db.get(id)).toBeUndefined()
  await db.forgetting.settle()
  expect(await db.forgetting.status()).toEqual({ state: 'complete', pending: 0 })
  expect(findBytes(path, wanted)).toEqual([])
  const report = await db.verify()
  expect(report.findings).toEqual([])
  expect(report.erased).toBe(answer.versions + answer.metadata)
  await db.backup({ path: join(path, 'backup') })
  await db.export({ path: join(path, 'export'), history: true })
  await engine.close()
  expect(findBytes(path, wanted)).toEqual([])
  const other = temporaryFolder()
  await restoreBackup({ path: other, name: 'main', files: [join(path, 'backup')] })
  expect(findBytes(other, wanted)).toEqual([])
})

/** Salts of the versions of the record, as the log has them. */
async function saltsOf(path: string): Promise<Buffer[]> {
  const store = await openClear(join(path, 'databases', 'main', 'gen-000001'))
  const snapshot = store.snapshot()
  const salts: Buffer[] = []
  const text = encodeCanonical(key)
  for await (const chunk of snapshot.scan({ gte: keyOf('version'), lt: Buffer.from('W') })) {
    for (const { value } of chunk) if (value.includes(text)) salts.push(value.subarray(0, saltBytes))
  }
  snapshot.close()
  await store.close()
  return salts
}
