import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testScenarios } from '../../testing/api-scenario.ts'
import { asRoot, head, shopInit } from '../../testing/daemon-shop.ts'
import { openTestServer, type TestServer, useTestServer } from '../../testing/test-server.ts'

let server: TestServer

beforeAll(async () => {
  server = await openTestServer()
  await server.call('POST', '/v1/databases', asRoot(shopInit))
  for (const id of ['a', 'b']) {
    await server.call('POST', '/v1/databases/shop/put', asRoot({ coll: 'box', id, doc: {} }))
  }
})

afterAll(() => server.server.close())

describe('the log', () => {
  testScenarios(
    () => server,
    [
      {
        name: 'everything since the beginning, in order',
        request: 'GET /v1/databases/shop/since?after_seq=0&limit=2',
        call: asRoot(),
        status: 200,
        body: {
          entries: [
            { seq: 1, head, ops: expect.any(Array) },
            { seq: 2, head, ops: expect.any(Array) },
          ],
          count: 2,
          next_seq: 2,
          more: true,
        },
      },
      {
        name: 'nothing since the newest',
        request: 'GET /v1/databases/shop/since?after_seq=1000000',
        call: asRoot(),
        status: 200,
        body: { entries: [], count: 0, more: false },
      },
      {
        name: 'no more than it gives at a time',
        request: 'GET /v1/databases/shop/since?limit=10001',
        call: asRoot(),
        status: 400,
        body: { field: 'limit' },
      },
      {
        name: 'the newest first',
        request: 'GET /v1/databases/shop/log?limit=3',
        call: asRoot(),
        status: 200,
        after(_, { body }) {
          const seqs = body.entries.map((each: { seq: number }) => each.seq)
          expect(seqs).toEqual([body.seq, body.seq - 1, body.seq - 2])
          expect(body.entries[0].head).toBe(body.head)
        },
      },
      {
        name: 'the tip',
        request: 'GET /v1/databases/shop/tip',
        call: asRoot(),
        status: 200,
        body: { seq: expect.any(Number), head, time: expect.any(String) },
      },
      {
        name: 'the tip of a collection',
        request: 'GET /v1/databases/shop/collections/product/tip',
        call: asRoot(),
        status: 200,
        body: { coll: 'product', seq: expect.any(Number), head },
        async after(at, { body }) {
          const nql = 'FROM product ORDER BY _seq DESC LIMIT 1'
          const { body: found } = await at.call('POST', '/v1/databases/shop/query', asRoot({ nql }))
          expect(body.seq).toBe(found.rows[0]._seq)
        },
      },
      {
        name: 'the tip of a collection that nobody has written to',
        request: 'GET /v1/databases/shop/collections/none/tip',
        call: asRoot(),
        status: 200,
        body: { coll: 'none', seq: 0, head: null },
      },
      {
        name: 'everything verifies',
        request: 'GET /v1/databases/shop/verify',
        call: asRoot(),
        status: 200,
        body: { ok: true, tamper_evident: true, tampered: [], objects_checked: expect.any(Number), head },
      },
      {
        name: 'a signed checkpoint',
        request: 'POST /v1/databases/shop/checkpoint',
        call: asRoot({}),
        status: 200,
        body: { ok: true, seq: expect.any(Number), head, checkpoint: expect.stringContaining('dendrodb/') },
      },
      {
        name: 'the proof of a row, by its hash',
        request: 'POST /v1/databases/shop/proof',
        call: async (at) => {
          const { body } = await at.call('GET', '/v1/databases/shop/rows/product/lamp', asRoot())
          return asRoot({ hash: body.doc._hash })
        },
        status: 200,
        body: { ok: true, proof: { format: 'dendrodb-proof', type: 'record' } },
      },
      {
        name: 'the proof of a commit, by its head',
        request: 'POST /v1/databases/shop/proof',
        call: async (at) => {
          const { body } = await at.call('GET', '/v1/databases/shop/tip', asRoot())
          return asRoot({ hash: body.head })
        },
        status: 200,
        body: { proof: { type: 'commit' } },
      },
      {
        name: 'a hash of nothing',
        request: 'POST /v1/databases/shop/proof',
        call: asRoot({ hash: '00'.repeat(32) }),
        status: 404,
        body: { code: 'HTTP_HASH_UNKNOWN' },
      },
    ],
  )

  test('what was erased is counted, and its commit stays', async () => {
    const at = await useTestServer()
    await at.call('POST', '/v1/databases', asRoot({ name: 'x' }))
    const put = (id: string) =>
      at.call('POST', '/v1/databases/x/put', asRoot({ coll: 'note', id, doc: { id } }))
    await put('gone')
    const { body: kept } = await put('kept')
    const query = 'ERASE note:gone'
    const erased = await at.call('POST', '/api/query', asRoot({ query, database: 'x' }))
    expect(erased.body.results[0]).toMatchObject({ status: 'ok' })
    const { body } = await at.call('GET', '/v1/databases/x/since', asRoot())
    const [first] = body.entries
    expect(first).toMatchObject({ head: expect.any(String), erased: 1 })
    expect(JSON.stringify(first)).not.toContain('gone')
    expect(body.entries.find((each: { seq: number }) => each.seq === kept.seq)).not.toHaveProperty('erased')
    const { body: log } = await at.call('GET', '/v1/databases/x/log', asRoot())
    expect(log.count).toBe(body.count)
    const { body: tip } = await at.call('GET', '/v1/databases/x/collections/note/tip', asRoot())
    expect(tip.seq).toBe(kept.seq)
  })

  test('what is in the system’s tables is named, never shown', async () => {
    const at = await useTestServer()
    await at.signUp('ada@example.com', 'a good password')
    const { body } = await at.call('GET', '/v1/databases/main/since', asRoot())
    const text = JSON.stringify(body)
    expect(text).toContain('"coll":"$user"')
    expect(text).not.toContain('argon2')
    expect(text).not.toContain('ada@example.com')
  })
})
