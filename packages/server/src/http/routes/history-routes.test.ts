import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  type Account,
  openTestServer,
  type Reply,
  rootToken,
  type TestServer,
} from '../../testing/test-server.ts'

let server: TestServer
let ada: Account
let bob: Account
/** Each test has a record of its own. */
let number = 0
let path: string

beforeAll(async () => {
  server = await openTestServer()
  ada = await server.signUp('ada@example.com')
  bob = await server.signUp('bob@example.com')
  return () => server.server.close()
})

beforeEach(async () => {
  // Nobody runs into the rate limit, or has an outdated token.
  server.passTime(60_000)
  if (number % 10 === 9) [ada, bob] = await Promise.all([server.signIn(ada.email), server.signIn(bob.email)])
  number += 1
  path = `/api/data/note/n${number}`
})

function call(method: string, url: string, body?: unknown, token = ada.token): Promise<Reply> {
  return server.call(method, url, { token, body })
}

/** Three versions of the record; the numbers of their commits. */
async function writeThree(): Promise<number[]> {
  const seqs: number[] = []
  for (const [n, body] of [{ n: 1 }, { n: 2, $evidence: 'why' }, { n: 3 }].entries()) {
    const { body: answer, status } = await call('PUT', path, { title: 'x', ...body })
    expect(status).toBe(n === 0 ? 201 : 200)
    seqs.push(answer.seq)
  }
  return seqs
}

describe('the versions of a record', () => {
  test('are listed page by page, newest first', async () => {
    const [first, second, third] = await writeThree()
    const one = await call('GET', `${path}/history?limit=2`)
    expect(one.body).toMatchObject({
      data: [
        { version: third, operation: 'put', data: { n: 3, title: 'x' }, valid: {} },
        { version: second, operation: 'put', evidence: 'why', actor: `user:${ada.userId.split(':')[1]}` },
      ],
      cursor: String(second),
      has_more: true,
    })
    const two = await call('GET', `${path}/history?limit=2&cursor=${one.body.cursor}`)
    expect(two.body).toMatchObject({ data: [{ version: first }], cursor: null, has_more: false })
  })

  test('one version is that in force after the commit', async () => {
    const [first, second] = (await writeThree()) as [number, number]
    expect((await call('GET', `${path}/history/${second}`)).body).toMatchObject({
      version: second,
      data: { n: 2 },
    })
    const early = await call('GET', `${path}/history/${first - 1}`)
    expect(early).toMatchObject({ status: 404, body: { error: { reason: 'HTTP_VERSION_UNKNOWN' } } })
    const future = await call('GET', `${path}/history/999999`)
    expect(future).toMatchObject({ status: 400, body: { error: { reason: 'LEDGER_AS_OF_UNKNOWN' } } })
    const odd = await call('GET', `${path}/history/x`)
    expect(odd).toMatchObject({ status: 400, body: { error: { reason: 'HTTP_FIELD_INVALID' } } })
  })

  test('are nobody else’s', async () => {
    const [first] = await writeThree()
    for (const url of [`${path}/history`, `${path}/history/${first}`]) {
      expect((await call('GET', url, undefined, bob.token)).status).toBe(404)
    }
    for (const url of [`${path}/restore/${first}`, `${path}/undo`, `${path}/undelete`]) {
      const refused = await call('POST', url, undefined, bob.token)
      expect(refused).toMatchObject({ status: 404, body: { error: { reason: 'HISTORY_RECORD_UNKNOWN' } } })
    }
    expect((await call('GET', path)).body.data.n).toBe(3)
  })

  test('of a record that never was are none', async () => {
    const { status, body } = await call('GET', `${path}/history`)
    expect({ status, reason: body.error.reason }).toEqual({ status: 404, reason: 'HTTP_RECORD_UNKNOWN' })
  })

  test.each(['limit=0', 'limit=1001', 'cursor=x'])('?%s is refused', async (query) => {
    expect((await call('GET', `${path}/history?${query}`)).status).toBe(400)
  })
})

