import { beforeAll, describe, expect, test } from 'vitest'
import { testScenarios } from '../../testing/api-scenario.ts'
import {
  type Account,
  type Call,
  openTestServer,
  rootToken,
  type TestServer,
} from '../../testing/test-server.ts'

let server: TestServer
let ada: Account
let admin: Account

beforeAll(async () => {
  server = await openTestServer()
  ada = await server.signUp('ada@example.com')
  admin = await server.signUp('admin@example.com')
  await server.call('PUT', '/api/admin/users/admin@example.com/roles', asRoot({ roles: ['admin'] }))
  admin = await server.signIn('admin@example.com')
  await server.query("INSERT INTO page [{ id: 1, text: 'one', n: 1 }, { id: 2, text: 'two', n: 2 }]")
  return () => server.server.close()
})

function asRoot(body?: unknown): Call {
  return { token: rootToken, body }
}

function on(branch: string, body?: unknown, token = rootToken): Call {
  return { token, body, headers: { 'x-ddb-branch': branch } }
}

describe('from fork to removal', () => {
  testScenarios(
    () => server,
    [
      {
        name: 'there are none at first',
        request: 'GET /api/branches',
        call: asRoot(),
        status: 200,
        body: { branches: [] },
      },
      {
        name: 'an admin makes one',
        request: 'POST /api/branches',
        call: async () => ({ token: admin.token, body: { name: 'feature/x', comment: 'what if' } }),
        status: 201,
        headers: { location: '/api/branches/feature%2Fx' },
        body: {
          name: 'feature/x',
          parent: 'main',
          comment: 'what if',
          seq: expect.any(Number),
          head: /^b2:/,
        },
      },
      {
        name: 'the same name again is a conflict',
        request: 'POST /api/branches',
        call: asRoot({ name: 'feature/x' }),
        status: 409,
        body: { error: { reason: 'BRANCH_EXISTS' } },
      },
      {
        name: 'queries go to the branch of the header',
        request: 'POST /api/query',
        call: on('feature/x', { query: "UPDATE page:1 SET text = 'ONE'; DELETE page:2; CREATE page:3" }),
        status: 200,
        body: { results: [{ status: 'ok' }, { status: 'ok' }, { status: 'ok' }] },
        async after() {
          expect(await server.query('SELECT VALUE id FROM page')).toEqual(['page:1', 'page:2'])
        },
      },
      {
        name: 'records do',
        request: 'GET /api/data/page/1',
        call: on('feature/x'),
        status: 200,
        body: { data: { text: 'ONE' } },
      },
      {
        name: 'and are written there',
        request: 'POST /api/data/page',
        call: on('feature/x', { id: '4', n: 4 }),
        status: 201,
        async after() {
          const { status } = await server.call('GET', '/api/data/page/4', asRoot())
          expect(status).toBe(404)
        },
      },
      {
        name: 'a user writes on it under the rules of main',
        request: 'POST /api/data/note',
        call: async () => on('feature/x', { id: 'a', text: 'mine' }, ada.token),
        status: 201,
        body: { data: { owner: expect.stringMatching(/^user:/) } },
      },
      {
        name: 'and sees no more than on main',
        request: 'POST /api/query',
        call: async () => on('feature/x', { query: 'SELECT VALUE id FROM page, note' }, ada.token),
        status: 200,
        body: { results: [{ result: ['note:a'] }] },
      },
      {
        name: 'one branch is told about',
        request: 'GET /api/branches/feature%2Fx',
        call: asRoot(),
        status: 200,
        body: { name: 'feature/x', forked_at: expect.any(Number) },
      },
      {
        name: 'what differs comes in pages',
        request: 'GET /api/branches/feature%2Fx/diff?limit=2&tables=page',
        call: asRoot(),
        status: 200,
        body: {
          changes: [
            { id: 'page:1', change: 'changed', fields: [{ field: 'text', old: 'one', new: 'ONE' }] },
            { id: 'page:2', change: 'removed', before: { text: 'two' } },
          ],
          has_more: true,
        },
      },
      {
        name: 'the next page',
        request: 'GET /api/branches/feature%2Fx/diff?limit=2&start=2&from=main&tables=page',
        call: asRoot(),
        status: 200,
        body: { changes: [{ id: 'page:3', change: 'added' }, { id: 'page:4' }], has_more: false },
      },
      {
        name: 'conflicts are a 409 that lists them',
        request: 'POST /api/branches/feature%2Fx/merge',
        call: async () => {
          await server.query("UPDATE page:1 SET text = 'uno'")
          return asRoot()
        },
        status: 409,
        body: {
          status: 'conflicts',
          conflict_count: 1,
          conflicts: [
            {
              id: 'page:1',
              kind: 'changed',
              fields: ['text'],
              base: { text: 'one' },
              ours: { text: 'uno' },
              theirs: { text: 'ONE' },
            },
          ],
        },
      },
      {
        name: 'a decision about a record that the branch has not changed is refused',
        request: 'POST /api/branches/feature%2Fx/merge',
        call: asRoot({ resolve: { 'page:1': 'theirs', 'page:l': 'ours' } }),
        status: 400,
        body: { error: { reason: 'BRANCH_NOTHING_TO_RESOLVE' } },
      },
      {
        name: 'and can be resolved',
        request: 'POST /api/branches/feature%2Fx/merge',
        call: async () => ({ token: admin.token, body: { resolve: { 'page:1': { text: 'both', n: 1 } } } }),
        status: 200,
        body: { status: 'merged', changed: 5, resolved: 1, conflicts: [], seq: expect.any(Number) },
        async after(_, { body }) {
          expect(await server.query('SELECT VALUE text FROM ONLY page:1')).toBe('both')
          expect(await server.query('SELECT VALUE id FROM page')).toEqual(['page:1', 'page:3', 'page:4'])
          const { body: head } = await server.call('POST', '/api/query', asRoot({ query: 'RETURN 1' }))
          expect(head.seq).toBe(body.seq)
        },
      },
      {
        name: 'a second time there is nothing to do',
        request: 'POST /api/branches/feature%2Fx/merge',
        call: asRoot({}),
        status: 200,
        body: { status: 'up_to_date' },
      },
      {
        name: 'it is removed',
        request: 'DELETE /api/branches/feature%2Fx',
        call: asRoot(),
        status: 204,
        headers: { 'x-ddb-seq': /^\d+$/, 'x-ddb-head': /^b2:/ },
      },
      {
        name: 'and gone',
        request: 'POST /api/query',
        call: on('feature/x', { query: 'RETURN 1' }),
        status: 404,
        body: { error: { reason: 'BRANCH_UNKNOWN' } },
      },
    ],
  )
})

