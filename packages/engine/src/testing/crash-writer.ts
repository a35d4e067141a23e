/**
 * The child of the crash test: writes at full speed and reports each acknowledged write on standard output.
 * Why synchronous output: a line is there if and only if the write was acknowledged before the kill.
 * Each line: seq, key, counter. Three kinds of writes: a point put, a transfer between two records whose
 * counters must always add up, and a put with a delete.
 */

import { writeSync } from 'node:fs'
import { RecordId } from '@dendrodb/protocol'
import type { Database } from '../database/database.ts'
import { openEngine } from '../open-engine.ts'

const writersMax = 16

const [path = '', runText = '0', masterKey = ''] = process.argv.slice(2)
const run = Number(runText)
const engine = await openEngine({
  path,
  writeBufferBytes: 256 * 1024,
  ...(masterKey !== '' && { masterKey }),
})
const database = await engine.database('crash')
await database.transaction(async (tx) => {
  if (tx.catalog.table('item')?.indexes.some(({ name }) => name === 'counter')) return
  await tx.defineIndex({ name: 'counter', table: 'item', fields: [['counter']], unique: false })
})
writeSync(1, 'ready\n')
await Promise.all(Array.from({ length: writersMax }, (_, writer) => write(database, writer)))

async function write(target: Database, writer: number): Promise<never> {
  for (let counter = 1; ; counter += 1) {
    const key = `w${writer}-${counter % 50}`
    const fields = { counter, run, text: `text of ${key}`.repeat(1 + (counter % 5)) }
    if (counter % 3 === 0) {
      const [left, right] = [new RecordId('pair', `l${writer}`), new RecordId('pair', `r${writer}`)]
      const { receipt } = await target.transaction(async (tx) => {
        await tx.put(left, { counter })
        await tx.put(right, { counter: -counter })
        await tx.put(new RecordId('item', key), fields)
      })
      report(receipt.seq, key, counter)
    } else if (counter % 7 === 0) {
      await target.delete(new RecordId('item', `w${writer}-${(counter + 1) % 50}`))
      report((await target.put(new RecordId('item', key), fields)).seq, key, counter)
    } else {
      report((await target.put(new RecordId('item', key), fields)).seq, key, counter)
    }
  }
}

function report(seq: number, key: string, counter: number): void {
  writeSync(1, `${seq} ${key} ${counter}\n`)
}
