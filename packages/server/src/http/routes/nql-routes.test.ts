import { afterAll, beforeAll, describe, expect } from 'vitest'
import { testScenarios } from '../../testing/api-scenario.ts'
import { type Account, openTestServer, rootToken, type TestServer } from '../../testing/test-server.ts'

let server: TestServer
let ada: Account

beforeAll(async () => {
  server = await openTestServer({ config: { queryRowsMax: 3 } })
  ada = await server.signUp('ada@example.com')
  await server.query(`
    CREATE fruit:1 SET name = 'apple', price = 3 EVIDENCE 'a list' CONFIDENCE 0.5;
    CREATE fruit:2 SET name = 'pear', price = 5;
    CREATE fruit:3 SET name = 'plum', price = 1;
    CREATE fruit:4 SET name = 'fig';
    DEFINE TABLE fruit PERMISSIONS FOR select WHERE price > 2;
  `)
})

afterAll(() => server.server.close())

const asRoot = (body: unknown) => ({ token: rootToken, body })

describe('POST /api/nql', () => {
  testScenarios(
    () => server,
    [
      {
        name: 'gives the rows, their number and the newest commit',
        request: 'POST /api/nql',
        call: asRoot({ query: 'FROM fruit WHERE price > 2 ORDER BY price DESC LIMIT 2' }),
        status: 200,
        body: {
          rows: [
            { id: 'fruit:2', _id: 2, name: 'pear', price: 5, _coll: 'fruit', _seq: expect.any(Number) },
            { id: 'fruit:1', name: 'apple', _evidence: 'a list', _confidence: 0.5 },
          ],
          count: 2,
          seq: expect.any(Number),
          head: expect.stringMatching(/^b2:/),
        },
        after(_, { body }) {
          expect(Object.keys(body)).toEqual(['rows', 'count', 'seq', 'head'])
        },
      },
      {
        name: 'a syntax error tells the place',
        request: 'POST /api/nql',
        call: asRoot({ query: 'FROM fruit\nWERE price > 2' }),
        status: 400,
        body: { error: { code: 'INVALID_QUERY', reason: 'NQL_SYNTAX', line: 2, column: 1 } },
      },
      {
        name: 'the rules of access hold',
        request: 'POST /api/nql',
        call: async () => ({ token: ada.token, body: { query: 'FROM fruit' } }),
        status: 200,
        body: { rows: [{ name: 'apple' }, { name: 'pear' }], count: 2 },
      },
      {
        name: 'rows are bounded',
        request: 'POST /api/nql',
        call: asRoot({ query: 'FROM fruit' }),
        status: 400,
        body: { error: { reason: 'QUERY_ROWS_EXCEEDED' } },
      },
      {
        name: 'the database comes from the body',
        request: 'POST /api/nql',
        call: asRoot({ query: 'FROM fruit', database: 'other' }),
        status: 200,
        body: { rows: [], count: 0, seq: 0 },
      },
      {
        name: 'a query is required',
        request: 'POST /api/nql',
        call: asRoot({}),
        status: 400,
        body: { error: { errors: [{ field: 'query', code: 'required' }] } },
      },
      {
        name: 'nobody asks without signing in',
        request: 'POST /api/nql',
        call: { body: { query: 'FROM fruit' } },
        status: 401,
        body: { error: { code: 'UNAUTHENTICATED' } },
      },
    ],
  )
})
