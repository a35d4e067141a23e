import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testScenarios } from '../../testing/api-scenario.ts'
import { type Account, openTestServer, rootToken, type TestServer } from '../../testing/test-server.ts'

let server: TestServer
let ada: Account

beforeAll(async () => {
  server = await openTestServer({ config: { queryRowsMax: 100, queryTimeoutMs: 500 } })
  ada = await server.signUp('ada@example.com')
})

afterAll(() => server.server.close())

const asRoot = (body: unknown) => ({ token: rootToken, body })

const rowsAtTheLimit = { hundred: new Array(100).fill(1), more: new Array(101).fill(1) }

describe('POST /api/query', () => {
  testScenarios(
    () => server,
    [
      {
        name: 'gives a result per statement, and the newest commit',
        request: 'POST /api/query',
        call: asRoot({ query: 'CREATE a:1 SET n = $n; SELECT VALUE n FROM a; RETURN NONE', vars: { n: 5 } }),
        status: 200,
        body: {
          results: [
            { status: 'ok', result: [{ id: 'a:1', n: 5 }], time_ms: expect.any(Number) },
            { status: 'ok', result: [5] },
            { status: 'ok', result: null },
          ],
          seq: expect.any(Number),
          head: expect.stringMatching(/^b2:/),
        },
        async after(_, { body }) {
          expect(Object.keys(body)).toEqual(['results', 'seq', 'head'])
          const main = await server.server.engine.database('main')
          expect(main.head()).toEqual({ seq: body.seq, head: body.head })
        },
      },
      {
        name: 'a statement that fails keeps neither those before it nor those after it from running',
        request: 'POST /api/query',
        call: asRoot({ query: "CREATE a:2; CREATE a:1; RETURN 'after'" }),
        status: 200,
        body: {
          results: [
            { status: 'ok' },
            { status: 'error', error: { code: 'CONFLICT', reason: 'QUERY_RECORD_EXISTS', status: 409 } },
            { status: 'ok', result: 'after' },
          ],
        },
      },
      {
        name: 'a text that does not parse is refused whole, with the place',
        request: 'POST /api/query',
        call: asRoot({ query: 'CREATE a:3;\nSELECT * FORM a' }),
        status: 400,
        body: { error: { code: 'INVALID_QUERY', reason: 'DQL_SYNTAX', line: 2, column: expect.any(Number) } },
        async after() {
          expect(await server.query('SELECT * FROM a:3')).toEqual([])
        },
      },
      {
        name: 'the database comes from the body',
        request: 'POST /api/query',
        call: { ...asRoot({ query: 'CREATE a', database: 'b1' }), headers: { 'x-ddb-database': 'h1' } },
        status: 200,
        body: { seq: 1 },
        after() {
          expect(server.server.engine.hasDatabase('b1')).toBe(true)
          expect(server.server.engine.hasDatabase('h1')).toBe(false)
        },
      },
      {
        name: 'or from the header',
        request: 'POST /api/query',
        call: { ...asRoot({ query: 'CREATE a' }), headers: { 'x-ddb-database': 'h1' } },
        status: 200,
        body: { seq: 1 },
      },
      {
        name: 'seq and head are those of the database that USE led to',
        request: 'POST /api/query',
        call: asRoot({ query: 'USE DB fresh; RETURN 1' }),
        status: 200,
        body: { seq: 0 },
      },
      {
        name: 'a user cannot USE another database',
        request: 'POST /api/query',
        call: async () => ({ token: ada.token, body: { query: 'USE DB b1; SELECT * FROM a' } }),
        status: 200,
        body: {
          results: [
            { status: 'error', error: { reason: 'ACCESS_ROOT_REQUIRED' } },
            { status: 'error', error: { reason: 'QUERY_USE_FAILED' } },
          ],
        },
      },
      {
        name: 'a user sees neither others’ records nor reserved tables',
        request: 'POST /api/query',
        call: async () => ({ token: ada.token, body: { query: 'SELECT * FROM a; SELECT * FROM ⟨$user⟩' } }),
        status: 200,
        body: { results: [{ result: [] }, { status: 'error', error: { reason: 'QUERY_RESERVED_NAME' } }] },
      },
      {
        name: 'root reaches no reserved table either',
        request: 'POST /api/query',
        call: asRoot({ query: 'SELECT * FROM ⟨$session⟩; UPDATE ⟨$user⟩ SET roles = ["admin"]' }),
        status: 200,
        body: {
          results: [
            { status: 'error', error: { reason: 'QUERY_RESERVED_NAME' } },
            { status: 'error', error: { reason: 'QUERY_RESERVED_NAME' } },
          ],
        },
      },
      {
        name: '$auth is the account’s record, its email and its roles',
        request: 'POST /api/query',
        call: async () => ({ token: ada.token, body: { query: 'RETURN $auth; RETURN $session.ip' } }),
        status: 200,
        async after(_, { body }) {
          expect(body.results[0].result).toMatchObject({
            id: ada.userId,
            email: 'ada@example.com',
            role: 'user',
            roles: ['user'],
          })
          expect(body.results[1].result).toBe('127.0.0.1')
        },
      },
      {
        name: 'parameters cannot pretend to be somebody',
        request: 'POST /api/query',
        call: async () => ({
          token: ada.token,
          body: { query: 'RETURN $auth.id', vars: { auth: { id: 'user:root', roles: ['admin'] } } },
        }),
        status: 200,
        after(_, { body }) {
          expect(JSON.stringify(body)).not.toContain('user:root')
        },
      },
      {
        name: 'more rows than a result may have',
        request: 'POST /api/query',
        call: asRoot({ query: 'SELECT * FROM $hundred; SELECT * FROM $more', vars: rowsAtTheLimit }),
        status: 200,
        body: { results: [{ status: 'ok' }, { status: 'error', error: { reason: 'QUERY_ROWS_EXCEEDED' } }] },
      },
      {
        name: 'a statement that takes too long is stopped',
        request: 'POST /api/query',
        call: asRoot({ query: 'FOR $i IN 0..9999 { FOR $j IN 0..9999 { LET $x = $i } }' }),
        status: 200,
        body: {
          results: [{ status: 'error', error: { code: 'TIMEOUT', reason: 'QUERY_TIMEOUT', status: 504 } }],
        },
      },
      {
        name: 'the JSON form is not there yet',
        request: 'POST /api/query',
        call: asRoot({ query: { tasks: {} } }),
        status: 400,
        body: { error: { code: 'INVALID_QUERY', reason: 'HTTP_NOT_SUPPORTED' } },
      },
      {
        name: 'no query',
        request: 'POST /api/query',
        call: asRoot({}),
        status: 400,
        body: { error: { reason: 'HTTP_FIELD_INVALID', errors: [{ field: 'query', code: 'required' }] } },
      },
      { name: 'a number as query', request: 'POST /api/query', call: asRoot({ query: 5 }), status: 400 },
      {
        name: 'a list as vars',
        request: 'POST /api/query',
        call: asRoot({ query: '1', vars: [] }),
        status: 400,
      },
      {
        name: 'nobody without a token',
        request: 'POST /api/query',
        call: { body: { query: 'RETURN 1' } },
        status: 401,
        body: { error: { reason: 'AUTH_REQUIRED' } },
      },
    ],
  )

  test('stops the query of a client that went away', async () => {
    const client = new AbortController()
    const asked = fetch(`${server.url}/api/query`, {
      method: 'POST',
      headers: { authorization: `Bearer ${rootToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ query: 'SLEEP 400ms; CREATE abandoned' }),
      signal: client.signal,
    })
    setTimeout(() => client.abort(), 100)
    await expect(asked).rejects.toThrow('aborted')
    await new Promise((resolve) => setTimeout(resolve, 600))
    expect(await server.query('SELECT * FROM abandoned')).toEqual([])
    expect(server.logLines).toContainEqual(expect.objectContaining({ path: '/api/query', status: 499 }))
  })
})