describe('bringing back', () => {
  test('a version, a change, a deletion', async () => {
    const [first] = await writeThree()
    const restored = await call('POST', `${path}/restore/${first}`)
    expect(restored).toMatchObject({
      status: 200,
      body: { entity: 'note', data: { n: 1 }, seq: expect.any(Number), head: /^b2:/ },
    })
    expect((await call('POST', `${path}/undo`)).body.data.n).toBe(3)
    await call('DELETE', path)
    const back = await call('POST', `${path}/undelete`, { evidence: { ticket: 7 } })
    expect(back.body.data.n).toBe(3)
    const { body } = await call('GET', `${path}/history?limit=1`)
    expect(body.data[0].evidence).toEqual({ ticket: 7 })
    const again = await call('POST', `${path}/undelete`)
    expect(again).toMatchObject({ status: 409, body: { error: { reason: 'HISTORY_NOT_DELETED' } } })
  })

  test('what made the record is undone by removing it', async () => {
    await call('PUT', path, { n: 1 })
    expect(await call('POST', `${path}/undo`)).toMatchObject({ status: 200, body: { data: null } })
    expect((await call('GET', path)).status).toBe(404)
  })

  test('only the change that is meant', async () => {
    const [first, , third] = await writeThree()
    const stale = await call('POST', `${path}/undo`, { if_seq: first })
    expect(stale).toMatchObject({ status: 409, body: { error: { reason: 'HTTP_PRECONDITION' } } })
    expect((await call('POST', `${path}/undo`, { if_seq: third })).body.data.n).toBe(2)
    await call('DELETE', path)
    expect((await call('POST', `${path}/undelete`, { if_seq: first })).status).toBe(409)
    expect((await call('POST', `${path}/undelete`, { if_seq: -1 })).body.data.n).toBe(2)
  })

  test('once for one idempotency key', async () => {
    await writeThree()
    const undo = () =>
      server.call('POST', `${path}/undo`, { token: ada.token, headers: { 'idempotency-key': path } })
    const [one, two] = [await undo(), await undo()]
    expect(two.body).toEqual(one.body)
    expect((await call('GET', path)).body.data.n).toBe(2)
  })

  test.each([
    ['restore/0', undefined, 404, 'HISTORY_VERSION_UNKNOWN'],
    ['restore/999999', undefined, 400, 'LEDGER_AS_OF_UNKNOWN'],
    ['restore/-1', undefined, 400, 'HTTP_FIELD_INVALID'],
    ['undo', [1], 400, 'HTTP_BODY_NOT_OBJECT'],
    ['undo', { if_seq: 'x' }, 400, 'HTTP_FIELD_INVALID'],
  ])('%s with %j is refused', async (action, body, status, reason) => {
    await writeThree()
    const refused = await call('POST', `${path}/${action}`, body)
    expect(refused).toMatchObject({ status, body: { error: { reason } } })
  })

  test('on a branch', async () => {
    await writeThree()
    await server.query(`DEFINE BRANCH b${number}`)
    const headers = { 'x-ddb-branch': `b${number}` }
    const undone = await server.call('POST', `${path}/undo`, { token: ada.token, headers })
    expect(undone.body.data.n).toBe(2)
    expect((await call('GET', path)).body.data.n).toBe(3)
  })
})

describe('reading as of a moment', () => {
  test('a commit or an instant', async () => {
    const [first, , third] = await writeThree()
    expect((await call('GET', `${path}?as_of=${first}`)).body).toMatchObject({ seq: first, data: { n: 1 } })
    const now = encodeURIComponent(new Date(Date.now() + 1_000).toISOString())
    expect((await call('GET', `${path}?timestamp=${now}`)).body).toMatchObject({ seq: third })
    const list = await call('GET', `/api/data/note?as_of=${first}&limit=1000`)
    expect(list.body.data.find(({ id }: { id: string }) => id === `note:n${number}`).n).toBe(1)
  })

  test.each(['as_of=x', 'timestamp=x', 'as_of=1&timestamp=2026-01-31T09:30:00Z'])(
    '?%s is refused',
    async (query) => {
      expect((await call('GET', `${path}?${query}`)).status).toBe(400)
    },
  )
})