test('questions of NQL go to the branch of the header', async () => {
  await server.call('POST', '/api/branches', asRoot({ name: 'nql' }))
  await server.call('POST', '/api/query', on('nql', { query: 'CREATE only:here' }))
  const query = { query: 'FROM only' }
  expect((await server.call('POST', '/api/nql', on('nql', query))).body.count).toBe(1)
  expect((await server.call('POST', '/api/nql', on('main', query))).body.count).toBe(0)
  expect((await server.call('POST', '/api/nql', on('nowhere', query))).status).toBe(404)
})

test('what a branch shows of a record proves nothing about the record on main', async () => {
  await server.query("CREATE note:secret SET text = 'hidden', owner = user:nobody")
  const userId = String((await server.call('GET', '/api/auth/me', { token: ada.token })).body.user_id)
  await server.call('POST', '/api/branches', asRoot({ name: 'open' }))
  await server.call('POST', '/api/query', on('open', { query: `UPDATE note:secret SET owner = ${userId}` }))
  const seen = await server.call('GET', '/api/data/note/secret', on('open', undefined, ada.token))
  expect(seen.status).toBe(200)
  const { status } = await server.call(
    'GET',
    '/api/proof?record=note:secret',
    on('open', undefined, ada.token),
  )
  expect(status).toBe(404)
})

