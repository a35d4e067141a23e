/**
 * What branches cost: making one of a small and of a large database, and reads of main and of a branch
 * beside the same reads while there is no branch.
 */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Database, openEngine, RecordId } from '@dendrodb/engine'
import { personOf } from '../dataset.ts'
import { createRandom, figureRows, measureOnce, measureSequential, percentile, type Row } from '../measure.ts'

const forks = 100
const rowsPerCommit = 1_000
const secondsToRead = 2

export async function runBranches(records: number, isWanted: (name: string) => boolean): Promise<Row[]> {
  const rows: Row[] = []
  for (const size of [1_000, records]) rows.push(...(await ofSize(size)))
  return rows.filter(({ workload }) => isWanted(workload))
}

async function ofSize(records: number): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'ddb-bench-branches-'))
  const engine = await openEngine({ path: folder })
  try {
    const database = await engine.database('bench')
    await load(database, records)
    const workload = (name: string) => `branches: ${name}, ${records.toLocaleString('en')} records`
    const random = createRandom()
    const id = () => new RecordId('person', random(records))
    const before = await measureSequential(() => database.get(id()), secondsToRead)
    const forked = await times((at) => database.branches.create(`b${at}`))
    const firstRead = await times((at) => database.branch(`b${at}`).get(id()))
    const after = await measureSequential(() => database.get(id()), secondsToRead)
    const branch = database.branch('b0')
    const onBranch = await measureSequential(() => branch.get(id()), secondsToRead)
    return [
      { workload: workload('fork, median'), subject: 'DendroDB', value: forked, unit: 'ms' },
      { workload: workload('first read, median'), subject: 'DendroDB', value: firstRead, unit: 'ms' },
      ...figureRows(workload('point read of main'), 'DendroDB', before, 'no branch'),
      ...figureRows(workload('point read of main'), `DendroDB, ${forks} branches`, after),
      ...figureRows(workload('point read of a branch'), 'DendroDB', onBranch),
    ]
  } finally {
    await engine.close()
    await rm(folder, { recursive: true })
  }
}

async function load(database: Database, records: number): Promise<void> {
  for (let from = 0; from < records; from += rowsPerCommit) {
    const puts = Array.from({ length: Math.min(rowsPerCommit, records - from) }, (_, index) => {
      return { put: new RecordId('person', from + index), fields: personOf(from + index) }
    })
    await database.commit(puts)
  }
}

async function times(work: (at: number) => Promise<unknown>): Promise<number> {
  const taken: number[] = []
  for (let at = 0; at < forks; at += 1) taken.push(await measureOnce(() => work(at)))
  return percentile(
    taken.sort((a, b) => a - b),
    0.5,
  )
}
