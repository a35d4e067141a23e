/**
 * An index never changes an answer: every random query gives the same rows in the same order with the indexes
 * and WITH NOINDEX, on the naive host (with entries cut early, and with async reads) and on the engine.
 */

import { Decimal, float, formatValue, RecordId, type Value, ValueSet } from '@dendrodb/protocol'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openEngine } from '../open-engine.ts'
import { runQuery } from '../run-query.ts'
import type { QueryHost } from './host.ts'
import type { Session } from './session.ts'
import { MemoryHost } from './testing/memory-host.ts'

const root: Session = { database: 'main', isRoot: true, isSystem: false }

const indexes = [
  'DEFINE INDEX a ON t FIELDS a',
  'DEFINE INDEX ab ON t FIELDS a, b',
  'DEFINE INDEX b ON t FIELDS b',
  'DEFINE INDEX ba ON t FIELDS b, a',
  'DEFINE INDEX tags ON t FIELDS tags.*',
  'DEFINE INDEX ox ON t FIELDS o.x',
  'DEFINE INDEX items ON t FIELDS items.*.n',
  'DEFINE INDEX k ON t FIELDS k UNIQUE',
  'DEFINE INDEX bu ON t FIELDS b, u UNIQUE',
]

const scalar: fc.Arbitrary<Value> = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 4 }) },
  fc.constantFrom<Value>(
    undefined,
    null,
    true,
    float(1),
    2.5,
    Decimal.parse('2'),
    'x',
    'xy',
    'a long text that is cut',
    'a long text that is cut too',
    new RecordId('t', 1),
    new RecordId('t', 3),
  ),
)
const tags: fc.Arbitrary<Value> = fc.oneof(
  { weight: 4, arbitrary: fc.array(fc.constantFrom('x', 'y', 'z', 1), { maxLength: 3 }) },
  fc.constantFrom<Value>(undefined, ValueSet.from(['x', 'y'])),
)
const inner: fc.Arbitrary<Value> = fc.oneof(
  fc.record({ x: scalar }),
  fc.constantFrom<Value>(undefined, 5, new RecordId('t', 2), [{ x: 1 }, { x: 2 }]),
)
const items: fc.Arbitrary<Value> = fc.oneof(
  fc.array(fc.record({ n: scalar }), { maxLength: 3 }),
  fc.constantFrom<Value>(undefined, [new RecordId('t', 1)]),
)

const rows = fc.array(
  fc.record({
    a: scalar,
    b: fc.integer({ min: 0, max: 3 }),
    tags,
    o: inner,
    items,
    x: scalar,
    n: scalar,
    /** Unique where it is neither. */
    u: fc.constantFrom<Value>(undefined, null, 'own'),
  }),
  { minLength: 1, maxLength: 14 },
)

const literal = scalar.map(formatValue)
const list = fc.array(scalar, { maxLength: 3 }).map((values) => formatValue(values))
const field = fc.constantFrom('a', 'b', 'o.x', 'k', 'u')
const comparison = fc.constantFrom('=', '==', '<', '<=', '>', '>=', '!=')
const condition: fc.Arbitrary<string> = fc.oneof(
  fc.tuple(field, comparison, literal).map((parts) => parts.join(' ')),
  fc.tuple(literal, comparison, field).map((parts) => parts.join(' ')),
  fc.tuple(field, fc.constantFrom('IN', 'NOT IN'), list).map((parts) => parts.join(' ')),
  fc.tuple(field, literal, literal).map(([f, from, to]) => `${f} BETWEEN ${from} AND ${to}`),
  fc.tuple(field, fc.constantFrom('1..3', '1..=3', '1>..', '..2')).map(([f, range]) => `${f} IN ${range}`),
  fc.tuple(fc.constantFrom('tags', 'items.n'), literal).map(([f, v]) => `${f} CONTAINS ${v}`),
  fc.tuple(literal, fc.constantFrom('tags', 'items.n')).map(([v, f]) => `${v} IN ${f}`),
  fc
    .tuple(fc.constantFrom('CONTAINSANY', 'CONTAINSALL', 'CONTAINSNONE'), list)
    .map(([o, v]) => `tags ${o} ${v}`),
  literal.map((v) => `tags ?= ${v}`),
  fc.tuple(fc.constantFrom('a', 'b', 'u'), literal, literal).map(([f, v, w]) => `${f} = ${v} OR ${f} = ${w}`),
  fc.tuple(comparison, fc.integer({ min: 0, max: 9 })).map(([o, n]) => `id ${o} t:${n}`),
  fc
    .array(fc.integer({ min: 0, max: 9 }), { maxLength: 3 })
    .map((ns) => `id IN [${ns.map((n) => `t:${n}`)}]`),
)
const where = fc
  .array(condition, { maxLength: 3 })
  .chain((parts) =>
    fc.constantFrom(' AND ', ' AND ', ' OR ').map((join) => parts.map((p) => `(${p})`).join(join)),
  )
  .map((text) => (text === '' ? '' : ` WHERE ${text}`))
