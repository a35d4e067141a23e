import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { rootToken, useTestServer } from '../testing/test-server.ts'

test('more databases are used than may be open, and requests in flight keep theirs', async () => {
  const data = mkdtempSync(join(tmpdir(), 'ddb-leases-'))
  onTestFinished(() => rmSync(data, { recursive: true, force: true }))
  const server = await useTestServer({ config: { data, databasesOpenMax: 4 } })
  const names = Array.from({ length: 8 }, (_, n) => `d${n}`)
  for (const name of names) {
    const { status } = await server.call('POST', '/v1/databases', { token: rootToken, body: { name } })
    expect(status).toBe(201)
  }
  // Outlasts the time after which a database counts as out of use.
  const query = 'SLEEP 3s; CREATE slow:1'
  const slow = server.call('POST', '/api/query', { token: rootToken, body: { query, database: 'd0' } })
  for (const name of [...names.slice(1), ...names.slice(1)]) {
    const body = { coll: 'a', id: 'x', doc: { name } }
    const { status } = await server.call('POST', `/v1/databases/${name}/put`, { token: rootToken, body })
    expect({ name, status }).toEqual({ name, status: 200 })
    expect(server.server.engine.openDatabases().length).toBeLessThanOrEqual(4)
  }
  expect((await slow).body.results).toMatchObject([{ status: 'ok' }, { status: 'ok' }])
  const { body } = await server.call('GET', '/v1/databases/d0', { token: rootToken })
  expect(body.collections).toEqual({ slow: 1 })
})
