import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { programFile } from '../../../../../scripts/testing/program-file.ts'
import { openEvents } from '../../testing/event-source.ts'
import { openTestServer, rootToken, type TestServer, useTestServer } from '../../testing/test-server.ts'
import { eventStreamsMax } from '../limits.ts'

const forgetManifest = programFile(
  new URL('../../../../engine/src/testing/forget-manifest.ts', import.meta.url),
)

const asRoot = (body?: unknown) => ({ token: rootToken, body })
const head = expect.stringMatching(/^b2:[0-9a-f]{64}$/)

function put(server: TestServer, name: string, id: string, doc: object = {}) {
  return server.call('POST', `/v1/databases/${name}/put`, asRoot({ coll: 'box', id, doc }))
}

async function useShop(): Promise<TestServer> {
  const server = await useTestServer()
  await server.call('POST', '/v1/databases', asRoot({ name: 'shop' }))
  return server
}

test('whoever follows is told where each database stands, and every write', async () => {
  const server = await useShop()
  const events = await openEvents(server, '/events', { token: rootToken })
  expect(events.response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
  expect(events.response.headers.get('x-content-type-options')).toBe('nosniff')
  await events.next(({ event, data }) => event === 'ready' && data.database === 'shop')
  const { body } = await put(server, 'shop', 'a')
  const { data } = await events.next(({ event, data: said }) => event === 'write' && said.coll === 'box')
  expect(data).toEqual({ seq: body.seq, coll: 'box', head: body.head, database: 'shop' })
  await events.close()
})

test('what is committed on a branch is told with the name of the branch', async () => {
  const server = await useTestServer()
  await server.call('POST', '/api/branches', asRoot({ name: 'sale' }))
  const events = await openEvents(server, '/events', { token: rootToken })
  await events.next(({ event }) => event === 'ready')
  const headers = { 'x-ddb-branch': 'sale' }
  const { body } = await server.call('POST', '/api/data/box', { ...asRoot({ n: 1 }), headers })
  const { data } = await events.next(({ event, data: said }) => event === 'write' && said.coll === 'box')
  expect(data).toMatchObject({ seq: body.seq, coll: 'box', branch: 'sale' })
  await events.close()
  const since = await server.call('GET', `/v1/databases/main/since?after_seq=${body.seq - 1}`, asRoot())
  expect(since.body.entries).toMatchObject([{ seq: body.seq, branch: 'sale' }])
})

test('one database alone can be followed, and its end is told', async () => {
  const server = await useShop()
  const events = await openEvents(server, '/events?database=shop', { token: rootToken })
  await server.query('CREATE other:1')
  await put(server, 'shop', 'a')
  await server.call('DELETE', '/v1/databases/shop', asRoot())
  await events.next(({ event }) => event === 'dropped')
  expect(new Set(events.events.map(({ data }) => data.database))).toEqual(new Set(['shop']))
  await events.close()
})

test('anybody may follow where that is configured', async () => {
  const server = await useTestServer({ config: { eventsAccess: 'open' } })
  const events = await openEvents(server, '/events')
  expect(events.response.status).toBe(200)
  await events.next(({ event }) => event === 'ready')
  await events.close()
})

test('a subscription gives what was written, and goes on where it broke off', async () => {
  const server = await useShop()
  for (const id of ['a', 'b', 'c']) await put(server, 'shop', id, { of: id })
  const path = '/v1/databases/shop/subscribe'
  const first = await openEvents(server, `${path}?after_seq=0`, { token: rootToken })
  const third = await first.next(({ id }) => id === '3')
  expect(first.events.map(({ id }) => id)).toEqual(['1', '2', '3'])
  expect(third).toMatchObject({
    event: 'write',
    data: { seq: 3, head, ops: [{ op: 'put' }] },
  })
  await first.close()
  await put(server, 'shop', 'd')
  const again = await openEvents(server, path, { token: rootToken, headers: { 'last-event-id': '3' } })
  await again.next(({ id }) => id === '4')
  await put(server, 'shop', 'e', { of: 'e' })
  const fifth = await again.next(({ id }) => id === '5')
  expect(again.events.map(({ id }) => id)).toEqual(['4', '5'])
  expect(fifth.data.ops[0]).toMatchObject({ op: 'put', coll: 'box', id: 'e', doc: { of: 'e', _seq: 5 } })
  await again.close()
})

test('a subscription to a collection passes over the others', async () => {
  const server = await useShop()
  const path = '/v1/databases/shop/subscribe?coll=box'
  const events = await openEvents(server, path, { token: rootToken })
  await server.call('POST', '/v1/databases/shop/put', asRoot({ coll: 'other', id: 1, doc: {} }))
  await put(server, 'shop', 'a')
  await events.next(({ data }) => data.ops.some(({ coll }: { coll: string }) => coll === 'box'))
  expect(events.events).toHaveLength(1)
  await events.close()
})

test('a database can be dropped while it is followed and asked', async () => {
  const server = await useShop()
  await put(server, 'shop', 'a')
  const events = await openEvents(server, '/v1/databases/shop/subscribe', { token: rootToken })
  const asked = Array.from({ length: 20 }, (_, n) => [
    put(server, 'shop', `x${n}`),
    server.call('POST', '/v1/databases/shop/query', asRoot({ nql: 'FROM box' })),
  ]).flat()
  const dropped = server.call('DELETE', '/v1/databases/shop', asRoot())
  for (const { status, body } of await Promise.all(asked)) {
    expect([200, 404]).toContain(status)
    if (status === 404) {
      expect(['ENGINE_DATABASE_DROPPED', 'HTTP_DATABASE_UNKNOWN']).toContain(body.code)
    }
  }
  expect((await dropped).status).toBe(200)
  const { data } = await events.next(({ event }) => event === 'end')
  expect(data).toEqual({ reason: 'ENGINE_DATABASE_DROPPED' })
  await events.ended
  expect((await server.call('GET', '/v1/databases', asRoot())).body.databases).toEqual(['main'])
})

test('HEAD is answered and over', async () => {
  const server = await useTestServer()
  for (const path of ['/events', '/v1/databases/main/subscribe']) {
    const { status, body } = await server.call('HEAD', path, { token: rootToken })
    expect({ status, body }).toEqual({ status: 200, body: '' })
  }
})

test('streams end when the server stops', async () => {
  const server = await openTestServer()
  const streams = [
    await openEvents(server, '/events', { token: rootToken }),
    await openEvents(server, '/v1/databases/main/subscribe', { token: rootToken }),
  ]
  await server.server.close()
  await Promise.all(streams.map(({ ended }) => ended))
})

test('there are as many streams as the bound says, and room again when one ends', async () => {
  const server = await useTestServer()
  const open = () => openEvents(server, '/events', { token: rootToken })
  const streams = await Promise.all(Array.from({ length: eventStreamsMax }, open))
  expect(streams.every(({ response }) => response.status === 200)).toBe(true)
  const refused = await server.call('GET', '/events', { token: rootToken })
  expect(refused).toMatchObject({ status: 503, body: { code: 'HTTP_STREAMS_TOO_MANY' } })
  await streams[0]?.close()
  await expect
    .poll(async () => {
      const next = await open()
      await next.close()
      return next.response.status
    })
    .toBe(200)
  await Promise.all(streams.map((stream) => stream.close()))
})

test('a client that does not read is cut off, and writes go on', async () => {
  const server = await useShop()
  const { port } = server.server.address
  const socket = connect(port, '127.0.0.1')
  onTestFinished(() => void socket.destroy())
  socket.on('error', () => undefined)
  socket.pause()
  socket.write(`GET /events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${rootToken}\r\n\r\n`)
  // Many tables in one commit are many frames.
  const ops = Array.from({ length: 500 }, (_, n) => ({
    op: 'put',
    coll: `${'t'.repeat(120)}${n}`,
    id: 1,
    doc: {},
  }))
  const isCutOff = () => server.logLines.some(({ path }) => path === '/events')
  for (let n = 0; n < 200 && !isCutOff(); n += 1) {
    const { status } = await server.call('POST', '/v1/databases/shop/batch', asRoot({ ops }))
    expect(status).toBe(200)
  }
  expect(isCutOff()).toBe(true)
})

async function useFolder(): Promise<{ folder: string; tip: { seq: number; head: string } }> {
  const folder = mkdtempSync(join(tmpdir(), 'ddb-daemon-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const server = await openTestServer({ config: { data: folder } })
  await server.call('POST', '/v1/databases', asRoot({ name: 'shop' }))
  const docs = Array.from({ length: 500 }, (_, n) => put(server, 'shop', `x${n}`, { n }))
  await Promise.all(docs)
  const { body: tip } = await server.call('GET', '/v1/databases/shop/tip', asRoot())
  await server.server.close()
  return { folder, tip }
}

test('without a manifest reads are answered, writes wait, and the scan is told until it is ready', async () => {
  const { folder, tip } = await useFolder()
  execFileSync(process.execPath, [forgetManifest, folder, 'shop'])
  const server = await useTestServer({ config: { data: folder } })
  const events = await openEvents(server, '/events?database=shop', { token: rootToken })
  // The database is opened by these: the scan begins after the write was refused.
  const [refused, found] = await Promise.all([
    put(server, 'shop', 'new'),
    server.call('POST', '/v1/databases/shop/query', asRoot({ nql: 'FROM box WHERE _id = "x7"' })),
  ])
  expect(found).toMatchObject({ status: 200, body: { rows: [{ n: 7 }], seq: tip.seq, head: tip.head } })
  expect(refused.status).toBe(503)
  expect(refused.body).toMatchObject({
    error: expect.stringContaining('takes no writes yet'),
    code: 'ENGINE_SCANNING',
    objects: expect.any(Number),
    of: expect.any(Number),
    rate: expect.any(Number),
    eta_s: expect.any(Number),
  })
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)

  const ready = await events.next(({ event }) => event === 'ready')
  expect(ready.data).toEqual({ seq: tip.seq, head: tip.head, database: 'shop' })
  const { body: written, status } = await put(server, 'shop', 'new')
  expect(status).toBe(200)
  const write = await events.next(({ event }) => event === 'write')
  expect(write.data).toEqual({ seq: tip.seq + 1, coll: 'box', head: written.head, database: 'shop' })
  const order = events.events.map(({ event }) => event)
  expect(order).toEqual([...order.filter((event) => event === 'scan'), 'ready', 'write'])
  expect(order).toContain('scan')
  const scan = events.events.findLast(({ event }) => event === 'scan')
  expect(scan?.data).toMatchObject({ objects: tip.seq, of: tip.seq, rate: expect.any(Number), eta_s: 0 })
  expect((await server.call('GET', '/health')).body).toMatchObject({ startup_ready: true })
  expect((await server.call('GET', '/ready')).status).toBe(200)
  expect((await server.call('GET', '/v1/databases/shop/verify', asRoot())).body.ok).toBe(true)
  await events.close()
})

test('a first scan that has failed leaves the database readable, and the server not ready', async () => {
  const { folder, tip } = await useFolder()
  execFileSync(process.execPath, [forgetManifest, folder, 'shop', '20'])
  const server = await useTestServer({ config: { data: folder } })
  const events = await openEvents(server, '/events?database=shop', { token: rootToken })
  const { body: status } = await server.call('GET', '/v1/databases/shop/status', asRoot())
  expect(status).toMatchObject({ startup_ready: false, seq: tip.seq, scan: { objects: expect.any(Number) } })
  await events.next(({ event }) => event === 'scan_failed')
  expect(await put(server, 'shop', 'new')).toMatchObject({
    status: 500,
    body: { code: 'ENGINE_SCAN_FAILED' },
  })
  const { body: found } = await server.call('GET', '/v1/databases/shop/rows/box/x7', asRoot())
  expect(found).toMatchObject({ doc: { n: 7 } })
  expect((await server.call('GET', '/health')).body).toMatchObject({ status: 'ok', startup_ready: false })
  const ready = await server.call('GET', '/ready')
  expect(ready).toMatchObject({ status: 503, body: { error: { reason: 'HTTP_NOT_READY' } } })
  expect(ready.body.error.message).toContain('the first scan of shop has failed')
  const { body: failed } = await server.call('GET', '/v1/databases/shop/status', asRoot())
  expect(failed).toMatchObject({ ok: false, startup_ready: false, scan_failed: expect.any(String) })
  expect(failed).not.toHaveProperty('scan')
  // What stands on the tree over the commits is not answered wrongly.
  expect((await server.call('POST', '/v1/databases/shop/checkpoint', asRoot({}))).status).toBe(500)
  await events.close()
})

test('everything is verified at the start where that is set', async () => {
  const { folder } = await useFolder()
  const server = await useTestServer({ config: { data: folder, verifyOnStart: 'on' } })
  const done = () => server.logLines.filter(({ message }) => message === 'the first scan is done')
  await expect.poll(done, { timeout: 60_000 }).toHaveLength(2)
  expect((await put(server, 'shop', 'new')).status).toBe(200)
})
