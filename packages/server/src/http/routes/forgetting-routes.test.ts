import { beforeAll, describe, expect, test } from 'vitest'
import { testScenarios } from '../../testing/api-scenario.ts'
import { type Call, openTestServer, rootToken, type TestServer } from '../../testing/test-server.ts'

let server: TestServer

beforeAll(async () => {
  server = await openTestServer()
  await server.query(
    "INSERT INTO page [{ id: 1, text: 'one' }, { id: 2, text: 'two' }, { id: 3, text: 'three' }]",
  )
  await server.query('RELATE page:1->link->page:2')
  return () => server.server.close()
})

function asRoot(body?: unknown): Call {
  return { token: rootToken, body }
}

describe('erasing', () => {
  testScenarios(
    () => server,
    [
      {
        name: 'a record and its edge',
        request: 'POST /api/admin/erase',
        call: asRoot({ id: 'page:1', reason: 'ticket 7' }),
        status: 200,
        body: {
          erasure: expect.stringMatching(/^⟨\$forgotten⟩:/),
          records: 2,
          versions: 2,
          commitment: expect.stringMatching(/^[0-9a-f]{64}$/),
          salt: expect.stringMatching(/^[0-9a-f]{32}$/),
          seq: expect.any(Number),
          head: expect.stringMatching(/^b2:/),
        },
        async after() {
          expect(await server.query('SELECT VALUE id FROM page')).toEqual(['page:2', 'page:3'])
          expect(await server.query('SELECT VALUE id FROM link')).toEqual([])
        },
      },
      {
        name: 'several at once',
        request: 'POST /api/admin/erase',
        call: asRoot({ ids: ['page:2', 'page:3'] }),
        status: 200,
        body: { records: 2 },
      },
      {
        name: 'what there is nothing of',
        request: 'POST /api/admin/erase',
        call: asRoot({ id: 'page:1' }),
        status: 404,
        body: { error: { reason: 'FORGET_UNKNOWN' } },
      },
      {
        name: 'nothing',
        request: 'POST /api/admin/erase',
        call: asRoot({}),
        status: 400,
        body: { error: { reason: 'HTTP_FIELD_INVALID' } },
      },
      {
        name: 'what is no id',
        request: 'POST /api/admin/erase',
        call: asRoot({ ids: [7] }),
        status: 400,
        body: { error: { reason: 'HTTP_FIELD_INVALID' } },
      },
      {
        name: 'a reason that tells',
        request: 'POST /api/admin/erase',
        call: asRoot({ id: 'page:9', reason: 'page:9' }),
        status: 404,
        body: { error: { reason: 'FORGET_UNKNOWN' } },
      },
    ],
  )

  test('ends when nothing of it is in the files', async () => {
    await expect
      .poll(async () => (await server.call('GET', '/api/admin/forgetting', asRoot())).body)
      .toEqual({ state: 'complete', pending: 0 })
  })

  test('is for administrators', async () => {
    const ada = await server.signUp('ada@example.com')
    for (const [method, path] of [
      ['POST', '/api/admin/erase'],
      ['GET', '/api/admin/forgetting'],
      ['POST', '/api/admin/compact'],
    ] as const) {
      const body = method === 'POST' ? { id: 'page:1' } : undefined
      const { status } = await server.call(method, path, { token: ada.token, body })
      expect(status, path).toBe(403)
    }
  })
})

test('compaction says how many bytes there were and are', async () => {
  const { status, body } = await server.call('POST', '/api/admin/compact', asRoot())
  expect(status).toBe(200)
  expect(body).toEqual({ bytes_before: expect.any(Number), bytes_after: expect.any(Number) })
})
