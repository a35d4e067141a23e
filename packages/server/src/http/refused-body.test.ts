import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { openTestServer, rootToken, type TestServer } from '../testing/test-server.ts'
import { refusedBodyBytesMax } from './limits.ts'

const bodyBytesMax = 1024 * 1024
let server: TestServer

beforeAll(async () => {
  server = await openTestServer({ config: { bodyBytesMax, daemonToken: rootToken } })
})
afterAll(() => server.server.close())

const tooLong = 'x'.repeat(24 * bodyBytesMax)

/** A connection with the head of a request written, and all that is answered. */
async function open(framing: string, path = '/api/data/t'): Promise<{ socket: Socket; text: () => string }> {
  const socket = connect({ port: server.server.address.port, host: '127.0.0.1' })
  onTestFinished(() => void socket.destroy())
  let received = ''
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    received += chunk
  })
  socket.on('error', () => {})
  await once(socket, 'connect')
  const head = [`POST ${path} HTTP/1.1`, 'Host: x', `Authorization: Bearer ${rootToken}`]
  socket.write([...head, 'Content-Type: application/json', framing, '', ''].join('\r\n'))
  return { socket, text: () => received }
}

test.each(['/api/data/t', '/v1/databases/main/put', '/api/auth/signin'])(
  'a client that sends all before it reads is answered at %s',
  async (path) => {
    const { socket, text } = await open(`Content-Length: ${tooLong.length}`, path)
    socket.pause()
    socket.write(tooLong, (error) => {
      expect(error ?? undefined).toBeUndefined()
      socket.resume()
    })
    await once(socket, 'close')
    expect(text()).toMatch(/^HTTP\/1\.1 413 /)
    expect(text().toLowerCase()).toContain('\r\nconnection: close\r\n')
    expect(text()).toContain('"HTTP_BODY_TOO_LARGE"')
  },
)

test.each([1, 8, 24])('fetch of %d MiB over the bound sees the answer', async (mebibytes) => {
  const call = { token: rootToken, raw: 'x'.repeat(bodyBytesMax * (1 + mebibytes)) }
  for (let i = 0; i < 5; i += 1) {
    const { status, body } = await server.call('POST', '/api/data/t', call)
    expect([status, body.error.reason]).toEqual([413, 'HTTP_BODY_TOO_LARGE'])
  }
})

test('who reads at once is answered before all is sent', async () => {
  const { socket, text } = await open(`Content-Length: ${tooLong.length}`)
  await expect.poll(text).toContain('"HTTP_BODY_TOO_LARGE"')
  expect(socket.destroyed).toBe(false)
  const before = server.logLines.length
  socket.destroy()
  await expect.poll(() => server.logLines.slice(before)).toMatchObject([{ message: 'request', status: 413 }])
})

test('who sends without an end is cut off', async () => {
  const { socket, text } = await open('Transfer-Encoding: chunked')
  const chunk = `100000\r\n${'x'.repeat(0x10_0000)}\r\n`
  let sent = 0
  while (!socket.destroyed && sent < 4 * refusedBodyBytesMax) {
    sent += chunk.length
    await new Promise((resolve) => socket.write(chunk, resolve))
  }
  expect(text()).toMatch(/^HTTP\/1\.1 413 /)
  expect(sent).toBeGreaterThan(refusedBodyBytesMax)
  expect(sent).toBeLessThan(4 * refusedBodyBytesMax)
})

test('who sends no more is cut off', async () => {
  const { socket, text } = await open(`Content-Length: ${tooLong.length}`)
  socket.write('x')
  await once(socket, 'close')
  expect(text()).toMatch(/^HTTP\/1\.1 413 /)
}, 10_000)

test('what comes behind the body is not carried out', async () => {
  const { socket, text } = await open(`Content-Length: ${2 * bodyBytesMax}`)
  const next = ['POST /api/data/smuggled HTTP/1.1', 'Host: x', `Authorization: Bearer ${rootToken}`]
  const request = [...next, 'Content-Type: application/json', 'Content-Length: 2', '', '{}'].join('\r\n')
  socket.write('x'.repeat(2 * bodyBytesMax) + request)
  await once(socket, 'close')
  expect(text().match(/HTTP\/1\.1/g)).toHaveLength(1)
  expect(await server.query('RETURN count(SELECT * FROM smuggled)')).not.toBe(1)
})

test('what is wrong with the rest of it is not answered again', async () => {
  const { socket, text } = await open('Transfer-Encoding: chunked')
  const chunk = `200000\r\n${'x'.repeat(0x20_0000)}\r\n`
  socket.write(`${chunk}nonsense\r\n`)
  await once(socket, 'close')
  expect(text().match(/HTTP\/1\.1/g)).toHaveLength(1)
}, 10_000)

test('bodies refused by their length leave room for others', async () => {
  for (let i = 0; i < 80; i += 1) await open(`Content-Length: ${tooLong.length}`)
  const raw = JSON.stringify({ query: 'RETURN 1' }).padEnd(bodyBytesMax)
  expect((await server.call('POST', '/api/query', { token: rootToken, raw })).status).toBe(200)
})
