/**
 * Throughput of the codecs on records of six fields and about 160 bytes, the ones of the figures in
 * docs/architecture.md.
 *
 *   npx node packages/protocol/src/values.bench.ts
 */

import { decodeCanonical, encodeCanonical } from './cbor.ts'
import { Datetime } from './datetime.ts'
import { fromUntrusted } from './from-untrusted.ts'
import { decodeExact, encodeCollation, encodeExact } from './key-codec.ts'
import { parseJson } from './parse-json.ts'
import { RecordId } from './record-id.ts'
import { stringifyJson } from './to-json.ts'
import { ulid } from './ulid.ts'
import type { Value } from './values.ts'

const recordCount = 1000
const roundMillis = 400

/** Fields in the order in which a user would write them, not in the canonical one. */
const records = Array.from({ length: recordCount }, (_, i) => ({
  name: `Person number ${i}`,
  email: `person.${i}@example.com`,
  age: i % 90,
  score: i * 1.37,
  created: new Datetime(1_700_000_000 + i, 123_456_789),
  bio: 'collects rings of old trees and reads them like books, slowly',
}))
const plain = records.map(({ created, ...others }) => ({ ...others, created: String(created) }))
const encoded = records.map(encodeCanonical)
const texts = plain.map((record) => JSON.stringify(record))
const keys = records.map(() => ulid())
const exactKeys = keys.map(encodeExact)
const ids = keys.map((key) => new RecordId('person', key))

function measure<T>(name: string, items: readonly T[], work: (item: T) => unknown): void {
  const warmUntil = performance.now() + roundMillis
  while (performance.now() < warmUntil) for (const item of items) work(item)
  let done = 0
  const start = performance.now()
  while (performance.now() < start + roundMillis) {
    for (const item of items) work(item)
    done += items.length
  }
  const perSecond = done / ((performance.now() - start) / 1000)
  console.log(`${name.padEnd(34)} ${Math.round(perSecond).toLocaleString('en').padStart(12)}/s`)
}

console.log(`record: ${encoded[0]?.length} bytes of CBOR, ${texts[0]?.length} of JSON`)
measure<Value>('encodeCanonical', records, encodeCanonical)
measure('decodeCanonical', encoded, decodeCanonical)
measure<Value>('stringifyJson', records, stringifyJson)
measure('JSON.stringify (for comparison)', plain, JSON.stringify)
measure('parseJson', texts, parseJson)
measure('JSON.parse (for comparison)', texts, (text) => JSON.parse(text))
measure('fromUntrusted', plain, fromUntrusted)
measure('encodeExact, ULID', keys, encodeExact)
measure('decodeExact, ULID', exactKeys, (key) => decodeExact(key))
measure('encodeCollation, float', records, (record) => encodeCollation(record.score))
measure('RecordId.toString', ids, String)
measure('ulid', keys, ulid)
