import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testScenarios } from '../../testing/api-scenario.ts'
import { openTestServer, rootToken, type TestServer } from '../../testing/test-server.ts'
import { mongoStagesMax } from '../limits.ts'

let server: TestServer
const path = '/v1/databases/shop/mongo'

beforeAll(async () => {
  server = await openTestServer()
  const product = [
    { _id: 'lamp', price: 20, tags: ['light', 'home'], maker: { name: 'Lux' } },
    { _id: 'bulb', price: 3, tags: ['light'] },
    { _id: 'desk', price: 180, maker: { name: 'Oak' } },
    { _id: 4, price: 'on request', tags: [] },
  ]
  const body = { name: 'shop', init: { indexes: [['product', 'price', 'ordered']], seed: { product } } }
  await server.call('POST', '/v1/databases', { token: rootToken, body })
})

afterAll(() => server.server.close())

const ask = (op: string, rest: object = {}) => ({
  token: rootToken,
  body: { collection: 'product', op, ...rest },
})

async function run(op: string, rest: object = {}) {
  const { status, body } = await server.call('POST', path, ask(op, rest))
  expect({ status, body }).toMatchObject({
    status: 200,
    body: { ok: true, head: expect.stringMatching(/^b2:/) },
  })
  return body
}

const idsOf = async (filter: object) => {
  const { rows } = await run('find', { filter, sort: { _id: 1 } })
  return rows.map((row: { _id: unknown }) => row._id)
}

describe('find', () => {
  test('documents have their own fields and _id', async () => {
    const { rows, count, seq } = await run('find', { filter: { price: 3 } })
    expect(rows).toEqual([{ _id: 'bulb', price: 3, tags: ['light'] }])
    expect({ count, seq }).toEqual({ count: 1, seq: expect.any(Number) })
  })

  test.each([
    [{}, [4, 'bulb', 'desk', 'lamp']],
    [{ price: { $gt: 3, $lte: 180 } }, ['desk', 'lamp']],
    [{ price: { $ne: 3 } }, [4, 'desk', 'lamp']],
    [{ price: { $in: [3, 20] } }, ['bulb', 'lamp']],
    [{ price: { $nin: [3, 20] } }, [4, 'desk']],
    [{ price: { $not: { $gt: 3 } } }, [4, 'bulb']],
    [{ price: { $gte: 'a' } }, [4]],
    [{ maker: null }, [4, 'bulb']],
    [{ 'maker.name': 'Oak' }, ['desk']],
    [{ maker: { name: 'Oak' } }, ['desk']],
    [{ maker: { $exists: true } }, ['desk', 'lamp']],
    [{ tags: { $exists: false } }, ['desk']],
    [{ tags: { $all: ['light'] } }, ['bulb', 'lamp']],
    [{ tags: { $size: 0 } }, [4]],
    [{ $or: [{ price: 3 }, { 'maker.name': 'Oak' }] }, ['bulb', 'desk']],
    [{ $nor: [{ price: 3 }, { 'maker.name': 'Oak' }] }, [4, 'lamp']],
    [{ $and: [{ price: { $gt: 1 } }, { price: { $lt: 30 } }], tags: { $all: ['home'] } }, ['lamp']],
    [{ _id: 'lamp' }, ['lamp']],
    [{ _id: '4' }, [4]],
    [{ _id: { $in: ['lamp', 4, 'none'] } }, [4, 'lamp']],
    [{ _id: { $gt: 'c' } }, ['desk', 'lamp']],
  ])('%j', async (filter, ids) => {
    expect(await idsOf(filter)).toEqual(ids)
  })

  test('in an order, a part of them, with some fields', async () => {
    const { rows } = await run('find', {
      filter: { price: { $gt: 0 } },
      sort: { price: -1 },
      skip: 1,
      limit: 1,
      projection: { price: 1, _id: 0 },
    })
    expect(rows).toEqual([{ price: 20 }])
    const { rows: rest } = await run('find', { filter: { _id: 'desk' }, projection: { price: 0 } })
    expect(rest).toEqual([{ _id: 'desk', maker: { name: 'Oak' } }])
  })

  test('findOne gives one, or nothing', async () => {
    expect(await run('findOne', { filter: { _id: 'desk' } })).toMatchObject({ result: { price: 180 } })
    expect(await run('findOne', { filter: { _id: 'none' } })).toMatchObject({ result: null })
  })

  test('an index serves it', async () => {
    const database = await server.server.engine.database('shop')
    const [plan] = await database.query(
      'EXPLAIN SELECT *, record::id(id) AS _id FROM product WHERE (price = 3)',
    )
    expect(JSON.stringify(plan)).toContain('scan_index')
  })

  test('how many, and which values', async () => {
    expect(await run('count', { filter: { price: { $gt: 3 } } })).toMatchObject({ count: 2 })
    expect(await run('count', { filter: { price: -1 } })).toMatchObject({ count: 0 })
    const { values } = await run('distinct', { key: 'tags' })
    expect(values.sort()).toEqual(['home', 'light'])
  })
})