const orderKey = fc
  .tuple(fc.constantFrom('a', 'b', 'k', 'u', 'id', 'o.x'), fc.constantFrom('', ' DESC'))
  .map(([f, direction]) => f + direction)
const order = fc
  .array(orderKey, { maxLength: 2 })
  .map((keys) => (keys.length === 0 ? '' : ` ORDER BY ${keys.join(', ')}`))
const limit = fc.constantFrom('', '', ' LIMIT 3', ' LIMIT 1 START 1', ' START 2')
const query = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.tuple(where, order, limit).map(([w, o, l]) => ['SELECT * FROM t', `${w}${o}${l}`] as const),
  },
  where.map((w) => ['SELECT VALUE count() FROM t', `${w} GROUP ALL`] as const),
  where.map((w) => ['SELECT b, count() AS n, array::group(a) AS l FROM t', `${w} GROUP BY b`] as const),
)

const hosts: Readonly<Record<string, () => Promise<QueryHost & { close?(): Promise<void> }>>> = {
  'the naive host': async () => new MemoryHost(),
  'a host that cuts entries early': async () => new MemoryHost({ entryBytesMax: 14 }),
  'a host with async reads': async () => new MemoryHost({ reads: 'async' }),
  'the engine': () => openEngine(),
}

describe.each(Object.keys(hosts))('%s', (name) => {
  test('answers the same with and without indexes', { timeout: 60_000 }, async () => {
    const runs = name === 'the engine' ? 60 : 150
    await fc.assert(
      fc.asyncProperty(rows, fc.array(query, { minLength: 8, maxLength: 8 }), async (records, queries) => {
        const host = await (hosts[name] as () => Promise<QueryHost & { close?(): Promise<void> }>)()
        try {
          await fill(host, records)
          for (const [select, rest] of queries) {
            const indexed = await answer(host, `${select}${rest}`)
            const plain = await answer(host, `${select} WITH NOINDEX${rest}`)
            expect(indexed, `${select}${rest}`).toBe(plain)
          }
        } finally {
          await host.close?.()
        }
      }),
      { numRuns: runs },
    )
  })
})

async function fill(host: QueryHost, records: readonly { readonly u: Value }[]): Promise<void> {
  const content = records.map((record, i) => ({
    ...record,
    id: i,
    k: i * 2,
    u: record.u === 'own' ? i : record.u,
  }))
  for (const text of indexes) expect(await answer(host, text)).toBe('NONE')
  expect(await answer(host, 'INSERT INTO t $content RETURN NONE', { content })).toBe('[]')
}

async function answer(host: QueryHost, text: string, vars?: Record<string, Value>): Promise<string> {
  const { results } = await runQuery(host, root, text, vars)
  const [result] = results
  if (result?.status !== 'ok') return `error ${result?.error.code}`
  return formatValue(result.result)
}
