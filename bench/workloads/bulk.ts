/**
 * Workloads on many records: bulk insert, reads and updates spread over all of them, verification, opening,
 * disk.
 */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { personOf } from '../dataset.ts'
import { settledBytesIn } from '../disk.ts'
import { machineSpeedName } from '../goals.ts'
import {
  createRandom,
  figureRows,
  machineSpeed,
  measureConcurrent,
  measureOnce,
  measureSequential,
  type Row,
} from '../measure.ts'
import { DendroSubject } from '../peers/dendrodb.ts'
import { SqliteSubject } from '../peers/node-sqlite.ts'
import { RawStoreSubject } from '../peers/raw-store.ts'
import type { Subject } from '../peers/subject.ts'
import { SurrealSubject } from '../peers/surrealdb.ts'

export async function runBulk(records: number, isWanted: (name: string) => boolean): Promise<Row[]> {
  const rows: Row[] = []
  const openers: readonly ((folder: string) => Promise<Subject>)[] = [
    (folder) => DendroSubject.open(folder),
    (folder) => SurrealSubject.open(folder),
    async (folder) => new SqliteSubject(folder),
    (folder) => RawStoreSubject.open(folder),
  ]
  for (const open of openers) {
    const folder = await mkdtemp(join(tmpdir(), 'ddb-bench-'))
    const subject = await open(folder)
    rows.push(...(await runSubject(subject, folder, records, isWanted)))
    await rm(folder, { recursive: true })
  }
  return rows
}

async function runSubject(
  subject: Subject,
  folder: string,
  records: number,
  isWanted: (name: string) => boolean,
): Promise<Row[]> {
  const rows: Row[] = []
  const at = `${records.toLocaleString('en')} records`
  const isOurs = subject instanceof DendroSubject
  const loadMs = await measureOnce(() => subject.load(0, records))
  const insertsPerSecond = (records / loadMs) * 1_000
  rows.push({ workload: `bulk insert, ${at}`, subject: subject.name, value: insertsPerSecond, unit: '/s' })
  const loadedBytes = await settledBytesIn(folder)
  rows.push({
    workload: `disk per record, ${at}`,
    subject: subject.name,
    value: loadedBytes / records,
    unit: 'bytes',
  })
  const random = createRandom()
  const read = `point read by id, uniform, ${at}`
  if (isWanted(read))
    rows.push(
      ...figureRows(read, subject.name, await measureSequential(() => subject.get?.(random(records)))),
    )
  const update = `random update, 64 writers, ${at}`
  if (isWanted(update) && (isOurs || subject.name !== 'raw store')) {
    const change = () => {
      const id = random(records)
      return subject.put?.(id, { ...personOf(id), age: random(100) })
    }
    rows.push(...figureRows(update, subject.name, await measureConcurrent(64, change, 5)))
  }
  if (isOurs) rows.push(...(await runOurs(subject, at)))
  await subject.close()
  if (isOurs) rows.push(await reopen(folder, at))
  return rows
}

async function runOurs(subject: DendroSubject, at: string): Promise<Row[]> {
  const speedBefore = machineSpeed()
  const report = await subject.database.verify()
  const hashesPerSecond = (speedBefore + machineSpeed()) / 2
  if (!report.isIntact)
    throw new Error(`the bench database does not verify: ${JSON.stringify(report.findings)}`)
  const perSecond = (report.objectsChecked / report.durationMs) * 1_000
  const memory = process.memoryUsage().rss / 2 ** 20
  return [
    { workload: `verify, ${at}`, subject: subject.name, value: perSecond, unit: 'objects/s' },
    { workload: `verify, ${at}`, subject: machineSpeedName, value: hashesPerSecond, unit: 'hashes/s' },
    {
      workload: `resident memory of the whole bench process, ${at}`,
      subject: subject.name,
      value: memory,
      unit: 'MiB',
    },
  ]
}

async function reopen(folder: string, at: string): Promise<Row> {
  let reopened: DendroSubject | undefined
  const ms = await measureOnce(async () => {
    reopened = await DendroSubject.open(folder)
    await reopened.get(0)
  })
  await reopened?.close()
  return { workload: `open and first read, ${at}`, subject: 'DendroDB', value: ms, unit: 'ms' }
}
