/**
 * `npm run bench [-- --records 1000000] [-- --only TEXT]`: ours and the peers, in one process run, with
 * ratios.
 * Without options: 20,000 records for queries, 100,000 for bulk; about five minutes.
 */

import { mkdtemp, rm } from 'node:fs/promises'
import { cpus, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { machineSpeed, type Row } from './measure.ts'
import { DendroSubject } from './peers/dendrodb.ts'
import { SqliteSubject } from './peers/node-sqlite.ts'
import { RawStoreSubject } from './peers/raw-store.ts'
import { SurrealSubject } from './peers/surrealdb.ts'
import { renderReport } from './report.ts'
import { runAsOf } from './workloads/as-of.ts'
import { runBranches } from './workloads/branches.ts'
import { runBulk } from './workloads/bulk.ts'
import { runHistory } from './workloads/history.ts'
import { runHttp } from './workloads/http.ts'
import { runSealed } from './workloads/sealed.ts'
import { runSmall, smallRecords } from './workloads/small.ts'

const { values: options } = parseArgs({
  options: {
    records: { type: 'string', default: '100000' },
    only: { type: 'string', default: '' },
  },
})
const isWanted = (name: string) => name.includes(options.only)
const rows: Row[] = []
const speedBefore = machineSpeed()

const folder = await mkdtemp(join(tmpdir(), 'ddb-bench-'))
const subjects = [
  await DendroSubject.open(folder),
  await SurrealSubject.open(folder),
  new SqliteSubject(folder),
  await RawStoreSubject.open(folder),
]
for (const subject of subjects) await subject.load(0, smallRecords)
rows.push(...(await runSmall(subjects, isWanted)))
for (const subject of subjects) await subject.close()
await rm(folder, { recursive: true })

if (isWanted('HTTP') || isWanted('start')) rows.push(...(await runHttp()))
if (isWanted('AS OF'))
  rows.push(...(await runAsOf(Number(options.records), Number(options.records), isWanted)))
if (isWanted('branches')) rows.push(...(await runBranches(Number(options.records), isWanted)))
if (['bulk', 'update', 'uniform', 'verify', 'open', 'disk'].some(isWanted)) {
  rows.push(...(await runBulk(Number(options.records), isWanted)))
}
if (['memory store', 'open', 'backup'].some(isWanted)) {
  rows.push(...(await runHistory(Number(options.records), isWanted)))
}
if (isWanted('sealed')) rows.push(...(await runSealed(Number(options.records), () => true)))

const machine = `${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GiB`
const speeds = [speedBefore, machineSpeed()].map((speed) => Math.round(speed / 1_000))
const speedText = `${speeds.join(' and ')} thousand hashes of 250 bytes a second before and after`
process.stdout.write(`\nNode ${process.version}, ${machine}; ${speedText}\n\n${renderReport(rows)}\n`)
// Some peers keep threads alive after closing.
process.exit(0)
