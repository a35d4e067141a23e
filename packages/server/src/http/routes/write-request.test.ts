/** What requests say about their writes: keys, nonces, conditions, reasons, valid time. */

import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Account, openTestServer, rootToken, type TestServer } from '../../testing/test-server.ts'

let server: TestServer
let ada: Account
let bob: Account

beforeAll(async () => {
  server = await openTestServer({})
  ada = await server.signUp('ada@example.com')
  bob = await server.signUp('bob@example.com')
})

afterAll(() => server.server.close())

const reasonOf = ({ body }: { readonly body: unknown }) =>
  (body as { readonly error?: { readonly reason?: string } }).error?.reason

test('a POST with an idempotency key is carried out once, whatever id it was given', async () => {
  const call = { token: ada.token, body: { n: 1 }, headers: { 'idempotency-key': '"order-1"' } }
  const first = await server.call('POST', '/api/data/once', call)
  const second = await server.call('POST', '/api/data/once', call)
  expect(first.status).toBe(201)
  expect(second.status).toBe(201)
  expect(second.body).toEqual(first.body)
  expect(second.headers.get('location')).toBe(first.headers.get('location'))
  const { body } = await server.call('GET', '/api/data/once', { token: ada.token })
  expect(body.data).toHaveLength(1)
  const other = await server.call('POST', '/api/data/once', { ...call, body: { n: 2 } })
  expect([other.status, reasonOf(other)]).toEqual([409, 'LEDGER_REPLAY_MISMATCH'])
})

test('the key of one user answers nobody else', async () => {
  const call = { body: { n: 1 }, headers: { 'idempotency-key': 'shared' } }
  const first = await server.call('POST', '/api/data/once', { ...call, token: ada.token })
  const second = await server.call('POST', '/api/data/once', { ...call, token: bob.token })
  expect(second.status).toBe(201)
  expect(second.body.id).not.toBe(first.body.id)
})

test('PATCH, PUT, DELETE and queries take keys too, as a field or as a header', async () => {
  const { token } = ada
  await server.call('PUT', '/api/data/counter/a', { token, body: { n: 0 } })
  const patch = { token, body: { $idempotency_key: 'patch-1', n: 1 } }
  const { body } = await server.call('PATCH', '/api/data/counter/a', patch)
  expect((await server.call('PATCH', '/api/data/counter/a', patch)).body).toEqual(body)
  expect(body.data).not.toHaveProperty('$idempotency_key')
  const query = { query: 'UPDATE counter:a SET n += 1 RETURN VALUE n', idempotency_key: 'query-1' }
  for (const _ of [1, 2]) {
    const answer = await server.call('POST', '/api/query', { token, body: query })
    expect(answer.body.results).toMatchObject([{ status: 'ok', result: [2] }])
  }
  const both = { token, body: { ...query }, headers: { 'idempotency-key': 'another' } }
  expect((await server.call('POST', '/api/query', both)).status).toBe(400)
  const remove = { token, headers: { 'idempotency-key': 'delete-1' } }
  expect((await server.call('DELETE', '/api/data/counter/a', remove)).status).toBe(204)
  expect((await server.call('DELETE', '/api/data/counter/a', remove)).status).toBe(204)
  expect((await server.call('DELETE', '/api/data/counter/a', { token })).status).toBe(404)
})

test('a stale nonce is 409', async () => {
  const put = (nonce: number) =>
    server.call('PUT', '/api/data/nonce/a', { token: ada.token, body: { $client: 'phone', $nonce: nonce } })
  expect((await put(5)).status).toBe(201)
  const stale = await put(5)
  expect([stale.status, reasonOf(stale)]).toEqual([409, 'LEDGER_NONCE_STALE'])
  expect((await put(6)).status).toBe(200)
  const nameless = (nonce: number) =>
    server.call('PUT', '/api/data/nonce/b', { token: ada.token, body: { $nonce: nonce } })
  expect((await nameless(2)).status).toBe(201)
  const late = await nameless(1)
  expect([late.status, reasonOf(late)]).toEqual([409, 'LEDGER_NONCE_STALE'])
  expect(late.body.error.message).toContain('writes without a client')
})

