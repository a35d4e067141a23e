import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestServer, rootToken, type TestServer } from '../../testing/test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await openTestServer()
})
afterAll(() => server.server.close())

const post = (path: string, body: unknown) =>
  server.call('POST', `/v1/databases${path}`, { token: rootToken, body })

test.each([
  [{ init: { index: [['a', 'b', 'eq']] } }, 'HTTP_FIELD_UNKNOWN', 'init.index'],
  [{ inti: {} }, 'HTTP_FIELD_UNKNOWN', 'inti'],
  [{ init: { seed: { a: [{ _id: 1 }, { _id: 1 }] } } }, 'HTTP_FIELD_INVALID', 'init.seed'],
])('no database is made of %j', async (more, code, field) => {
  const { status, body } = await post('', { name: 'half', ...more })
  expect({ status, body }).toMatchObject({ status: 400, body: { code, field } })
  const { body: list } = await server.call('GET', '/v1/databases', { token: rootToken })
  expect(list.databases).not.toContain('half')
})

test('a put refuses what is misspelt, and passes over what it need not know', async () => {
  await post('', { name: 'shop' })
  const put = (more: object) => post('/shop/put', { coll: 'note', id: 'a', doc: {}, ...more })
  expect(await put({ casued_by: [1] })).toMatchObject({
    status: 400,
    body: { code: 'HTTP_FIELD_UNKNOWN', error: 'there is no field casued_by here; did you mean caused_by?' },
  })
  expect((await put({ db: 'shop', editor: 'x' })).status).toBe(200)
})
