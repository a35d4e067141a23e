/**
 * What sealing costs: the same work on two databases, one of them sealed, in turns of a second, so that a
 * drift of the machine meets both alike.
 */

import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Database, type Engine, openEngine, RecordId } from '@dendrodb/engine'
import { personOf } from '../dataset.ts'
import { settledBytesIn } from '../disk.ts'
import {
  createRandom,
  type Figure,
  figureRows,
  measureConcurrent,
  measureOnce,
  measureSequential,
  type Row,
} from '../measure.ts'

const rowsPerCommit = 1_000
const turns = 5
const mebibyte = 1024 * 1024

interface Subject {
  readonly name: string
  readonly folder: string
  readonly masterKey: Uint8Array | undefined
  engine: Engine
  database: Database
}

type Measure = (database: Database) => Promise<Figure>

export async function runSealed(records: number, isWanted: (name: string) => boolean): Promise<Row[]> {
  const at = `${records.toLocaleString('en')} records`
  if (!isWanted(`sealed: ${at}`)) return []
  // Ours in the report is the sealed one; the other is what it is compared with.
  const subjects = [await open('DendroDB', randomBytes(32)), await open('in the clear', undefined)]
  const rows: Row[] = []
  const each = async (workload: string, measure: Measure) => {
    const figures = subjects.map((): Figure[] => [])
    for (let turn = 0; turn < turns; turn += 1) {
      for (const [index, { database }] of subjects.entries()) figures[index]?.push(await measure(database))
    }
    for (const [index, { name }] of subjects.entries()) {
      rows.push(...figureRows(`sealed: ${workload}, ${at}`, name, middle(figures[index] ?? [])))
    }
  }
  await load(subjects, records, at, rows)
  const random = createRandom()
  const change = (database: Database) => {
    const id = random(records)
    return database.put(new RecordId('person', id), { ...personOf(id), age: random(100) })
  }
  const read = (database: Database, below: number) => database.get(new RecordId('person', random(below)))
  await each('random update, 64 writers', (database) => measureConcurrent(64, () => change(database), 1))
  await each('one writer', (database) => measureConcurrent(1, () => change(database), 0.5))
  await each('point read, hot', (database) => measureSequential(() => read(database, 1_000), 0.4))
  await each('point read, uniform', (database) => measureSequential(() => read(database, records), 0.4))
  await each('scan, rows', (database) => measureScan(database, records))
  await reopen(subjects, rows, at)
  await each('point read, hardly any cache', (database) =>
    measureSequential(() => read(database, records), 0.4),
  )
  await verify(subjects, rows, at)
  for (const { engine, folder, name } of subjects) {
    await engine.close()
    rows.push(await diskRow(`sealed: disk after updates, ${at}`, name, folder))
    await rm(folder, { recursive: true })
  }
  return rows
}

async function open(name: string, masterKey: Uint8Array | undefined): Promise<Subject> {
  const folder = await mkdtemp(join(tmpdir(), 'ddb-bench-'))
  const engine = await openEngine({ path: folder, masterKey, recordCacheBytes: mebibyte })
  const database = await engine.database('bench')
  await database.query('DEFINE INDEX section ON person FIELDS section')
  return { name, folder, masterKey, engine, database }
}

async function load(subjects: readonly Subject[], records: number, at: string, rows: Row[]): Promise<void> {
  for (const { name, database, folder } of subjects) {
    const ms = await measureOnce(async () => {
      for (let from = 0; from < records; from += rowsPerCommit) {
        const ids = Array.from(
          { length: Math.min(rowsPerCommit, records - from) },
          (_, index) => from + index,
        )
        await database.commit(
          ids.map((id) => ({ put: new RecordId('person', id), fields: { ...personOf(id) } })),
        )
      }
    })
    const workload = `sealed: bulk insert, ${at}`
    rows.push({ workload, subject: name, value: (records / ms) * 1_000, unit: '/s' })
    rows.push(await diskRow(`sealed: disk after loading, ${at}`, name, folder))
  }
}

async function measureScan(database: Database, records: number): Promise<Figure> {
  // Of all rows, past every cache of rows.
  const ms = await measureOnce(() => database.query('SELECT count() FROM person WHERE age > 1000 GROUP ALL'))
  return { opsPerSecond: (records / ms) * 1_000 }
}

/** With caches so small that reads go to the files. */
async function reopen(subjects: readonly Subject[], rows: Row[], at: string): Promise<void> {
  for (const subject of subjects) {
    const { name, folder: path, masterKey } = subject
    await subject.engine.close()
    const caches = { recordCacheBytes: 64 * 1024, scanCacheBytes: 64 * 1024, blockCacheBytes: 256 * 1024 }
    const ms = await measureOnce(async () => {
      subject.engine = await openEngine({ path, masterKey, ...caches })
      subject.database = await subject.engine.database('bench')
      await subject.database.get(new RecordId('person', 0))
    })
    rows.push({ workload: `sealed: open and first read, ${at}`, subject: name, value: ms, unit: 'ms' })
  }
}

async function verify(subjects: readonly Subject[], rows: Row[], at: string): Promise<void> {
  for (const { name, database } of subjects) {
    const report = await database.verify()
    if (!report.isIntact) throw new Error(`the bench database does not verify: ${report.findings[0]?.what}`)
    const value = (report.objectsChecked / report.durationMs) * 1_000
    rows.push({ workload: `sealed: verify, ${at}`, subject: name, value, unit: 'objects/s' })
  }
}

async function diskRow(workload: string, subject: string, folder: string): Promise<Row> {
  return { workload, subject, value: (await settledBytesIn(folder)) / mebibyte, unit: 'MiB' }
}

/** Of the turns, so that one in which somebody else used the machine does not count. */
function middle(figures: readonly Figure[]): Figure {
  const sorted = [...figures].sort((a, b) => a.opsPerSecond - b.opsPerSecond)
  return sorted[sorted.length >> 1] as Figure
}
