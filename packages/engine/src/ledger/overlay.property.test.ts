import fc from 'fast-check'
import { expect, test } from 'vitest'
import { keyText } from '../storage/key-text.ts'
import type { KvEntry } from '../storage/kv-store.ts'
import { type KvReader, Overlay, OverlayReader } from './overlay.ts'

const key = fc.uint8Array({ minLength: 1, maxLength: 2, max: 3 }).map((bytes) => keyText(bytes))
const entries = fc.dictionary(key, fc.nat(255))
const changes = fc.array(fc.tuple(key, fc.option(fc.nat(255))))

function naiveReader(stored: Readonly<Record<string, number>>): KvReader {
  const all: KvEntry[] = Object.keys(stored)
    .sort()
    .map((text) => ({ key: Buffer.from(text, 'latin1'), value: Buffer.from([stored[text] as number]) }))
  const get = (wanted: Uint8Array) => all.find((entry) => entry.key.equals(wanted))?.value
  return {
    get,
    getMany: (keys) => keys.map(get),
    async *scan({ gte, lt }, { reverse = false, limit = Number.POSITIVE_INFINITY } = {}) {
      const found = all.filter(
        (entry) => Buffer.compare(entry.key, gte) >= 0 && Buffer.compare(entry.key, lt) < 0,
      )
      if (reverse) found.reverse()
      for (const entry of found.slice(0, limit)) yield [entry]
    },
  }
}

test('reads through an overlay equal reads of the changed data', async () => {
  const options = fc.record({ reverse: fc.boolean(), limit: fc.option(fc.nat(6), { nil: undefined }) })
  await fc.assert(
    fc.asyncProperty(
      entries,
      changes,
      changes,
      key,
      key,
      options,
      async (stored, older, newer, a, b, wanted) => {
        const layers = [newer, older].map((list) => {
          const overlay = new Overlay()
          for (const [text, value] of list) overlay.set(text, value === null ? null : Buffer.from([value]))
          return overlay
        })
        const changed = { ...stored }
        for (const [text, value] of [...older, ...newer]) {
          if (value === null) delete changed[text]
          else changed[text] = value
        }
        const [gte, lt] = [a, b].sort().map((text) => Buffer.from(text, 'latin1')) as [Buffer, Buffer]
        const range = { gte, lt }
        const scan = {
          reverse: wanted.reverse,
          ...(wanted.limit === undefined ? {} : { limit: wanted.limit }),
        }
        const reader = new OverlayReader(naiveReader(stored), layers)
        const expected = naiveReader(changed)
        expect(await all(reader, range, scan)).toEqual(await all(expected, range, scan))
        expect(await reader.getMany([range.gte, range.lt])).toEqual(
          await expected.getMany([range.gte, range.lt]),
        )
      },
    ),
    { numRuns: 300 },
  )
})

async function all(
  reader: KvReader,
  range: Parameters<KvReader['scan']>[0],
  options: object,
): Promise<KvEntry[]> {
  const found: KvEntry[] = []
  for await (const chunk of reader.scan(range, options)) found.push(...chunk)
  return found
}

test('keys of any length, in buffers and in plain arrays, become the text of their bytes', () => {
  for (const length of [0, 1, 63, 64, 65, 300_000]) {
    const bytes = Uint8Array.from({ length }, (_, at) => at % 256)
    const text = Buffer.from(bytes).toString('latin1')
    expect(keyText(bytes)).toBe(text)
    expect(keyText(Buffer.from(bytes))).toBe(text)
    expect(keyText(new Uint8Array([7, ...bytes, 9]).subarray(1, length + 1))).toBe(text)
  }
})
