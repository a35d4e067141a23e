/**
 * The child of the crash test of forgetting: writes records over and over, erases some, cuts histories and
 * compacts, and reports what was acknowledged.
 * Each line: `put` or `erased`, and the number of the record; `log`, and the newest value of the one record
 * whose history is cut.
 */

import { writeSync } from 'node:fs'
import { openEngine } from '../open-engine.ts'

const [path = '', from = '0'] = process.argv.slice(2)
const engine = await openEngine({ path, writeBufferBytes: 128 * 1024 })
const database = await engine.database('crash')
await database.query(`
  DEFINE INDEX IF NOT EXISTS mark ON item FIELDS mark; DEFINE TABLE OVERWRITE log HISTORY NONE;
  DEFINE INDEX IF NOT EXISTS value ON log FIELDS value;
`)
writeSync(1, 'ready\n')
void forgetInTurn()
for (let at = Number(from); ; at += 1) {
  await database.put(`item:${at}`, { mark: `secret-mark-of-${at}-`, filler: 'x'.repeat(200) })
  await database.put(`item:${at}`, { mark: `secret-mark-of-${at}-again`, filler: 'y'.repeat(200) })
  writeSync(1, `put ${at}\n`)
  await database.put('log:1', { value: at, filler: 'z'.repeat(200) })
  writeSync(1, `log ${at}\n`)
  if (at % 5 !== 4) continue
  await database.erase(`item:${at - 2}`)
  writeSync(1, `erased ${at - 2}\n`)
}

async function forgetInTurn(): Promise<never> {
  for (;;) {
    await database.forgetting.expire()
    await database.forgetting.compact()
    await database.forgetting.settle()
  }
}
