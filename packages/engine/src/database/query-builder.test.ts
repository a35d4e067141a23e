import { Datetime, RecordId } from '@dendrodb/protocol'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Engine, openEngine } from '../open-engine.ts'
import type { Database } from './database.ts'
import type { QueryBuilder } from './query-builder.ts'

let engine: Engine
let shop: Database

beforeAll(async () => {
  engine = await openEngine()
  shop = await engine.database('shop')
  await shop.query(`
    CREATE item:1 SET name = 'pen', price = 2.5, maker = { country: 'DE' }, added = d'2026-01-01T00:00:00Z';
    CREATE item:2 SET name = 'ink', price = 7, maker = { country: 'DE' } CAUSED BY 1 VALID FROM '2026-01-01';
    CREATE item:3 SET name = 'desk', price = 190, near = item:1, \`a.b\` = 1;
    RELATE item:1->with->item:2;
    DEFINE INDEX price ON item FIELDS price;
  `)
})

afterAll(() => engine.close())

describe('a builder gives what the text gives', () => {
  test.each<[string, (from: QueryBuilder) => QueryBuilder]>([
    ['', (from) => from],
    ['WHERE price > 3 ORDER BY name LIMIT 1', (from) => from.where('price', '>', 3).orderBy('name').limit(1)],
    [
      'WHERE maker.country = DE AND price < 5',
      (from) => from.where('maker.country', '=', 'DE').where('price', '<', 5),
    ],
    ['WHERE `a.b` = 1', (from) => from.where(['a.b'], '=', 1)],
    ['WHERE maker = null', (from) => from.where('maker', '=', null)],
    ['SEARCH "ink"', (from) => from.search('ink')],
    ['ORDER BY price DESC', (from) => from.orderBy('price', 'desc')],
    ['TRAVERSE with', (from) => from.traverse('with')],
    ['WHERE id = 2 TRACE caused_by', (from) => from.where('id', '=', 2).trace('causes')],
    ['TRACE caused_by REVERSE DEPTH 1', (from) => from.trace('effects', { depth: 1 })],
    ['GROUP BY maker.country', (from) => from.groupBy('maker.country')],
    ['GROUP BY maker.country MAX price', (from) => from.groupBy('maker.country', 'max', 'price')],
    ['AS OF 1', (from) => from.asOf(1)],
    ['AS OF "2001-01-01"', (from) => from.asOf(new Date(0))],
    ['VALID AS OF "2025-06-01"', (from) => from.validAsOf('2025-06-01')],
  ])('%s', async (clauses, build) => {
    const { rows, count, seq, head } = await shop.nql(`FROM item ${clauses}`)
    const answer = await build(shop.from('item')).answer()
    expect(answer).toEqual({ rows, count, seq, head })
    expect({ seq, head }).toEqual(shop.head())
  })
})

test('values may be what no text can say', async () => {
  const names = async (builder: QueryBuilder) => (await builder.rows()).map(({ name }) => name)
  const from = shop.from('item')
  expect(await names(from.where('added', '=', Datetime.parse('2026-01-01T00:00:00Z')))).toEqual(['pen'])
  expect(await names(from.where('added', '<', new Date(Date.UTC(2027, 0))))).toEqual(['pen'])
  expect(await names(from.where('near', '=', new RecordId('item', 1)))).toEqual(['desk'])
  expect(await names(from.where('id', '=', new RecordId('item', 1)))).toEqual(['pen'])
  expect(await names(from.where('id', '=', new RecordId('other', 1)))).toEqual([])
})

test('a builder is the beginning of several queries', async () => {
  const cheap = shop.from('item').where('price', '<', 10)
  const one = cheap.limit(1)
  expect(await cheap.rows()).toHaveLength(2)
  expect(await one.rows()).toHaveLength(1)
})

test('rows are copies', async () => {
  const read = async () =>
    (await shop.from('item').where('id', '=', 1).rows())[0] as { maker: { country: string } }
  const row = await read()
  row.maker.country = 'FR'
  expect((await read()).maker.country).toBe('DE')
})

test('EXPLAIN shows the plan of DQL', async () => {
  const plan = await shop.from('item').where('price', '=', 7).explain()
  expect(JSON.stringify(plan)).toContain('"operator":"scan_index"')
  const [dql] = (await shop.query('EXPLAIN SELECT * FROM item WHERE price = 7')) as { operator: string }[]
  expect(plan).toMatchObject({ operator: 'metadata', inputs: [dql] })
  const analyzed = await shop.from('item').where('price', '=', 7).explain({ analyze: true })
  expect(analyzed).toMatchObject({ operator: 'metadata', rows: 1 })
})

test('the session and its rules', async () => {
  const session = { isRoot: false, auth: { id: new RecordId('user', 'ann'), roles: [] } }
  expect(await shop.from('item', { session }).rows()).toEqual([])
  await expect(shop.nql('FROM item', { session: { isRoot: false } })).rejects.toMatchObject({
    code: 'ACCESS_SIGN_IN_REQUIRED',
  })
})

test('whoever acts for somebody has not the rights of the owner, though nothing is said of root', async () => {
  const auth = { id: new RecordId('user', 'ann'), roles: [] }
  expect(await shop.nql('FROM item', { session: { auth } })).toMatchObject({ rows: [] })
  const nobody = { auth: undefined } as unknown as { auth: typeof auth }
  await expect(shop.query('SELECT * FROM item', {}, { session: nobody })).rejects.toMatchObject({
    code: 'ACCESS_SIGN_IN_REQUIRED',
  })
  const timed = { limits: { timeoutMs: 1_000 } }
  expect((await shop.nql('FROM item', { session: timed })).rows.length).toBeGreaterThan(0)
})

describe('what no query can say is refused', () => {
  test.each<[string, (from: QueryBuilder) => unknown]>([
    ['an operator', (from) => from.where('a', '~' as '=', 1)],
    ['a list', (from) => from.where('a', '=', [1])],
    ['a compound key', (from) => from.where('a', '=', new RecordId('t', [1]))],
    ['no field', (from) => from.orderBy('')],
    ['an empty name', (from) => from.orderBy('a..b')],
    ['a limit', (from) => from.limit(-1)],
    ['a fraction', (from) => from.limit(1.5)],
    ['a commit', (from) => from.asOf(-1)],
    ['a depth', (from) => from.trace('causes', { depth: Number.NaN })],
    ['a sum of nothing', (from) => from.groupBy('a', 'sum')],
  ])('%s', (_, build) => {
    expect(() => build(shop.from('item'))).toThrow(expect.objectContaining({ code: 'NQL_QUERY_INVALID' }))
  })

  test('an order of groups by what they do not have', async () => {
    const groups = shop.from('item').groupBy('name', 'max', 'price')
    await expect(groups.orderBy('price').rows()).rejects.toThrow('their columns are name, count, max_price')
    expect(await groups.orderBy('max_price', 'desc').limit(1).rows()).toHaveLength(1)
  })

  test('a time', () => {
    expect(() => shop.from('item').validAsOf('soon')).toThrow('validAsOf takes a date')
  })
})
