import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testScenarios } from '../../testing/api-scenario.ts'
import { openTestServer, rootToken, type TestServer, useTestServer } from '../../testing/test-server.ts'

let server: TestServer
const daemonToken = 'token-of-the-daemon'

beforeAll(async () => {
  server = await openTestServer({ config: { daemonToken } })
})

afterAll(() => server.server.close())

const asRoot = (body?: unknown) => ({ token: rootToken, body })
const head = expect.stringMatching(/^b2:[0-9a-f]{64}$/)

const shopInit = {
  name: 'shop',
  init: {
    indexes: [
      ['product', 'price', 'ordered'],
      ['product', 'name', 'search'],
    ],
    seed: {
      product: [{ _id: 'lamp', name: 'Lamp', price: 20 }, { id: 'product:bulb', price: 3 }, { price: 1 }],
    },
    links: [['product:lamp', 'needs', 'product:bulb']],
  },
}

describe('databases', () => {
  testScenarios(
    () => server,
    [
      {
        name: 'one is made with its indexes, records and links',
        request: 'POST /v1/databases',
        call: asRoot(shopInit),
        status: 201,
        headers: { location: /^\/v1\/databases\/shop$/ },
        body: {
          ok: true,
          name: 'shop',
          seq: expect.any(Number),
          head,
          collections: { product: 3, needs: 1 },
          indexes: [{ coll: 'product', fields: ['price'], state: 'ready' }],
        },
      },
      {
        name: 'a seeded row is found and a link followed',
        request: 'POST /v1/databases/shop/query',
        call: asRoot({ nql: 'FROM product WHERE price > 10 TRAVERSE needs' }),
        status: 200,
        body: { rows: [{ _id: 'bulb', price: 3 }], count: 1, seq: expect.any(Number), head },
      },
      {
        name: 'one that is there is a conflict',
        request: 'POST /v1/databases',
        call: asRoot(shopInit),
        status: 409,
        body: { error: expect.stringContaining('already'), code: 'ENGINE_DATABASE_EXISTS', status: 409 },
      },
      {
        name: 'a name whose SQL catalog is taken is a conflict',
        request: 'POST /v1/databases',
        call: asRoot({ name: 'SHOP' }),
        status: 409,
        body: { code: 'ENGINE_DATABASE_NAME_TAKEN' },
      },
      {
        name: 'nothing is made of what cannot be begun with',
        request: 'POST /v1/databases',
        call: asRoot({ name: 'half', init: { seed: { a: [{ x: 1 }] }, links: [['a', 'b', 'c:1']] } }),
        status: 400,
        body: { code: 'HTTP_FIELD_INVALID', field: 'init.links' },
        async after(at) {
          const { body } = await at.call('GET', '/v1/databases', asRoot())
          expect(body.databases).not.toContain('half')
        },
      },
      {
        name: 'a collection may have the name of what objects inherit',
        request: 'POST /v1/databases',
        call: asRoot(
          JSON.parse('{"name": "odd", "init": {"seed": {"__proto__": [{"_id": "a", "constructor": 1}]}}}'),
        ),
        status: 201,
        async after(at) {
          const { body } = await at.call('GET', '/v1/databases/odd/rows/__proto__/a', asRoot())
          expect(body.doc).toMatchObject({ constructor: 1 })
          await at.call('DELETE', '/v1/databases/odd', asRoot())
        },
      },
      {
        name: 'names with slashes are one part of the path',
        request: 'POST /v1/databases',
        call: asRoot({ name: 'team/one' }),
        status: 201,
        headers: { location: /^\/v1\/databases\/team%2Fone$/ },
        async after(at) {
          const { body } = await at.call('GET', '/v1/databases/team%2Fone', asRoot())
          expect(body).toMatchObject({ name: 'team/one', seq: 0, collections: {} })
        },
      },
      {
        name: 'all are listed',
        request: 'GET /v1/databases',
        call: asRoot(),
        status: 200,
        body: { databases: ['main', 'shop', 'team/one'], count: 3 },
      },
      {
        name: 'how one stands',
        request: 'GET /v1/databases/shop/status',
        call: asRoot(),
        status: 200,
        body: { ok: true, startup_ready: true, name: 'shop', collections: { product: 3 } },
      },
      {
        name: 'none is made by naming it',
        request: 'GET /v1/databases/nowhere',
        call: asRoot(),
        status: 404,
        body: { error: 'there is no database nowhere', code: 'HTTP_DATABASE_UNKNOWN' },
      },
      {
        name: 'a name that is none is refused',
        request: 'GET /v1/databases/..%2Fx',
        call: asRoot(),
        status: 400,
        body: { code: 'ENGINE_DATABASE_NAME' },
      },
      {
        name: 'one is dropped',
        request: 'DELETE /v1/databases/team%2Fone?purge=true',
        call: asRoot(),
        status: 200,
        body: { ok: true, name: 'team/one', purged: true },
        async after(at) {
          const { status } = await at.call('DELETE', '/v1/databases/team%2Fone', asRoot())
          expect(status).toBe(404)
        },
      },
    ],
  )
})

