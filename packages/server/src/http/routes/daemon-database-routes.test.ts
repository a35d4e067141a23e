import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testScenarios } from '../../testing/api-scenario.ts'
import { asRoot, head, shopInit } from '../../testing/daemon-shop.ts'
import { openTestServer, type TestServer, useTestServer } from '../../testing/test-server.ts'

let server: TestServer
const daemonToken = 'token-of-the-daemon'

beforeAll(async () => {
  server = await openTestServer({ config: { daemonToken } })
})

afterAll(() => server.server.close())

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
