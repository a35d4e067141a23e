import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decodeCanonical, type ValueObject } from '@dendrodb/protocol'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testScenarios } from '../../testing/api-scenario.ts'
import { type Account, openTestServer, rootToken, type TestServer } from '../../testing/test-server.ts'

const headPattern = /^b2:[0-9a-f]{64}$/
const receipt = {
  tx_id: expect.any(Number),
  seq: expect.any(Number),
  head: expect.stringMatching(headPattern),
}
const errorOf = (reason: string, more: object = {}) => ({ error: { reason, ...more } })

describe.each(['memory', 'LevelDB'])('/api/data over %s', (store) => {
  let server: TestServer
  let ada: Account
  let bob: Account
  let folder: string

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ddb-data-routes-'))
    server = await openTestServer({ config: store === 'memory' ? {} : { data: folder } })
    ada = await server.signUp('ada@example.com')
    bob = await server.signUp('bob@example.com')
  })

  afterAll(async () => {
    await server.server.close()
    await rm(folder, { recursive: true })
  })

  const asAda = (body?: unknown) => async () => ({ token: ada.token, body })
  const asBob = (body?: unknown) => async () => ({ token: bob.token, body })
  const asRoot = (body?: unknown) => async () => ({ token: rootToken, body })

  testScenarios(
    () => server,
    [
      {
        name: 'POST creates a record with a generated id and says where it is',
        request: 'POST /api/data/note',
        call: asAda({ title: 'first', tags: ['a', { b: 1.5 }], done: false, nothing: null }),
        status: 201,
        body: {
          entity: 'note',
          ...receipt,
          data: { title: 'first', tags: ['a', { b: 1.5 }], nothing: null },
        },
        headers: { location: /^\/api\/data\/note\/[0-9A-Z]{26}$/ },
        async after(_, { headers, body }) {
          const found = await server.call('GET', headers.get('location') ?? '', { token: ada.token })
          expect(found.body.data).toEqual(body.data)
          expect(found.body.id).toBe(body.id)
        },
      },
      {
        name: 'POST takes the id from the body and makes the caller the owner',
        request: 'POST /api/data/note',
        call: asAda({ id: 'one', title: 'one' }),
        status: 201,
        headers: { location: '/api/data/note/one' },
        async after(_, { body }) {
          expect(body).toMatchObject({ id: 'one', data: { id: 'note:one', owner: ada.userId } })
          expect(await server.query('SELECT * FROM note:one')).toEqual([body.data])
        },
      },
      {
        name: 'POST under an id that is taken is a conflict and changes nothing',
        request: 'POST /api/data/note',
        call: asAda({ id: 'one', title: 'two' }),
        status: 409,
        body: errorOf('QUERY_RECORD_EXISTS', { code: 'CONFLICT', status: 409 }),
        async after() {
          expect(await server.query('SELECT VALUE title FROM note:one')).toEqual(['one'])
        },
      },
      {
        name: 'a numeric id is an int, and another record than the same digits as text',
        request: 'POST /api/data/note',
        call: asAda({ id: 7, kind: 'int' }),
        status: 201,
        body: { id: '7', data: { id: 'note:7' } },
        async after() {
          const digits = await server.call('PUT', `/api/data/note/${encodeURIComponent('⟨7⟩')}`, {
            token: ada.token,
            body: { kind: 'text' },
          })
          expect(digits.status).toBe(201)
          const int = await server.call('GET', '/api/data/note/7', { token: ada.token })
          expect([int.body.data.kind, digits.body.data.kind]).toEqual(['int', 'text'])
        },
      },
      {
        name: 'GET gives the record',
        request: 'GET /api/data/note/one',
        call: asAda(),
        status: 200,
        body: { id: 'one', entity: 'note', data: { id: 'note:one', title: 'one' } },
      },
      {
        name: 'GET of somebody else’s record is answered as if there were none',
        request: 'GET /api/data/note/one',
        call: asBob(),
        status: 404,
        body: errorOf('HTTP_RECORD_UNKNOWN', { code: 'NOT_FOUND' }),
      },
      { name: 'root sees all', request: 'GET /api/data/note/one', call: asRoot(), status: 200 },
      {
        name: 'GET of what is not there',
        request: 'GET /api/data/note/none',
        call: asAda(),
        status: 404,
        body: errorOf('HTTP_RECORD_UNKNOWN'),
      },
      {
        name: 'GET in a table that is not there',
        request: 'GET /api/data/nowhere/x',
        call: asRoot(),
        status: 404,
      },
      {
        name: 'PATCH merges, deeply',
        request: 'PATCH /api/data/note/one',
        call: asAda({ size: { width: 1 } }),
        status: 200,
        body: { id: 'one', ...receipt, data: { title: 'one', size: { width: 1 } } },
        async after() {
          const token = ada.token
          const body = { size: { height: 2 }, title: null }
          const second = await server.call('PATCH', '/api/data/note/one', { token, body })
          expect(second.body.data).toMatchObject({ size: { width: 1, height: 2 }, title: null })
        },
      },
      {
        name: 'PATCH of somebody else’s record changes nothing',
        request: 'PATCH /api/data/note/one',
        call: asBob({ stolen: true }),
        status: 404,
        async after() {
          expect(await server.query('SELECT VALUE stolen FROM note:one')).toEqual([null])
        },
      },
      { name: 'PATCH of nothing', request: 'PATCH /api/data/note/none', call: asAda({ a: 1 }), status: 404 },
      {
        name: 'PATCH with a $ field that says nothing of a write',
        request: 'PATCH /api/data/note/one',
        call: asAda({ $evidense: 'x' }),
        status: 400,
        body: errorOf('HTTP_FIELD_UNKNOWN', {
          message: 'there is no field $evidense here; did you mean $evidence?',
        }),
      },
      {
        name: 'PATCH cannot give a record away',
        request: 'PATCH /api/data/note/one',
        call: async () => ({ token: ada.token, body: { owner: bob.userId } }),
        status: 403,
        body: errorOf('ACCESS_DENIED', { code: 'PERMISSION_DENIED' }),
      },
      {
        name: 'PUT replaces, and the owner stays',
        request: 'PUT /api/data/note/one',
        call: asAda({ title: 'replaced' }),
        status: 200,
        body: { id: 'one', ...receipt },
        after(_, { body }) {
          expect(body.data).toEqual({ id: 'note:one', title: 'replaced', owner: ada.userId })
        },
      },
      {
        name: 'PUT creates what is not there',
        request: 'PUT /api/data/note/two',
        call: asAda({ title: 'two' }),
        status: 201,
        headers: { location: '/api/data/note/two' },
        after(_, { body }) {
          expect(body.data).toEqual({ id: 'note:two', title: 'two', owner: ada.userId })
        },
      },
      {
        name: 'PUT over somebody else’s record changes nothing',
        request: 'PUT /api/data/note/one',
        call: asBob({ title: 'stolen' }),
        status: 403,
        async after() {
          expect(await server.query('SELECT VALUE title FROM note:one')).toEqual(['replaced'])
        },
      },
      {
        name: 'a body may repeat the id of the path',
        request: 'PUT /api/data/note/two',
        call: asAda({ id: 'note:two', title: 'again' }),
        status: 200,
        body: { data: { id: 'note:two', title: 'again' } },
      },
      {
        name: 'a body with another id is refused',
        request: 'PUT /api/data/note/two',
        call: asAda({ id: 'three' }),
        status: 400,
        body: errorOf('HTTP_FIELD_INVALID', { errors: [{ field: 'id', code: 'mismatch' }] }),
      },
      {
        name: 'DELETE of somebody else’s record deletes nothing',
        request: 'DELETE /api/data/note/two',
        call: asBob(),
        status: 404,
        async after() {
          expect(await server.query('SELECT VALUE title FROM note:two')).toEqual(['again'])
        },
      },
      {
        name: 'DELETE deletes, and says in which commit',
        request: 'DELETE /api/data/note/two',
        call: asAda(),
        status: 204,
        headers: { 'x-ddb-seq': /^\d+$/, 'x-ddb-head': headPattern },
        async after(_, { body }) {
          expect(body).toBe('')
          expect(await server.query('SELECT * FROM note:two')).toEqual([])
        },
      },
      { name: 'DELETE twice', request: 'DELETE /api/data/note/two', call: asAda(), status: 404 },
      {
        name: 'a time to live is not taken for a field',
        request: 'POST /api/data/note',
        call: asAda({ id: 'ttl', $ttl: 60 }),
        status: 400,
        body: errorOf('HTTP_NOT_SUPPORTED'),
        async after() {
          expect(await server.query('SELECT * FROM note:ttl')).toEqual([])
        },
      },
      {
        name: 'a reserved table is no table of this route',
        request: 'GET /api/data/$user',
        call: asRoot(),
        status: 400,
        body: errorOf('HTTP_TABLE_NAME'),
      },
      {
        name: 'nobody without a token',
        request: 'GET /api/data/note',
        status: 401,
        body: errorOf('AUTH_REQUIRED', { code: 'UNAUTHENTICATED', status: 401 }),
        headers: { 'www-authenticate': 'Bearer' },
      },
      {
        name: 'root makes a database by naming it',
        request: 'PUT /api/data/product/1',
        call: async () => ({
          token: rootToken,
          body: { name: 'lamp' },
          headers: { 'x-ddb-database': 'shop' },
        }),
        status: 201,
        body: { seq: 1 },
        async after() {
          expect(await server.query('SELECT * FROM product')).toEqual([])
        },
      },
      {
        name: 'a token is good for its own database alone',
        request: 'GET /api/data/product/1',
        call: async () => ({ token: ada.token, headers: { 'x-ddb-database': 'shop' } }),
        status: 401,
        body: errorOf('AUTH_TOKEN_DATABASE'),
      },
      {
        name: 'a database that cannot be',
        request: 'GET /api/data/product/1',
        call: async () => ({ token: rootToken, headers: { 'x-ddb-database': '../etc' } }),
        status: 400,
        body: errorOf('ENGINE_DATABASE_NAME'),
      },
    ],
  )

  test('a list comes in pages that neither repeat nor leave out', async () => {
    for (let n = 0; n < 25; n += 1) {
      await server.call('PUT', `/api/data/item/${n}`, { token: ada.token, body: { n } })
    }
    await server.call('PUT', '/api/data/item/bobs', { token: bob.token, body: { n: -1 } })
    const seen: number[] = []
    let cursor = ''
    for (let page = 0; page < 10; page += 1) {
      const { status, body } = await server.call('GET', `/api/data/item?limit=10${cursor}`, {
        token: ada.token,
      })
      expect(status).toBe(200)
      seen.push(...body.data.map(({ n }: { n: number }) => n))
      if (page === 0) await server.call('DELETE', '/api/data/item/3', { token: ada.token })
      expect(body.has_more).toBe(body.cursor !== null)
      if (!body.has_more) break
      cursor = `&cursor=${body.cursor}`
    }
    expect(seen).toEqual(Array.from({ length: 25 }, (_, n) => n))
  })

  test('a page that ends with the table is the last', async () => {
    const { body } = await server.call('GET', '/api/data/item?limit=24', { token: ada.token })
    expect([body.data.length, body.has_more, body.cursor]).toEqual([24, false, null])
  })

  test.each([
    ['limit=1', 200],
    ['limit=1000', 200],
    ['limit=0', 400],
    ['limit=1001', 400],
    ['limit=x', 400],
    ['limit=1&limit=2', 400],
    ['cursor=%00', 400],
    ['cursor=', 400],
    ['cursor=AA&cursor=AA', 400],
  ])('GET /api/data/item?%s is %i', async (query, status) => {
    expect((await server.call('GET', `/api/data/item?${query}`, { token: ada.token })).status).toBe(status)
  })

  test('canonical CBOR for who asks for it', async () => {
    const response = await fetch(`${server.url}/api/data/note/one`, {
      headers: { authorization: `Bearer ${ada.token}`, accept: 'application/cbor, application/json;q=0.5' },
    })
    expect(response.headers.get('content-type')).toBe('application/cbor')
    const value = decodeCanonical(new Uint8Array(await response.arrayBuffer())) as ValueObject
    expect(String((value.data as ValueObject).owner)).toBe(ada.userId)
    const json = await server.call('GET', '/api/data/note/one', {
      token: ada.token,
      headers: { accept: 'application/cbor;q=0' },
    })
    expect(json.body.id).toBe('one')
  })

  test('whole numbers beyond 2^53 keep their digits', async () => {
    const raw = '{"big": 12345678901234567890}'
    const { body } = await server.call('POST', '/api/data/note', { token: ada.token, raw })
    expect(body.data.big).toBe('12345678901234567890')
  })

  test('fields of any name are only fields', async () => {
    const raw = '{"id": "proto", "__proto__": {"polluted": true}, "constructor": {"prototype": {"a": 1}}}'
    const { status } = await server.call('POST', '/api/data/note', { token: ada.token, raw })
    expect(status).toBe(201)
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
    const response = await fetch(`${server.url}/api/data/note/proto`, {
      headers: { authorization: `Bearer ${ada.token}` },
    })
    expect(await response.text()).toContain('"__proto__":{"polluted":true}')
  })
})
