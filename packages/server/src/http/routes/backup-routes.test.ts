/** Backups over HTTP: what comes is what the engine restores, and only root gets it. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openEngine, restoreBackup } from '@dendrodb/engine'
import { expect, onTestFinished, test } from 'vitest'
import { rootToken, type TestServer, useTestServer } from '../../testing/test-server.ts'

const tmk = '0f'.repeat(32)

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ddb-backup-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

function download(server: TestServer, query: string, options: RequestInit = {}): Promise<Response> {
  const headers = { authorization: `Bearer ${rootToken}` }
  return fetch(`${server.url}/api/admin/backup${query}`, { headers, ...options })
}

async function fill(server: TestServer, texts: readonly string[]): Promise<void> {
  const database = await server.server.engine.database('main')
  for (const text of texts) await database.query(text)
}

async function restored(files: readonly Uint8Array[], masterKey?: Uint8Array): Promise<unknown> {
  const path = temporaryFolder()
  const names = files.map((bytes, at) => {
    const file = join(path, `file-${at}`)
    writeFileSync(file, bytes)
    return file
  })
  const { head } = await restoreBackup({ path, files: names, masterKey })
  const engine = await openEngine({ path, masterKey })
  const [rows] = await (await engine.database('main')).query('SELECT VALUE n FROM item ORDER BY n')
  await engine.close()
  return { head, rows }
}

test('a full backup and one that continues it restore to what the server has', async () => {
  const server = await useTestServer()
  await fill(server, ['CREATE item:1 SET n = 1', 'CREATE item:2 SET n = 2'])
  const full = await download(server, '?database=main')
  expect(full.status).toBe(200)
  expect(full.headers.get('content-type')).toBe('application/octet-stream')
  const [seq, head] = [full.headers.get('x-ddb-seq'), full.headers.get('x-ddb-head')]
  const first = await full.bytes()
  await fill(server, ['CREATE item:3 SET n = 3'])
  const next = await download(server, `?since=${seq}&head=${head}`)
  expect(next.headers.get('x-ddb-from-seq')).toBe(seq)
  const database = await server.server.engine.database('main')
  expect(await restored([first, await next.bytes()])).toEqual({ head: database.head().head, rows: [1, 2, 3] })
})

test('with a master key backups are encrypted unless asked otherwise', async () => {
  const server = await useTestServer({ config: { tmk } })
  await fill(server, ["CREATE item:1 SET n = 'needle in the haystack'"])
  const sealed = await (await download(server, '')).bytes()
  expect(Buffer.from(sealed).includes('needle')).toBe(false)
  await expect(restored([sealed])).rejects.toMatchObject({ code: 'BACKUP_KEY_MISSING' })
  expect(await restored([sealed], Buffer.from(tmk, 'hex'))).toMatchObject({
    rows: ['needle in the haystack'],
  })
  expect(await restored([await (await download(server, '?plain=true')).bytes()])).toMatchObject({
    rows: [expect.stringContaining('needle')],
  })
})

test('only root may, and a database that is not there is not made', async () => {
  const server = await useTestServer()
  const { token } = await server.signUp('ada@example.com')
  const headers = { authorization: `Bearer ${token}` }
  const forbidden = await download(server, '', { headers })
  expect(forbidden.status).toBe(403)
  expect(await forbidden.json()).toMatchObject({ error: { reason: 'AUTH_ROOT_ONLY' } })
  expect((await download(server, '', { headers: {} })).status).toBe(401)
  const unknown = await download(server, '?database=nowhere')
  expect(await unknown.json()).toMatchObject({ error: { reason: 'HTTP_DATABASE_UNKNOWN', status: 404 } })
  expect(server.server.engine.hasDatabase('nowhere')).toBe(false)
})

test.each([
  ['since=x', 400, 'HTTP_FIELD_INVALID'],
  ['since=999', 400, 'BACKUP_SINCE_UNKNOWN'],
  ['since=1&head=b2', 400, 'HTTP_FIELD_INVALID'],
  [`since=1&head=b2:${'0'.repeat(64)}`, 409, 'BACKUP_DIVERGED'],
])('%s is answered with %d', async (query, status, reason) => {
  const server = await useTestServer()
  await fill(server, ['CREATE item:1 SET n = 1'])
  const answer = await download(server, `?${query}`)
  expect(await answer.json()).toMatchObject({ error: { status, reason } })
})

test('HEAD tells what there is without sending it', async () => {
  const server = await useTestServer()
  await fill(server, ['CREATE item:1 SET n = 1'])
  const answer = await download(server, '', {
    method: 'HEAD',
    headers: { authorization: `Bearer ${rootToken}` },
  })
  expect(answer.status).toBe(200)
  expect(Number(answer.headers.get('x-ddb-seq'))).toBeGreaterThan(0)
  expect(await answer.bytes()).toHaveLength(0)
})

test('a client that goes away in the middle does no harm', async () => {
  const server = await useTestServer()
  await fill(server, ['FOR $i IN 1..=100 { CREATE item SET n = rand::string(60_000) }'])
  const controller = new AbortController()
  const headers = { authorization: `Bearer ${rootToken}` }
  const answer = await download(server, '', { headers, signal: controller.signal })
  await answer.body?.getReader().read()
  controller.abort()
  await fill(server, ['CREATE item:1 SET n = 1'])
  expect((await (await download(server, '')).bytes()).length).toBeGreaterThan(1_000_000)
})
