/**
 * Backup, restore and rebuild of a database with one index, small records and larger ones.
 * CPU seconds stand beside the rates, because others may use the machine, too. "Log" are the bytes that a
 * backup carries, before compression; "stored" what all keys and values of the database take.
 *
 *   npx node packages/engine/src/backup/backup.bench.ts [records]
 */

import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { RecordId } from '@dendrodb/protocol'
import type { Database } from '../database/database.ts'
import { databaseDirectory, storeOpener } from '../database/database-files.ts'
import { rebuildDatabase, restoreBackup } from '../offline.ts'
import { openEngine } from '../open-engine.ts'

const records = Number(process.argv[2] ?? 200_000)
const perCommit = 1_000
const mb = 1_000_000

interface Measured<T> {
  readonly result: T
  readonly seconds: number
  readonly cpuSeconds: number
}

async function measure<T>(work: () => Promise<T>): Promise<Measured<T>> {
  const [startedMs, cpu] = [performance.now(), process.cpuUsage()]
  const result = await work()
  const { user, system } = process.cpuUsage(cpu)
  return { result, seconds: (performance.now() - startedMs) / 1_000, cpuSeconds: (user + system) / 1e6 }
}

async function fill(database: Database, count: number, padBytes: number): Promise<void> {
  await database.query('DEFINE TABLE item; DEFINE INDEX section ON item FIELDS section')
  for (let from = 0; from < count; from += perCommit) {
    await database.transaction(async (tx) => {
      for (let at = from; at < from + perCommit; at += 1) {
        // One write in ten changes an earlier record.
        const key = at % 10 === 9 ? Math.floor(at / 2) : at
        await tx.put(new RecordId('item', key), {
          name: `item number ${at}`,
          section: (at * 7_919) % 90,
          price: (at % 1_000) / 8,
          email: `user${at}@example.com`,
          active: at % 2 === 0,
          note: `a note of some length, ${at} `.padEnd(60 + padBytes, `${at * 31}`),
        })
      }
    })
  }
}

/** Bytes of the keys and values: of the log, and of everything. */
async function bytesOf(path: string): Promise<{ readonly log: number; readonly stored: number }> {
  const store = await storeOpener()(join(databaseDirectory(path, 'bench'), 'gen-000001'))
  const snapshot = store.snapshot()
  const bytes = { log: 0, stored: 0 }
  for await (const chunk of snapshot.scan({ gte: new Uint8Array(), lt: new Uint8Array([0xff]) })) {
    for (const { key, value } of chunk) {
      bytes.stored += key.length + value.length
      if ('LMV'.includes(String.fromCharCode(key[0] ?? 0))) bytes.log += value.length
    }
  }
  snapshot.close()
  await store.close()
  return bytes
}

function print(
  name: string,
  { seconds, cpuSeconds }: Measured<unknown>,
  rates: Record<string, number>,
): void {
  const parts = Object.entries(rates).map(([unit, amount]) => {
    return `${Math.round(amount / seconds).toLocaleString('en-US')} ${unit}/s`
  })
  const times = `${seconds.toFixed(2)} s, ${cpuSeconds.toFixed(2)} s of CPU`
  process.stdout.write(`  ${name.padEnd(8)} ${parts.join(', ')}  (${times})\n`)
}

for (const [name, count, padBytes] of [
  ['small records', records, 0],
  ['records of 4 KB', records / 10, 4_000],
] as const) {
  const path = await mkdtemp(join(tmpdir(), 'ddb-bench-'))
  const file = join(path, 'bench.ddbackup')
  const engine = await openEngine({ path })
  const database = await engine.database('bench')
  const filled = await measure(() => fill(database, count, padBytes))
  process.stdout.write(`${count.toLocaleString('en-US')} versions, ${name}\n`)
  print('insert', filled, { versions: count })
  const saved = await measure(() => database.backup({ path: file }))
  await engine.close()
  const { log, stored } = await bytesOf(path)
  print('backup', saved, { 'MB log': log / mb, 'MB stored': stored / mb, versions: count })
  const restored = await measure(() => restoreBackup({ path, files: [file], name: 'copy' }))
  print('restore', restored, { 'MB log': log / mb, versions: count })
  const rebuilt = await measure(() => rebuildDatabase({ path, name: 'bench' }))
  print('rebuild', rebuilt, { versions: count })
  const size = (await stat(file)).size / mb
  process.stdout.write(`  log ${(log / mb).toFixed(1)} MB, stored ${(stored / mb).toFixed(1)} MB, `)
  process.stdout.write(
    `backup ${size.toFixed(1)} MB, resident ${Math.round(process.memoryUsage.rss() / mb)} MB\n`,
  )
  await rm(path, { recursive: true })
}
