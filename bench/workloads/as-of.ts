/**
 * Reads of the past beside the same reads at head: records that have moved to another section with every
 * version, so that every index entry of the past is one that has ended, and one record that has changed far
 * more often than all others.
 */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Database, openEngine, RecordId } from '@dendrodb/engine'
import { personOf, sections } from '../dataset.ts'
import { createRandom, measureOnce, type Row } from '../measure.ts'

const versions = 10
const rowsPerCommit = 250
const hotWriters = 256
const secondsToWarm = 1
const secondsToMeasure = 4

interface Read {
  readonly name: string
  /** `$` stands for the place of AS OF. */
  readonly text: string
}

const reads: readonly Read[] = [
  { name: 'indexed WHERE', text: 'SELECT * FROM person $ WHERE section = $section' },
  { name: 'indexed WHERE, 10 rows', text: 'SELECT * FROM person $ WHERE section = $section LIMIT 10' },
  { name: 'count by index', text: 'SELECT count() FROM person $ WHERE section = $section GROUP ALL' },
  { name: 'point SELECT', text: 'SELECT * FROM $person $' },
  { name: 'GROUP BY over all', text: 'SELECT section, count() FROM person $ GROUP BY section' },
]

export async function runAsOf(
  records: number,
  hotVersions: number,
  isWanted: (name: string) => boolean,
): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'ddb-bench-as-of-'))
  const engine = await openEngine({ path: folder })
  try {
    const database = await engine.database('bench')
    await database.query('DEFINE INDEX section ON person FIELDS section')
    const marks = await load(database, records)
    await heat(database, hotVersions)
    const rows: Row[] = []
    for (const read of reads) rows.push(...(await measure(database, read, records, marks, isWanted)))
    return rows
  } finally {
    await engine.close()
    await rm(folder, { recursive: true })
  }
}

/** Every version of every record; gives the commit behind each round. */
async function load(database: Database, records: number): Promise<number[]> {
  const marks: number[] = []
  for (let version = 0; version < versions; version += 1) {
    for (let from = 0; from < records; from += rowsPerCommit) {
      const puts = Array.from({ length: Math.min(rowsPerCommit, records - from) }, (_, index) => {
        const id = from + index
        const section = `section-${(id + version) % sections}`
        return { put: new RecordId('person', id), fields: { ...personOf(id), section } }
      })
      await database.commit(puts)
    }
    marks.push(database.head().seq)
  }
  return marks
}

/** One record, in and out of the sections again and again. */
async function heat(database: Database, versionsLeft: number): Promise<void> {
  const id = new RecordId('person', -1)
  let left = versionsLeft
  const writer = async () => {
    while (left > 0) {
      left -= 1
      await database.put(id, { ...personOf(left), section: `section-${left % sections}` })
    }
  }
  await Promise.all(Array.from({ length: hotWriters }, writer))
}

async function measure(
  database: Database,
  { name, text }: Read,
  records: number,
  marks: readonly number[],
  isWanted: (name: string) => boolean,
): Promise<Row[]> {
  const size = `${records.toLocaleString('en')} × ${versions} versions`
  const workload = `AS OF: ${name}, ${size}`
  if (!isWanted(workload)) return []
  const random = createRandom()
  const run = (clause: string, vars: Readonly<Record<string, unknown>>) => {
    return database.query(text.replace('$ ', `${clause} `).replace(/\$$/, clause), {
      section: `section-${random(sections)}`,
      person: new RecordId('person', random(records)),
      ...vars,
    })
  }
  const [past, head] = await measureInTurn([
    () => run('AS OF $seq', { seq: marks[random(marks.length - 1)] }),
    () => run('', {}),
  ])
  return [
    { workload, subject: 'DendroDB', value: past ?? 0, unit: '/s' },
    { workload, subject: 'DendroDB at head', value: head ?? 0, unit: '/s' },
  ]
}

/**
 * Operations per second of each, one after the other again and again, so that they share the machine alike.
 */
async function measureInTurn(operations: readonly (() => Promise<unknown>)[]): Promise<number[]> {
  const totals = operations.map(() => ({ ms: 0, count: 0 }))
  const round = async (isMeasured: boolean) => {
    for (const [at, operation] of operations.entries()) {
      const ms = await measureOnce(operation)
      const total = totals[at]
      if (!isMeasured || total === undefined) continue
      total.ms += ms
      total.count += 1
    }
  }
  const end = (seconds: number) => performance.now() + seconds * 1_000
  for (const until = end(secondsToWarm); performance.now() < until; ) await round(false)
  for (const until = end(secondsToMeasure); performance.now() < until; ) await round(true)
  return totals.map(({ ms, count }) => (count / ms) * 1_000)
}
