/** What the children of the crash tests commit: batches with a number, of which none may be there in part. */

import { writeFileSync } from 'node:fs'
import type { KvOperation, KvStore } from '../../kv-store.ts'

export const headKey = Buffer.from('head')

export function logKey(number: number): Buffer {
  return Buffer.from(`log/${String(number).padStart(9, '0')}`)
}

/** Of any size up to a few hundred kilobytes, so that records end anywhere in LevelDB's blocks. */
export function logValue(number: number): Buffer {
  const bytes = number % 97 === 0 ? 300_000 : (number * 7919) % 2_000
  return Buffer.alloc(bytes, `value of ${number};`)
}

/** The head, an entry of its own, and two entries far apart that must always agree. */
function batchOf(number: number): KvOperation[] {
  const text = Buffer.from(String(number))
  const put = (key: string) => ({ type: 'put' as const, key: Buffer.from(key), value: text })
  return [
    put(`a/${number % 50}`),
    { type: 'put', key: logKey(number), value: logValue(number) },
    { type: 'put', key: headKey, value: text },
    put(`z/${number % 50}`),
  ]
}

/**
 * Commits batch after batch, three at a time, and writes each number to standard output once it is
 * acknowledged. Goes on behind what it finds, until it is killed.
 */
export async function commitBatches(store: KvStore): Promise<never> {
  const snapshot = store.snapshot()
  let number = Number((await snapshot.get(headKey)) ?? 0)
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
}
