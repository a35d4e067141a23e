/**
 * Runs as a process of its own to be killed: commits numbered batches as fast as it can and writes each
 * number to standard output once it is acknowledged. Goes on behind what it finds.
 *
 *   node commit-child.ts <folder>
 */

import { writeFileSync } from 'node:fs'
import type { KvOperation } from '../../kv-store.ts'
import { openLevelStore } from '../level-store.ts'

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
export function batchOf(number: number): KvOperation[] {
  const text = Buffer.from(String(number))
  const put = (key: string) => ({ type: 'put' as const, key: Buffer.from(key), value: text })
  return [
    put(`a/${number % 50}`),
    { type: 'put', key: logKey(number), value: logValue(number) },
    { type: 'put', key: headKey, value: text },
    put(`z/${number % 50}`),
  ]
}

if (import.meta.main) {
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
}