describe('two moments compared', () => {
  test('page by page, as far as one may see', async () => {
    const { seq } = (await call('PUT', `${path}a`, { n: 1 })).body
    for (const each of ['b', 'c', 'd']) await call('PUT', path + each, { n: 1 })
    await call('PATCH', `${path}a`, { n: 2 })
    const one = await call('GET', `/api/diff?from=${seq}&tables=note&limit=2`)
    expect(one.body).toMatchObject({
      changes: [
        { id: `note:n${number}a`, change: 'changed', fields: [{ field: 'n', old: 1, new: 2 }] },
        { id: `note:n${number}b`, change: 'added', after: { n: 1 } },
      ],
      has_more: true,
    })
    const two = await call('GET', `/api/diff?from=${seq}&tables=note&limit=2&cursor=${one.body.cursor}`)
    expect(two.body.changes.map(({ id }: { id: string }) => id)).toEqual([
      `note:n${number}c`,
      `note:n${number}d`,
    ])
    expect(two.body).toMatchObject({ cursor: null, has_more: false })
    const ofBob = await call('GET', `/api/diff?from=${seq}`, undefined, bob.token)
    expect(ofBob.body.changes).toEqual([])
  })

  test.each([
    '',
    'from=x',
    'from=1&cursor=!',
    'from=1&cursor=AA',
    'from=1&limit=0',
    'from=1&to=x',
    'from=1&tables=',
  ])('?%s is refused', async (query) => {
    expect((await call('GET', `/api/diff?${query}`)).status).toBe(400)
  })

  test('by instants', async () => {
    const before = encodeURIComponent(new Date(Date.now() - 86_400_000).toISOString())
    expect((await call('GET', `/api/diff?from=${before}&to=0`)).body.changes).toEqual([])
  })
})

describe('snapshots', () => {
  const root = (method: string, url: string, body?: unknown) => call(method, url, body, rootToken)

  test('from first to last', async () => {
    await call('PUT', `/api/data/item/i${number}`, { n: 1 })
    const made = await root('POST', '/api/snapshots', {
      name: 'the start',
      description: 'why',
      entity_type: 'item',
    })
    expect(made).toMatchObject({
      status: 201,
      body: {
        id: 'the start',
        name: 'the start',
        description: 'why',
        tables: ['item'],
        at: expect.any(Number),
      },
    })
    expect(made.headers.get('location')).toBe('/api/snapshots/the%20start')
    expect((await root('GET', '/api/snapshots')).body.snapshots).toMatchObject([{ id: 'the start' }])
    expect((await root('GET', '/api/snapshots/the%20start')).body.at).toBe(made.body.at)
    await call('PATCH', `/api/data/item/i${number}`, { n: 2 })
    await call('PUT', `/api/data/item/j${number}`, { n: 3 })
    const page = await root('GET', '/api/snapshots/the%20start/diff?limit=1')
    expect(page.body).toMatchObject({
      changes: [{ change: 'changed', fields: [{ old: 1, new: 2 }] }],
      has_more: true,
    })
    const rest = await root('GET', `/api/snapshots/the%20start/diff?limit=1&cursor=${page.body.cursor}`)
    expect(rest.body).toMatchObject({ changes: [{ change: 'added' }], cursor: null, has_more: false })
    const restored = await root('POST', '/api/snapshots/the%20start/restore')
    expect(restored).toMatchObject({
      status: 200,
      body: { restored: 2, seq: expect.any(Number), head: /^b2:/ },
    })
    expect((await call('GET', `/api/data/item/i${number}`)).body.data.n).toBe(1)
    expect((await call('GET', `/api/data/item/j${number}`)).status).toBe(404)
    expect((await root('DELETE', '/api/snapshots/the%20start')).status).toBe(204)
    expect((await root('GET', '/api/snapshots/the%20start')).status).toBe(404)
  })

  test('are for administrators', async () => {
    for (const [method, url] of [
      ['GET', '/api/snapshots'],
      ['POST', '/api/snapshots'],
      ['GET', '/api/snapshots/x'],
      ['GET', '/api/snapshots/x/diff'],
      ['POST', '/api/snapshots/x/restore'],
      ['DELETE', '/api/snapshots/x'],
    ] as const) {
      expect((await call(method, url, method === 'POST' ? {} : undefined)).status).toBe(403)
    }
  })

  test.each([
    [{}, 400, 'HTTP_FIELD_INVALID'],
    [{ name: '' }, 400, 'SNAPSHOT_NAME'],
    [{ name: 'x\n' }, 400, 'SNAPSHOT_NAME'],
    [{ name: 'x', tables: [] }, 400, 'SNAPSHOT_TABLES'],
    [{ name: 'x', tables: ['$table'] }, 400, 'SNAPSHOT_TABLES'],
    [{ name: 'x', tables: 'a' }, 400, 'HTTP_FIELD_INVALID'],
    [{ name: 'x', tables: ['a'], entity_type: 'a' }, 400, 'HTTP_FIELD_INVALID'],
    [{ name: 'x', at: 999999 }, 400, 'LEDGER_AS_OF_UNKNOWN'],
  ])('%j makes none', async (body, status, reason) => {
    expect(await root('POST', '/api/snapshots', body)).toMatchObject({ status, body: { error: { reason } } })
  })
})
