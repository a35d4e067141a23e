/**
 * Keys of no kind that there is: nobody wrote them, and nobody would ever remove them. Of the kinds that
 * follow from nothing else it is only seen that what is there can be read.
 */

import { formatKey, kindRange, manifestKey } from '../ledger/key-space.ts'
import type { KvReader } from '../ledger/overlay.ts'
import type { Findings } from './findings.ts'
import { KeyCursor } from './key-cursor.ts'

const checkedKinds = [
  'commit',
  'meta',
  'effect',
  'version',
  'forgotten',
  'merkle',
  'record',
  'history',
  'index',
  'pastIndex',
  'count',
] as const
const keptKinds = ['build', 'garbage', 'erasure', 'historyFloor', 'replay', 'replayLog', 'nonce'] as const

/** Each is a finding; gives the number of strays. */
export async function findStrays(reader: KvReader, findings: Findings): Promise<number> {
  await readKept(reader, findings)
  const behind = (key: Uint8Array) => Buffer.concat([key, Buffer.from([0])])
  const onlyKey = (key: Buffer) => ({ gte: key, lt: behind(key) })
  // Of these, none is its letter alone.
  const known = [...checkedKinds, ...keptKinds].map((kind) => {
    const { gte, lt } = kindRange(kind)
    return { gte: behind(gte), lt }
  })
  const ranges = [...known, onlyKey(formatKey), onlyKey(manifestKey)].sort((a, b) =>
    Buffer.compare(a.gte, b.gte),
  )
  const end = new Uint8Array([0xff])
  let gte: Uint8Array = new Uint8Array()
  let count = 0
  for (const range of [...ranges, { gte: end, lt: end }]) {
    const cursor = new KeyCursor(reader, { gte, lt: range.gte }, 'a stray key', findings)
    for (let entry = await cursor.peek(); entry !== undefined; entry = await cursor.peek()) {
      findings.add({ what: 'a stray key', key: entry.key, reason: 'keys of this kind are not known' })
      cursor.advance()
      count += 1
    }
    gte = range.lt
  }
  return count
}

async function readKept(reader: KvReader, findings: Findings): Promise<void> {
  for (const kind of keptKinds) {
    const cursor = new KeyCursor(reader, kindRange(kind), 'what is kept beside the log', findings)
    while ((await cursor.peek()) !== undefined) cursor.advance()
  }
}
