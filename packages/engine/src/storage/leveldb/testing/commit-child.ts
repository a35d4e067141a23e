/**
 * Runs as a process of its own to be killed: commits numbered batches as fast as it can and writes each
 * number to standard output once it is acknowledged. Goes on behind what it finds.
 *
 *   node commit-child.ts <folder>
 */

import { writeFileSync } from 'node:fs'
import { openLevelStore } from '../level-store.ts'
import { batchOf, headKey } from './numbered-batches.ts'

const store = await openLevelStore({ path: process.argv[2] ?? '', writeBufferBytes: 256 * 1024 })
const snapshot = store.snapshot()
let number = Number(snapshot.get(headKey) ?? 0)
snapshot.close()
for (;;) {
  const numbers = [number + 1, number + 2, number + 3]
  await Promise.all(
    numbers.map(async (each) => {
      await store.commit(batchOf(each), { durable: each % 3 === 0 })
      writeFileSync(1, `${each}\n`)
    }),
  )
  number += 3
}
