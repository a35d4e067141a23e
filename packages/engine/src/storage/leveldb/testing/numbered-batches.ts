/** What the children of the crash tests commit: batches with a number, of which none may be there in part. */

import type { KvOperation } from '../../kv-store.ts'

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
