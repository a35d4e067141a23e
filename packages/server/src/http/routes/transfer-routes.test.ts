/** Exports and imports over HTTP. */

import { expect, test } from 'vitest'
import { rootToken, type TestServer, useTestServer } from '../../testing/test-server.ts'

async function exported(server: TestServer, query: string): Promise<Response> {
  return fetch(`${server.url}/api/admin/export${query}`, {
    headers: { authorization: `Bearer ${rootToken}` },
  })
}

async function linesOf(server: TestServer, query = ''): Promise<string[]> {
  return (await (await exported(server, query)).text()).trimEnd().split('\n')
}

function load(server: TestServer, body: object, token = rootToken) {
  return server.call('POST', '/api/admin/import?database=copy', { token, body })
}

test('lines that one database gives another one takes', async () => {
  const server = await useTestServer()
  await server.query("CREATE item:1 SET n = 1, at = d'2026-01-31T09:30:00Z'; CREATE item:2 SET n = 2.5dec")
  const answer = await exported(server, '?database=main')
  expect(answer.headers.get('content-type')).toBe('application/x-ndjson')
  expect(answer.headers.get('x-ddb-seq')).toBe('2')
  const lines = (await answer.text()).trimEnd().split('\n')
  const { status, body } = await load(server, { lines: lines.slice(1, -1) })
  expect({ status, body }).toMatchObject({ status: 200, body: { written: 2, unchanged: 0, seq: 1 } })
  expect((await load(server, { lines: lines.slice(1, -1) })).body).toMatchObject({ written: 0, unchanged: 2 })
  const copied = await linesOf(server, '?database=copy')
  expect(copied.slice(1, -1)).toEqual(lines.slice(1, -1))
})

test('a history comes with every commit', async () => {
  const server = await useTestServer()
  await server.query('CREATE item:1 SET n = 1; UPDATE item:1 SET n = 2')
  const lines = await linesOf(server, '?history=true')
  expect(lines.filter((line) => line.startsWith('{"commit":'))).toHaveLength(2)
  expect(lines.at(-1)).toMatch(/^{"end":{"commits":2,/)
})

test('what is there and another is not overwritten unasked, and the line is named', async () => {
  const server = await useTestServer()
  const line = (n: number) => JSON.stringify({ record: ['item', 1], fields: { n } })
  await load(server, { lines: [line(1)] })
  const refused = await load(server, { lines: [line(2)], file: 'items.jsonl', first_line: 41 })
  expect(refused.status).toBe(409)
  expect(refused.body.error).toMatchObject({
    reason: 'TRANSFER_EXISTS',
    message: expect.stringContaining('items.jsonl, line 41: the record item:1'),
  })
  expect((await load(server, { lines: [line(2)], overwrite: true })).body).toMatchObject({ written: 1 })
})

test('only root may', async () => {
  const server = await useTestServer()
  const { token } = await server.signUp('ada@example.com')
  expect((await server.call('GET', '/api/admin/export', { token })).body.error.reason).toBe('AUTH_ROOT_ONLY')
  expect((await load(server, { lines: [] }, token)).body.error.reason).toBe('AUTH_ROOT_ONLY')
  expect((await exported(server, '?database=nowhere')).status).toBe(404)
})

test.each([
  [{}, 'HTTP_FIELD_INVALID'],
  [{ lines: [1] }, 'HTTP_FIELD_INVALID'],
  [{ lines: [], first_line: 0 }, 'HTTP_FIELD_INVALID'],
  [{ lines: ['{'] }, 'TRANSFER_LINE'],
  [{ lines: ['{"end":{}}'] }, 'TRANSFER_LINE'],
])('the body %j is refused with %s', async (body, reason) => {
  const server = await useTestServer()
  const { status, body: answer } = await load(server, body)
  expect({ status, reason: answer.error.reason }).toEqual({ status: 400, reason })
})