describe('aggregate', () => {
  test.each([
    [
      [{ $match: { price: { $gt: 0 } } }, { $group: { _id: null, n: { $sum: 1 }, sum: { $sum: '$price' } } }],
      [{ _id: null, n: 3, sum: 203 }],
    ],
    [
      [
        { $unwind: '$tags' },
        { $group: { _id: '$tags', n: { $sum: 1 }, top: { $max: '$price' } } },
        { $sort: { _id: 1 } },
      ],
      [
        { _id: 'home', n: 1, top: 20 },
        { _id: 'light', n: 2, top: 20 },
      ],
    ],
    [
      [
        { $group: { _id: { by: '$maker.name' }, avg: { $avg: '$price' } } },
        { $sort: { avg: -1 } },
        { $limit: 1 },
      ],
      [{ _id: { by: 'Oak' }, avg: 180 }],
    ],
    [[{ $match: { price: 'none' } }, { $group: { _id: null, n: { $count: {} } } }], []],
    [[{ $match: { price: { $lt: 30 } } }, { $count: 'cheap' }], [{ cheap: 2 }]],
    [
      [
        { $sort: { price: 1 } },
        { $limit: 2 },
        { $match: { price: { $gt: 3 } } },
        { $project: { cost: '$price' } },
      ],
      [{ _id: 'lamp', cost: 20 }],
    ],
    [[{ $sort: { _id: 1 } }, { $skip: 1 }, { $limit: 1 }, { $project: { _id: 1 } }], [{ _id: 'bulb' }]],
  ])('%j', async (pipeline, rows) => {
    expect((await run('aggregate', { pipeline })).rows).toEqual(rows)
  })
})

test('as many stages as there may be, and one more', async () => {
  const unwind = { $unwind: '$tags' }
  const group = { $group: { _id: '$_id', tags: { $first: '$tags' } } }
  for (const stage of [unwind, group]) {
    const pipeline = Array.from({ length: mongoStagesMax }, () => stage)
    expect((await run('aggregate', { pipeline })).count).toBeGreaterThan(0)
    const { status } = await server.call('POST', path, ask('aggregate', { pipeline: [...pipeline, stage] }))
    expect(status).toBe(400)
  }
})

describe('changes', () => {
  test('a document comes, is changed, replaced, and goes', async () => {
    const { inserted_id: id } = await run('insertOne', { document: { price: 1, n: 1 } })
    expect(id).toMatch(/^[0-9A-Z]{26}$/)
    const update = { $set: { 'a.b': 2 }, $inc: { n: 4 }, $unset: { price: '' }, $push: { list: 'x' } }
    expect(await run('updateOne', { filter: { _id: id }, update })).toMatchObject({ matched_count: 1 })
    const { result } = await run('findOne', { filter: { _id: id } })
    expect(result).toEqual({ _id: id, a: { b: 2 }, n: 5, list: ['x'] })
    await run('replaceOne', { filter: { n: 5 }, replacement: { _id: id, m: 1 } })
    expect((await run('findOne', { filter: { _id: id } })).result).toEqual({ _id: id, m: 1 })
    expect(await run('deleteOne', { filter: { _id: id } })).toMatchObject({ deleted_count: 1 })
    expect(await run('deleteOne', { filter: { _id: id } })).toMatchObject({ deleted_count: 0 })
  })

  test('of several, one or all', async () => {
    for (const _id of ['x1', 'x2', 'x3']) await run('insertOne', { document: { _id, kind: 'x' } })
    const update = { $set: { done: true } }
    expect(await run('updateOne', { filter: { kind: 'x' }, update })).toMatchObject({ modified_count: 1 })
    expect(await run('updateMany', { filter: { kind: 'x' }, update })).toMatchObject({ modified_count: 3 })
    expect(await run('deleteOne', { filter: { kind: 'x' } })).toMatchObject({ deleted_count: 1 })
    expect(await run('deleteMany', { filter: { kind: 'x' } })).toMatchObject({ deleted_count: 2 })
    expect(await idsOf({})).toEqual([4, 'bulb', 'desk', 'lamp'])
  })

  test('a write says why, like any other', async () => {
    const { seq } = await run('insertOne', { document: { _id: 'why' }, evidence: 'a note', caused_by: [1] })
    const { body } = await server.call('GET', '/v1/databases/shop/log?limit=1', { token: rootToken })
    expect(body.entries[0]).toMatchObject({ seq, evidence: 'a note', caused_by: [1] })
    await run('deleteOne', { filter: { _id: 'why' } })
  })

  testScenarios(
    () => server,
    [
      {
        name: 'a document that is there is a conflict',
        request: `POST ${path}`,
        call: ask('insertOne', { document: { _id: 'lamp' } }),
        status: 409,
        body: { code: 'QUERY_RECORD_EXISTS' },
      },
      {
        name: 'what is not of the form is named',
        request: `POST ${path}`,
        call: ask('find', { filter: { price: { $near: 3 } } }),
        status: 400,
        body: { code: 'HTTP_NOT_SUPPORTED', error: expect.stringContaining('$near') },
      },
      {
        name: 'nobody reads the system',
        request: `POST ${path}`,
        call: { token: rootToken, body: { collection: '$user', op: 'find' } },
        status: 400,
        body: { code: 'HTTP_TABLE_NAME' },
      },
      {
        name: 'a path is no query',
        request: `POST ${path}`,
        call: ask('find', { filter: { 'price` = 1 OR `a': 1 } }),
        status: 200,
        body: { rows: [] },
      },
      {
        name: 'the id does not change',
        request: `POST ${path}`,
        call: ask('updateMany', { update: { $set: { _id: 1 } } }),
        status: 400,
      },
      {
        name: 'upsert is not there',
        request: `POST ${path}`,
        call: ask('updateOne', { filter: {}, update: { $set: { a: 1 } }, upsert: true }),
        status: 400,
        body: { code: 'HTTP_NOT_SUPPORTED' },
      },
      {
        name: 'a stage that is none',
        request: `POST ${path}`,
        call: ask('aggregate', { pipeline: [{ $out: 'x' }] }),
        status: 400,
        body: { code: 'HTTP_NOT_SUPPORTED' },
      },
    ],
  )
})
