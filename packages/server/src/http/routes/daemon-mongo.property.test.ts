/** Filters and pipelines of the Mongo form against what they mean, said in a few lines of JavaScript. */

import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestServer, rootToken, type TestServer } from '../../testing/test-server.ts'

type Scalar = number | string | boolean | null
interface Document {
  readonly _id: string
  readonly a?: Scalar
  readonly b?: Scalar
  readonly o?: { readonly c?: Scalar }
}
type Filter = Readonly<Record<string, unknown>>

let server: TestServer
const scalar = fc.oneof(fc.integer({ min: 0, max: 4 }), fc.constantFrom('x', 'y', true, null))
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined })

const documents: readonly Document[] = fc
  .sample(
    fc.record({ a: optional(scalar), b: optional(scalar), o: optional(fc.record({ c: optional(scalar) })) }),
    { numRuns: 60, seed: 7 },
  )
  .map((fields, n) => JSON.parse(JSON.stringify({ _id: `d${String(n).padStart(2, '0')}`, ...fields })))

beforeAll(async () => {
  server = await openTestServer()
  const init = { indexes: [['doc', 'a', 'eq']], seed: { doc: documents } }
  const body = { name: 'shop', init }
  expect((await server.call('POST', '/v1/databases', { token: rootToken, body })).status).toBe(201)
})

afterAll(() => server.server.close())

async function ask(body: object): Promise<readonly Document[]> {
  const reply = await server.call('POST', '/v1/databases/shop/mongo', {
    token: rootToken,
    body: { collection: 'doc', ...body },
  })
  expect({ ...body, status: reply.status, error: reply.body.error }).toMatchObject({ status: 200 })
  return reply.body.rows
}

const path = fc.constantFrom('a', 'b', 'o.c')
const operators = fc.oneof(
  scalar,
  fc.record({ $ne: scalar }),
  fc.record({ $gt: scalar }),
  fc.record({ $lte: scalar }),
  fc.record({ $gte: scalar, $lt: scalar }),
  fc.record({ $in: fc.array(scalar, { maxLength: 3 }) }),
  fc.record({ $nin: fc.array(scalar, { maxLength: 3 }) }),
  fc.record({ $exists: fc.boolean() }),
  fc.record({ $not: fc.record({ $gt: scalar }) }),
)
const simple = fc.tuple(path, operators).map(([name, value]): Filter => ({ [name]: value }))
const filter: fc.Arbitrary<Filter> = fc.letrec<{ filter: Filter }>((tie) => ({
  filter: fc.oneof(
    { depthSize: 'small' },
    simple,
    fc.tuple(simple, simple).map(([one, other]) => ({ ...one, ...other })),
    fc.array(tie('filter'), { minLength: 1, maxLength: 3 }).map((each) => ({ $or: each })),
    fc.array(tie('filter'), { minLength: 1, maxLength: 3 }).map((each) => ({ $nor: each })),
  ),
})).filter

function valueAt(document: Document, name: string): unknown {
  return name === 'o.c' ? document.o?.c : document[name as 'a' | 'b']
}

function holds(document: Document, given: Filter): boolean {
  return Object.entries(given).every(([name, wanted]) => {
    if (name === '$or') return (wanted as Filter[]).some((each) => holds(document, each))
    if (name === '$nor') return !(wanted as Filter[]).some((each) => holds(document, each))
    return meets(valueAt(document, name), wanted)
  })
}

function meets(value: unknown, wanted: unknown): boolean {
  if (typeof wanted !== 'object' || wanted === null) return same(value, wanted)
  return Object.entries(wanted).every(([operator, operand]) => {
    if (operator === '$ne') return !same(value, operand)
    if (operator === '$in') return operand.some((each: unknown) => same(value, each))
    if (operator === '$nin') return !operand.some((each: unknown) => same(value, each))
    if (operator === '$exists') return (value !== undefined) === operand
    if (operator === '$not') return !meets(value, operand)
    if (typeof value !== typeof operand || value === null || operand === null) return false
    const [left, right] = [value as number, operand as number]
    if (operator === '$gt') return left > right
    if (operator === '$lt') return left < right
    return operator === '$gte' ? left >= right : left <= right
  })
}

function same(value: unknown, wanted: unknown): boolean {
  return (value ?? null) === wanted
}

test('a filter finds the documents for which it holds', async () => {
  await fc.assert(
    fc.asyncProperty(filter, async (given) => {
      const rows = await ask({ op: 'find', filter: given, sort: { _id: 1 } })
      expect(rows).toEqual(documents.filter((each) => holds(each, given)))
    }),
    { numRuns: 200 },
  )
})

test('stages come one after another', async () => {
  const stage = fc.oneof(
    filter.map((given) => ({ $match: given })),
    fc.constantFrom(1, -1).map((direction) => ({ $sort: { _id: direction } })),
    fc.nat(20).map((count) => ({ $skip: count })),
    fc.nat(40).map((count) => ({ $limit: count })),
  )
  const apply = (rows: readonly Document[], each: Readonly<Record<string, unknown>>): readonly Document[] => {
    const [[name, value] = ['', undefined]] = Object.entries(each)
    if (name === '$match') return rows.filter((row) => holds(row, value as Filter))
    if (name === '$skip') return rows.slice(value as number)
    if (name === '$limit') return rows.slice(0, value as number)
    const sorted = rows.toSorted((one, other) => (one._id < other._id ? -1 : 1))
    return (value as { _id: number })._id === 1 ? sorted : sorted.reverse()
  }
  await fc.assert(
    fc.asyncProperty(fc.array(stage, { maxLength: 6 }), async (stages) => {
      const pipeline = [{ $sort: { _id: 1 } }, ...stages]
      const expected = pipeline.reduce<readonly Document[]>(apply, documents)
      expect(await ask({ op: 'aggregate', pipeline })).toEqual(expected)
    }),
    { numRuns: 150 },
  )
})

test('groups count every document once', async () => {
  await fc.assert(
    fc.asyncProperty(filter, path, async (given, name) => {
      const pipeline = [
        { $match: given },
        { $group: { _id: `$${name}`, n: { $sum: 1 }, sum: { $sum: '$a' } } },
      ]
      const groups = new Map<unknown, { n: number; sum: number }>()
      for (const each of documents.filter((document) => holds(document, given))) {
        const key = valueAt(each, name) ?? null
        const { n, sum } = groups.get(key) ?? { n: 0, sum: 0 }
        groups.set(key, { n: n + 1, sum: sum + (typeof each.a === 'number' ? each.a : 0) })
      }
      const expected = [...groups].map(([_id, figures]) => ({ _id, ...figures }))
      const rows = await ask({ op: 'aggregate', pipeline })
      const inOrder = (one: object, other: object) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1)
      expect(rows.toSorted(inOrder)).toEqual(expected.toSorted(inOrder))
    }),
    { numRuns: 100 },
  )
})
