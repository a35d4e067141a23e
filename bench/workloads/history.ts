/**
 * What the history is for, beside what others publish or the machine can do: writes and reads by the library
 * with no disk below it, opening at several sizes, backup.
 */

import { randomBytes } from 'node:crypto'
import { mkdtemp, open, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Database, type Engine, openEngine, RecordId } from '@dendrodb/engine'
import { personOf } from '../dataset.ts'
import { settledBytesIn } from '../disk.ts'
import { machineSpeedName } from '../goals.ts'
import { createRandom, machineSpeed, measureOnce, measureSequential, type Row } from '../measure.ts'

const rowsPerCommit = 500
/** As many as NEDB's own bench reads. */
const memoryRecords = 10_000
const batches = 20
/** Into another database first, as the other workloads warm up, too: node compiles meanwhile. */
const batchesToWarm = 10
const sizesToOpen = [1_000, 100_000]
const mb = 1_000_000

export async function runHistory(records: number, isWanted: (name: string) => boolean): Promise<Row[]> {
  const rows: Row[] = []
  if (isWanted('memory store')) rows.push(...(await runMemoryStore()))
  for (const size of [...sizesToOpen, records]) {
    if (isWanted('open: first read')) rows.push(await runOpen(size))
  }
  for (const padBytes of [0, 4_000]) {
    if (isWanted('backup')) rows.push(...(await runBackup(records / (padBytes === 0 ? 1 : 10), padBytes)))
  }
  return rows
}

async function load(database: Database, records: number, padBytes = 0): Promise<void> {
  for (let from = 0; from < records; from += rowsPerCommit) {
    const count = Math.min(rowsPerCommit, records - from)
    const puts = Array.from({ length: count }, (_, index) => {
      const id = from + index
      const pad = padBytes === 0 ? {} : { pad: randomBytes((padBytes * 3) / 4).toString('base64') }
      return { put: new RecordId('person', id), fields: { ...personOf(id), ...pad } }
    })
    await database.commit(puts)
  }
}

/** NEDB publishes 70,000 writes and 330,000 reads a second for its native binding. */
async function runMemoryStore(): Promise<Row[]> {
  const engine = await openEngine()
  const warmed = await engine.database('warm')
  for (let batch = 0; batch < batchesToWarm; batch += 1) await load(warmed, memoryRecords)
  const database = await engine.database('bench')
  const speedBefore = machineSpeed()
  let written = 0
  const ms = await measureOnce(async () => {
    for (; written < batches * memoryRecords; written += memoryRecords) await load(database, memoryRecords)
  })
  const random = createRandom()
  const read = () => database.get(new RecordId('person', random(memoryRecords)))
  const { opsPerSecond } = await measureSequential(read)
  const hashesPerSecond = (speedBefore + machineSpeed()) / 2
  await engine.close()
  const speed = { subject: machineSpeedName, value: hashesPerSecond, unit: 'hashes/s' }
  return [
    {
      workload: 'memory store: put in batches',
      subject: 'DendroDB',
      value: (written / ms) * 1_000,
      unit: '/s',
    },
    { workload: 'memory store: put in batches', ...speed },
    { workload: 'memory store: get', subject: 'DendroDB', value: opsPerSecond, unit: '/s' },
    { workload: 'memory store: get', ...speed },
  ]
}

async function inFolder<T>(run: (path: string) => Promise<T>): Promise<T> {
  const path = await mkdtemp(join(tmpdir(), 'ddb-bench-history-'))
  try {
    return await run(path)
  } finally {
    await rm(path, { recursive: true })
  }
}

function runOpen(records: number): Promise<Row> {
  return inFolder(async (path) => {
    const engine = await openEngine({ path })
    await load(await engine.database('bench'), records)
    await engine.close()
    let reopened: Engine | undefined
    const ms = await measureOnce(async () => {
      reopened = await openEngine({ path })
      await (await reopened.database('bench')).get(new RecordId('person', 0))
    })
    await reopened?.close()
    const workload = `open: first read, ${records.toLocaleString('en')} records`
    return { workload, subject: 'DendroDB', value: ms, unit: 'ms' }
  })
}

/** The median of three, beside a plain file of as many bytes, written and made durable. */
function runBackup(records: number, padBytes: number): Promise<Row[]> {
  return inFolder(async (path) => {
    const engine = await openEngine({ path })
    const database = await engine.database('bench')
    await load(database, records, padBytes)
    const stored = await settledBytesIn(path)
    const backup = join(path, 'bench.ddbackup')
    const times: number[] = []
    for (let round = 0; round < 3; round += 1) {
      await rm(backup, { force: true })
      times.push(await measureOnce(() => database.backup({ path: backup })))
    }
    const [, ms = 0] = times.sort((a, b) => a - b)
    await engine.close()
    const { size } = await stat(backup)
    const plainMs = await measureOnce(() => writePlain(join(path, 'plain'), size))
    const bytes = padBytes === 0 ? '160 bytes' : `${padBytes.toLocaleString('en')} bytes`
    const workload = `backup, ${records.toLocaleString('en')} records of ${bytes}`
    return [
      { workload, subject: 'DendroDB', value: stored / mb / (ms / 1_000), unit: 'MB/s' },
      { workload, subject: 'plain file', value: size / mb / (plainMs / 1_000), unit: 'MB/s' },
    ]
  })
}

async function writePlain(path: string, bytes: number): Promise<void> {
  const chunk = Buffer.alloc(1024 * 1024, 1)
  const file = await open(path, 'w')
  for (let left = bytes; left > 0; left -= chunk.length) {
    await file.write(chunk.subarray(0, Math.min(left, chunk.length)))
  }
  await file.sync()
  await file.close()
}