describe('who may', () => {
  testScenarios(
    () => server,
    [
      {
        name: 'nobody without a token',
        request: 'GET /v1/databases',
        status: 401,
        headers: { 'www-authenticate': 'Bearer' },
        body: { error: expect.any(String), code: 'AUTH_REQUIRED' },
      },
      {
        name: 'no account, whatever its roles',
        request: 'GET /v1/databases',
        call: async (at) => ({ token: (await at.signUp('eve@example.com')).token }),
        status: 403,
        body: { error: expect.any(String), code: 'AUTH_ROOT_ONLY' },
      },
      {
        name: 'the daemon token',
        request: 'GET /v1/databases',
        call: { token: daemonToken },
        status: 200,
      },
      {
        name: 'the daemon token is good for nothing else',
        request: 'POST /api/query',
        call: { token: daemonToken, body: { query: 'RETURN 1' } },
        status: 401,
      },
      {
        name: 'events are not for everybody',
        request: 'GET /events',
        status: 401,
      },
    ],
  )
})

describe('records', () => {
  testScenarios(
    () => server,
    [
      {
        name: 'put gives the row as it is kept, with why it was written',
        request: 'POST /v1/databases/shop/put',
        call: asRoot({
          coll: 'note',
          id: 'n1',
          doc: { text: 'hello', _seq: 7 },
          caused_by: [1],
          evidence: 'a letter',
          confidence: 0.5,
          valid_from: '2026-01-01',
          valid_to: '2026-12-31',
        }),
        status: 200,
        body: {
          ok: true,
          doc: {
            text: 'hello',
            _id: 'n1',
            _coll: 'note',
            _hash: expect.stringMatching(/^[0-9a-f]{64}$/),
            _caused_by: [1],
            _evidence: 'a letter',
            _confidence: 0.5,
            _valid_from: '2026-01-01',
            _valid_to: '2026-12-31',
          },
          seq: expect.any(Number),
          head,
        },
        async after(at, { body }) {
          expect(body.doc._seq).toBe(body.seq)
          const { body: found } = await at.call(
            'POST',
            '/v1/databases/shop/query',
            asRoot({ nql: 'FROM note' }),
          )
          const { id: _, ...row } = found.rows[0]
          expect(row).toEqual(body.doc)
        },
      },
      {
        name: 'a condition that does not hold',
        request: 'POST /v1/databases/shop/put',
        call: asRoot({ coll: 'note', id: 'n1', doc: {}, if_seq: -1 }),
        status: 409,
        body: { error: 'precondition_failed', code: 'LEDGER_PRECONDITION', message: expect.any(String) },
      },
      {
        name: 'a stale nonce',
        request: 'POST /v1/databases/shop/put',
        call: async (at) => {
          const call = asRoot({ coll: 'note', id: 'n2', doc: {}, client: 'c', nonce: 5 })
          await at.call('POST', '/v1/databases/shop/put', call)
          return call
        },
        status: 409,
        body: { code: 'LEDGER_NONCE_STALE' },
      },
      {
        name: 'a repeated key gives the first answer',
        request: 'POST /v1/databases/shop/put',
        call: async (at) => {
          const call = asRoot({ coll: 'note', id: 'n3', doc: { n: 1 }, idem: 'k1' })
          const { body } = await at.call('POST', '/v1/databases/shop/put', call)
          await at.call('POST', '/v1/databases/shop/put', asRoot({ coll: 'note', id: 'n3', doc: { n: 2 } }))
          expect(body.doc.n).toBe(1)
          return call
        },
        status: 200,
        body: { doc: { n: 1 } },
      },
      {
        name: 'a document whose id is another one',
        request: 'POST /v1/databases/shop/put',
        call: asRoot({ coll: 'note', id: 'n1', doc: { id: 'n2' } }),
        status: 400,
        body: { field: 'doc.id' },
      },
      {
        name: 'a collection that is none',
        request: 'POST /v1/databases/shop/put',
        call: asRoot({ coll: '$user', id: 'n1', doc: {} }),
        status: 400,
        body: { code: 'HTTP_TABLE_NAME' },
      },
      {
        name: 'a row by its id',
        request: 'GET /v1/databases/shop/rows/note/n1',
        call: asRoot(),
        status: 200,
        body: { doc: { text: 'hello', _id: 'n1' }, head },
      },
      {
        name: 'the text of an integer is the integer that is there',
        request: 'GET /v1/databases/shop/rows/num/7',
        call: async (at) => {
          await at.call('POST', '/v1/databases/shop/put', asRoot({ coll: 'num', id: 7, doc: { n: 7 } }))
          return asRoot()
        },
        status: 200,
        body: { doc: { n: 7, _id: 7 } },
      },
      {
        name: 'a row is deleted, its history stays',
        request: 'DELETE /v1/databases/shop/rows/note/n2',
        call: asRoot(),
        status: 200,
        body: { ok: true, deleted: true, seq: expect.any(Number), head },
        async after(at, { body }) {
          const gone = await at.call('GET', '/v1/databases/shop/rows/note/n2', asRoot())
          expect(gone).toMatchObject({ status: 404, body: { code: 'HTTP_RECORD_UNKNOWN' } })
          const nql = `FROM note AS OF ${body.seq - 1} WHERE _id = "n2"`
          const then = await at.call('POST', '/v1/databases/shop/query', asRoot({ nql }))
          expect(then.body.count).toBe(1)
        },
      },
      {
        name: 'a link is made once',
        request: 'POST /v1/databases/shop/link',
        call: async (at) => {
          const call = asRoot({ frm: 'product:bulb', rel: 'fits', to: 'product:lamp' })
          expect((await at.call('POST', '/v1/databases/shop/link', call)).body).toMatchObject({
            created: true,
          })
          return call
        },
        status: 200,
        body: { ok: true, created: false, head },
      },
      {
        name: 'neighbours along it',
        request: 'POST /v1/databases/shop/neighbors',
        call: asRoot({ frm: 'product:bulb', rel: 'fits' }),
        status: 200,
        body: { neighbors: ['product:lamp'], count: 1, more: false },
      },
      {
        name: 'neighbours against any relation',
        request: 'POST /v1/databases/shop/neighbors',
        call: asRoot({ id: 'product:bulb', direction: 'in' }),
        status: 200,
        body: { neighbors: ['product:lamp'] },
      },
      {
        name: 'a link is taken back',
        request: 'POST /v1/databases/shop/unlink',
        call: asRoot({ frm: 'product:bulb', rel: 'fits', to: 'product:lamp' }),
        status: 200,
        body: { ok: true, removed: true },
      },
      {
        name: 'a collection of documents is no relation',
        request: 'POST /v1/databases/shop/link',
        call: asRoot({ frm: 'product:bulb', rel: 'note', to: 'product:lamp' }),
        status: 409,
        body: { code: 'CATALOG_NOT_A_RELATION' },
      },
      {
        name: 'an index',
        request: 'POST /v1/databases/shop/index',
        call: asRoot({ coll: 'note', field: 'text', kind: 'eq' }),
        status: 200,
        body: { ok: true, coll: 'note', field: 'text', state: expect.stringMatching(/^(ready|building)$/) },
      },
      {
        name: 'an index of a kind that nobody knows',
        request: 'POST /v1/databases/shop/index',
        call: asRoot({ coll: 'note', field: 'text', kind: 'magic' }),
        status: 400,
        body: { field: 'kind' },
      },
    ],
  )
})

