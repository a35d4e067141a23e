import { expect, test } from 'vitest'
import { rootToken, useTestServer } from '../../testing/test-server.ts'

const asRoot = (body?: unknown) => ({ token: rootToken, body })

test('what is not there is told in the words of the daemon API', async () => {
  const server = await useTestServer()
  const gone = await server.call('DELETE', '/v1/databases/nope', asRoot())
  expect(gone).toMatchObject({ status: 404, body: { code: 'HTTP_DATABASE_UNKNOWN' } })
  const unknown = await server.call('GET', '/v1/nothing', asRoot())
  expect(unknown).toMatchObject({
    status: 404,
    body: { error: 'there is nothing at /v1/nothing', code: 'HTTP_ROUTE_UNKNOWN' },
  })
  const method = await server.call('PUT', '/v1/databases', asRoot({}))
  expect(method).toMatchObject({
    status: 405,
    body: { error: expect.any(String), code: 'HTTP_METHOD_NOT_ALLOWED' },
  })
})
