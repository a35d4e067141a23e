/** What those are told who bring back what they may not see, or what is no longer there. */

import { RecordId } from '@dendrodb/protocol'
import { expect, onTestFinished, test } from 'vitest'
import type { Database } from '../database/database.ts'
import { openEngine } from '../open-engine.ts'

async function open(): Promise<Database> {
  const engine = await openEngine()
  onTestFinished(() => engine.close())
  return engine.database('main')
}

async function messageFor(db: Database, text: string): Promise<string | undefined> {
  const auth = { id: new RecordId('user', 'ann'), roles: ['user'], claims: { name: 'ann' } }
  const { results } = await db.run(text, {}, { session: { isRoot: false, auth } })
  const [answer] = results
  return answer?.status === 'error' ? answer.error.message : undefined
}

test('what has become another’s is told like what never was', async () => {
  const db = await open()
  await db.query(
    'DEFINE TABLE note PERMISSIONS FOR select WHERE owner = $auth.name, FOR create, update, delete FULL',
  )
  await db.put('note:1', { owner: 'ann' })
  await db.delete('note:1')
  await db.put('note:1', { owner: 'bob' })
  await db.delete('note:1')
  const message = await messageFor(db, 'UNDELETE note:1')
  expect(message).toBe(
    'there is nothing of note:1 to bring back: it never was, or its newest version is none that you may see',
  )
  expect(await messageFor(db, 'UNDELETE note:2')).toBe(message?.replace('note:1', 'note:2'))
  expect(await messageFor(db, 'UNDELETE other:1')).toBe(message?.replace('note:1', 'other:1'))
})

test('of a removed table the owner is told where to find what it held', async () => {
  const db = await open()
  await db.put('page:1', { title: 'Home' })
  await db.query('REMOVE TABLE page')
  const expected = { code: 'HISTORY_RECORD_UNKNOWN', message: expect.stringContaining('RESTORE SNAPSHOT') }
  await expect(db.undelete('page:1')).rejects.toMatchObject(expected)
  await expect(db.query('UNDO page:1')).rejects.toMatchObject(expected)
})