test('a merge that is repeated under its key is answered as the first time', async () => {
  await server.call('POST', '/api/branches', asRoot({ name: 'once' }))
  await server.call('POST', '/api/query', on('once', { query: 'UPSERT counter:1 SET n = 1' }))
  const merge = () =>
    server.call('POST', '/api/branches/once/merge', {
      token: rootToken,
      body: { evidence: { ticket: 7 } },
      headers: { 'idempotency-key': 'merge-1' },
    })
  const first = await merge()
  await server.query('UPDATE counter:1 SET n = 2')
  expect(await merge()).toMatchObject({ status: 200, body: first.body })
  const info = await server.query(`INFO FOR COMMIT ${first.body.seq}`)
  expect(info).toMatchObject({ evidence: { ticket: 7, merged: { branch: 'once' } } })
})

describe('what is refused', () => {
  testScenarios(
    () => server,
    (
      [
        ['GET /api/branches', undefined],
        ['POST /api/branches', { name: 'mine' }],
        ['GET /api/branches/b', undefined],
        ['GET /api/branches/b/diff', undefined],
        ['POST /api/branches/b/merge', {}],
        ['DELETE /api/branches/b', undefined],
      ] as const
    ).map(([request, body]) => ({
      name: `${request} for a user who is no admin`,
      request,
      call: async () => ({ token: ada.token, body }),
      status: 403,
      body: { error: { reason: 'AUTH_FORBIDDEN' } },
    })),
  )

  testScenarios(
    () => server,
    (
      [
        ['POST /api/branches', { name: '../etc' }, 'BRANCH_NAME'],
        ['POST /api/branches', { name: 'x'.repeat(129) }, 'BRANCH_NAME'],
        ['POST /api/branches', { name: 'main' }, 'BRANCH_NAME'],
        ['POST /api/branches', { name: 5 }, 'HTTP_FIELD_INVALID'],
        ['POST /api/branches', {}, 'HTTP_FIELD_INVALID'],
        ['POST /api/branches', { name: 'b', at: 'soon' }, 'HTTP_FIELD_INVALID'],
        ['POST /api/branches', { name: 'b', at: -1 }, 'HTTP_FIELD_INVALID'],
        ['POST /api/branches/main/merge', { into: 'main' }, 'BRANCH_MERGE_SELF'],
        ['POST /api/branches/main/merge', { strict: 'yes' }, 'HTTP_FIELD_INVALID'],
        ['POST /api/branches/main/merge', { resolve: 'mine' }, 'BRANCH_RESOLUTION'],
        ['GET /api/branches/main/diff?limit=1001', undefined, 'HTTP_FIELD_INVALID'],
        ['GET /api/branches/main/diff?limit=0', undefined, 'HTTP_FIELD_INVALID'],
        ['GET /api/branches/main/diff?from_at=1', undefined, 'HTTP_FIELD_INVALID'],
        ['GET /api/branches/main/diff?from=main&from=main', undefined, 'HTTP_FIELD_INVALID'],
        ['DELETE /api/branches/main', undefined, 'BRANCH_IS_MAIN'],
      ] as const
    ).map(([request, body, reason]) => ({
      name: `${request} ${JSON.stringify(body)?.slice(0, 40) ?? ''}`,
      request,
      call: asRoot(body),
      status: 400,
      body: { error: { reason } },
    })),
  )

  test.each(['nowhere', '../x', '%00', 'a b', 'x'.repeat(5_000)])('the header %j', async (branch) => {
    for (const path of ['/api/query', '/api/data/page']) {
      const { status, body } = await server.call('POST', path, on(branch, { query: 'RETURN 1', n: 1 }))
      expect({ status, reason: body.error.reason }).toEqual({ status: 404, reason: 'BRANCH_UNKNOWN' })
    }
  })
})