describe('batch', () => {
  testScenarios(
    () => server,
    [
      {
        name: 'several operations are one commit',
        request: 'POST /v1/databases/shop/batch',
        call: asRoot({
          client: 'b',
          nonce: 1,
          caused_by: [1],
          ops: [
            { op: 'put', coll: 'box', id: 'a', doc: { n: 1 }, if_seq: -1, caused_by: 2 },
            { op: 'put', coll: 'box', id: 'b', doc: { n: 2 } },
            { op: 'link', frm: 'box:a', rel: 'beside', to: 'box:b' },
            { op: 'del', coll: 'box', id: 'nothing' },
          ],
        }),
        status: 200,
        body: {
          ok: true,
          count: 4,
          results: [
            { op: 'put', coll: 'box', id: 'a' },
            { op: 'put', coll: 'box', id: 'b' },
            { op: 'link', created: true },
            { op: 'del', deleted: false },
          ],
          seq: expect.any(Number),
          head,
        },
        async after(at, { body }) {
          const { body: info } = await at.call('GET', '/v1/databases/shop/log?limit=1', asRoot())
          expect(info.entries[0]).toMatchObject({ seq: body.seq, caused_by: [1, 2], client: 'b' })
        },
      },
      {
        name: 'a condition that does not hold leaves everything as it was',
        request: 'POST /v1/databases/shop/batch',
        call: asRoot({
          ops: [
            { op: 'put', coll: 'box', id: 'c', doc: {} },
            { op: 'put', coll: 'box', id: 'a', doc: {}, if_seq: -1 },
          ],
        }),
        status: 409,
        body: { error: 'precondition_failed' },
        async after(at) {
          const { body } = await at.call('POST', '/v1/databases/shop/query', asRoot({ nql: 'FROM box' }))
          expect(body.count).toBe(2)
        },
      },
      {
        name: 'of two puts that must be the first the second does not hold',
        request: 'POST /v1/databases/shop/batch',
        call: asRoot({
          ops: [
            { op: 'put', coll: 'box', id: 'twice', doc: { n: 1 }, if_seq: -1 },
            { op: 'put', coll: 'box', id: 'twice', doc: { n: 2 }, if_seq: -1 },
          ],
        }),
        status: 409,
        body: { error: 'precondition_failed' },
        async after(at) {
          const { body } = await at.call('POST', '/v1/databases/shop/query', asRoot({ nql: 'FROM box' }))
          expect(body.count).toBe(2)
        },
      },
      {
        name: 'a condition is about what the operations before it leave',
        request: 'POST /v1/databases/shop/batch',
        call: asRoot({
          ops: [
            { op: 'del', coll: 'box', id: 'a' },
            { op: 'put', coll: 'box', id: 'a', doc: { n: 1 }, if_seq: -1 },
          ],
        }),
        status: 200,
        body: { results: [{ deleted: true }, { op: 'put' }] },
      },
      {
        name: 'an operation that is none is named',
        request: 'POST /v1/databases/shop/batch',
        call: asRoot({ ops: [{ op: 'del', coll: 'box', id: 'a' }, { op: 'burn' }] }),
        status: 400,
        body: { field: 'ops[1].op' },
      },
      {
        name: 'more operations than one batch takes',
        request: 'POST /v1/databases/shop/batch',
        call: asRoot({ ops: Array.from({ length: 1_001 }, () => ({ op: 'del', coll: 'box', id: 'x' })) }),
        status: 400,
        body: { field: 'ops' },
      },
      {
        name: 'as many as it takes',
        request: 'POST /v1/databases/shop/batch',
        call: asRoot({ ops: Array.from({ length: 1_000 }, () => ({ op: 'del', coll: 'box', id: 'x' })) }),
        status: 200,
      },
    ],
  )
})

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

test('an account of a dropped database is nobody in one that is made under its name', async () => {
  const at = await useTestServer()
  await at.call('POST', '/v1/databases', asRoot({ name: 'app' }))
  const headers = { 'x-ddb-database': 'app' }
  const { token } = await at.signUp('ada@example.com', 'a good password', { headers })
  const ask = () => at.call('POST', '/api/query', { token, headers, body: { query: 'RETURN 1' } })
  expect((await ask()).status).toBe(200)
  await at.call('DELETE', '/v1/databases/app', asRoot())
  await at.call('POST', '/v1/databases', asRoot({ name: 'app' }))
  expect((await ask()).status).toBe(401)
})
