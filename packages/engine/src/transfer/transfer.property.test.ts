/** Whatever a database holds comes back from its exports, to the byte. */

import {
  encodeCanonical,
  Geometry,
  parseLiteral,
  type RecordKey,
  type Value,
  ValueSet,
} from '@dendrodb/protocol'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openExportStream } from '../database/export-database.ts'
import { openEngine } from '../open-engine.ts'
import { replayLog } from '../replay/replay-log.ts'
import { histories, runHistory } from '../replay/testing/history-arbitrary.ts'
import { openMemoryStore } from '../storage/memory/memory-store.ts'
import { openTestCore, recordOf } from '../testing/open-core.ts'
import { verifyStore } from '../verify/verify-store.ts'
import { openExportFile } from './read-export.ts'

async function textOf(chunks: AsyncIterable<Buffer>): Promise<string> {
  const all: Buffer[] = []
  for await (const chunk of chunks) all.push(chunk)
  return Buffer.concat(all).toString()
}

async function* inPieces(text: string, size: number): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

function fileOf(text: string, size = 4096) {
  return { name: 'the export', stream: inPieces(text, size) }
}

const numbers = 'null true 0 -0f 1f 1.5 1e300 9007199254740993 -170141183460469231731687303715884105729'
const words = "0.10dec 1dec '\\n\\u0000\\u2028' '$int' d'2026-01-31T09:30:00.000000001Z' 90m 1ns"
const others =
  "u'0190163d-8694-739b-aea5-966c26f8ad91' user:alice user:1 user:[1,{a:2}] 1..5 'a'..='b' {1,2,} [] {}"
const literals = [numbers, words, others].flatMap((text) => text.split(' '))

/** Values that JSON has no word for, or that another one looks like. */
const scalar = fc.oneof(
  fc.constantFrom(...literals).map(parseLiteral),
  fc.constantFrom<Value>(
    Geometry.fromGeoJson({ type: 'Point', coordinates: [1.5, -0] }),
    Number.NaN,
    Number.POSITIVE_INFINITY,
    new Uint8Array([0, 255]),
    new Float32Array([0.5, -0]),
  ),
  fc.string({ unit: 'binary' }).filter((text) => text.isWellFormed()),
  fc.double({ noNaN: true, noDefaultInfinity: true }).filter((n) => !Number.isInteger(n)),
)
const field = fc.oneof(fc.constantFrom('a', '$int', '$object', '__proto__', ''), fc.string())
const { value } = fc.letrec<{ readonly value: Value }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.array(tie('value'), { maxLength: 3 }).map((values) => ValueSet.from(values)),
    fc.dictionary(field, tie('value'), { maxKeys: 3 }),
  ),
}))
const key = fc.constantFrom(
  "'a'",
  '1',
  "''",
  '-5',
  "u'0190163d-8694-739b-aea5-966c26f8ad91'",
  "[1,'a',{b:2}]",
  '{a:1}',
)
const fields = fc.dictionary(field, value, { maxKeys: 4 })
const records = fc.uniqueArray(
  fc.tuple(
    key.map((text) => parseLiteral(text) as RecordKey),
    fields,
  ),
  {
    maxLength: 8,
    selector: ([each]) => Buffer.from(encodeCanonical(each)).toString('hex'),
  },
)

test('records of any values come back, and importing them again changes nothing', async () => {
  await fc.assert(
    fc.asyncProperty(records, fc.integer({ min: 1, max: 500 }), async (rows, size) => {
      const engine = await openEngine()
      const source = await engine.database('source')
      await source.transaction(async (tx) => {
        await tx.ensureTable('thing')
        for (const [each, value] of rows) await tx.put(recordOf('thing')(each), value)
      })
      const text = await textOf((await source.openExport()).chunks)
      const target = await engine.database('target')
      expect(await target.import({ file: fileOf(text, size) })).toEqual({
        written: rows.length,
        unchanged: 0,
      })
      const again = await textOf((await target.openExport()).chunks)
      expect(again.split('\n').slice(1)).toEqual(text.split('\n').slice(1))
      const { seq } = target.head()
      expect(await target.import({ file: fileOf(text) })).toEqual({ written: 0, unchanged: rows.length })
      expect(target.head().seq).toBe(seq)
      await engine.close()
    }),
    { numRuns: 150 },
  )
})

test('a history comes back with the same keys and values, and so the same head', async () => {
  await fc.assert(
    fc.asyncProperty(histories, records, fc.integer({ min: 1, max: 5_000 }), async (history, rows, size) => {
      const core = await openTestCore()
      await runHistory(core, history.slice(0, 10))
      await core.write(async (tx) => {
        for (const [each, value] of rows) await tx.put(recordOf('any')(each), value)
      })
      const stream = await openExportStream(core, { history: true })
      const text = await textOf(stream.chunks)
      const opened = await openExportFile(fileOf(text, size))
      expect(opened.header).toMatchObject({ kind: 'history', head: core.head().head, seq: core.head().seq })
      const target = openMemoryStore()
      const format = Buffer.from(opened.header.store ?? '', 'base64')
      await replayLog(target, { format, log: opened.log() })
      const copy = await openTestCore(target)
      expect(copy.head()).toEqual(core.head())
      expect((await verifyStore(target)).findings).toEqual([])
      const again = await openExportStream(copy, { history: true })
      expect(await textOf(again.chunks)).toBe(text)
      await core.close()
    }),
    { numRuns: 60 },
  )
})