test('a write on condition of a commit is made while the record is of that commit', async () => {
  const { token } = ada
  const url = '/api/data/doc/a'
  const made = await server.call('PUT', url, { token, body: { $if_seq: -1, n: 1 } })
  expect(made.status).toBe(201)
  const again = await server.call('PUT', url, { token, body: { $if_seq: -1, n: 1 } })
  expect([again.status, reasonOf(again)]).toEqual([409, 'HTTP_PRECONDITION'])
  const { seq } = (await server.call('GET', url, { token })).body
  expect(seq).toBe(made.body.seq)
  const patched = await server.call('PATCH', url, { token, body: { $if_seq: seq, n: 2 } })
  expect(patched.status).toBe(200)
  for (const method of ['PATCH', 'PUT'] as const) {
    const late = await server.call(method, url, { token, body: { $if_seq: seq, n: 3 } })
    expect([late.status, reasonOf(late)]).toEqual([409, 'HTTP_PRECONDITION'])
  }
  expect((await server.call('DELETE', `${url}?if_seq=${String(seq)}`, { token })).status).toBe(409)
  const replaced = await server.call('PUT', url, { token, body: { $if_seq: patched.body.seq, n: 4 } })
  expect([replaced.status, replaced.body.data]).toEqual([200, expect.objectContaining({ n: 4 })])
  const gone = await server.call('DELETE', `${url}?if_seq=${String(replaced.body.seq)}`, { token })
  expect(gone.status).toBe(204)
  expect((await server.call('PATCH', url, { token, body: { $if_seq: 1 } })).status).toBe(404)
})

test('a condition tells nobody of a record that is not theirs', async () => {
  await server.call('PUT', '/api/data/doc/secret', { token: ada.token, body: { n: 1 } })
  for (const ifSeq of [1, 999, -1]) {
    const patch = { token: bob.token, body: { $if_seq: ifSeq, n: 2 } }
    const hidden = await server.call('PATCH', '/api/data/doc/secret', patch)
    const absent = await server.call('PATCH', '/api/data/doc/nowhere', patch)
    expect([hidden.status, reasonOf(hidden)]).toEqual([absent.status, reasonOf(absent)])
  }
})

test('reasons of a write are in its commit, and its valid time with the record', async () => {
  const cause = await server.call('PUT', '/api/data/rate/a', { token: ada.token, body: { n: 1 } })
  const body = {
    n: 2,
    $caused_by: [cause.body.seq],
    $evidence: { source: 'letter' },
    $confidence: 0.5,
    $valid_from: '2026-01-01',
    $valid_to: '2026-12-31',
  }
  const written = await server.call('PUT', '/api/data/rate/a', { token: ada.token, body })
  expect(written.status).toBe(200)
  expect(Object.keys(written.body.data as object).sort()).toEqual(['id', 'n', 'owner'])
  const query =
    'SELECT VALUE n FROM rate VALID AS OF "2026-05-05"; SELECT VALUE n FROM rate VALID AS OF "2025-05-05"'
  const { body: answer } = await server.call('POST', '/api/query', { token: rootToken, body: { query } })
  expect(answer.results).toMatchObject([{ result: [2] }, { result: [1] }])
})

test.each([
  ['$nonce', 'a'],
  ['$nonce', 1.5],
  ['$nonce', 2 ** 53],
  ['$if_seq', 'a'],
  ['$if_seq', -2],
  ['$caused_by', 'a'],
  ['$caused_by', [1, 'b']],
  ['$client', 1],
  ['$confidence', 'high'],
  ['$confidence', 2],
  ['$idempotency_key', 1],
  ['$idempotency_key', ''],
  ['$idempotency_key', 'x'.repeat(513)],
  ['$valid_from', 'yesterday'],
])('a field %s of %j is refused, and nothing is stored', async (field, value) => {
  const { status } = await server.call('PUT', '/api/data/bad/a', {
    token: ada.token,
    body: { [field]: value, n: 1 },
  })
  expect(status).toBe(400)
  expect((await server.call('GET', '/api/data/bad/a', { token: ada.token })).status).toBe(404)
})
