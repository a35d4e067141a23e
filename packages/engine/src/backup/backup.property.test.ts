/**
 * Random histories, backed up in random pieces and joined again, give the log that they came from; so does
 * one of many blocks.
 */

import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openBackupStream } from '../database/backup-database.ts'
import type { DatabaseCore } from '../database/database-core.ts'
import { formatKey } from '../ledger/key-space.ts'
import { genesisOf } from '../replay/log-chain.ts'
import type { LogItem } from '../replay/log-item.ts'
import { readLog } from '../replay/read-log.ts'
import { histories, runHistory } from '../replay/testing/history-arbitrary.ts'
import { collect, openTestCore, recordOf } from '../testing/open-core.ts'
import { type BackupInput, joinBackups } from './join-backups.ts'

const masterKey = Buffer.alloc(32, 7)

async function backupOf(core: DatabaseCore, since: number, isSealed: boolean): Promise<Buffer> {
  const key = isSealed ? masterKey : undefined
  const stream = await openBackupStream(core, { since: { seq: since }, masterKey: key })
  const chunks: Buffer[] = []
  for await (const chunk of stream.chunks) chunks.push(chunk)
  expect(stream.summary()).toMatchObject({ fromSeq: since, bytes: Buffer.concat(chunks).length })
  return Buffer.concat(chunks)
}

/** In pieces of another size. */
async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function logOf(core: DatabaseCore, toSeq: number): Promise<LogItem[]> {
  const snapshot = core.store.snapshot()
  const format = (await snapshot.get(formatKey)) as Buffer
  const after = genesisOf(format)
  const items = await collect(readLog(snapshot, { after, toSeq }))
  snapshot.close()
  return items
}

test('the log of joined backups, up to any commit, is that of the database', async () => {
  const part = fc.record({ history: histories, isSealed: fc.boolean() })
  const parts = fc.array(part, { minLength: 1, maxLength: 4 })
  const share = fc.double({ min: 0, max: 1, noNaN: true })
  await fc.assert(
    fc.asyncProperty(parts, fc.integer({ min: 1, max: 5_000 }), share, async (pieces, size, where) => {
      const core = await openTestCore()
      const files: Buffer[] = []
      let since = 0
      for (const { history, isSealed } of pieces) {
        await runHistory(core, history.slice(0, 8))
        files.push(await backupOf(core, since, isSealed))
        since = core.head().seq
      }
      const inputs = (): BackupInput[] =>
        files.map((bytes, at) => ({ name: `file ${at}`, stream: inPieces(bytes, size) }))
      const whole = await joinBackups({ inputs: inputs(), masterKey })
      expect(await collect(whole.log())).toEqual(await logOf(core, since))
      const seq = Math.round(where * since)
      const cut = await joinBackups({ inputs: inputs(), masterKey, to: { seq } })
      expect(await collect(cut.log())).toEqual(await logOf(core, seq))
      await core.close()
    }),
    { numRuns: 40 },
  )
})

test('blocks that are filled while others are compressed hold what the log has, large items among them', async () => {
  const core = await openTestCore()
  for (let at = 0; at < 16; at += 1) {
    const bytes = randomBytes(at % 7 === 3 ? 2_500_000 : 400_000)
    await core.write((tx) => tx.put(recordOf('file')(at), { bytes }))
  }
  const { seq } = core.head()
  const input = { name: 'file', stream: inPieces(await backupOf(core, 0, false), 65_536) }
  const joined = await joinBackups({ inputs: [input] })
  expect(await collect(joined.log())).toEqual(await logOf(core, seq))
  await core.close()
})
