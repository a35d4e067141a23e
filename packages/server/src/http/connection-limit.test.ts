import { connect, type Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { useTestServer } from '../testing/test-server.ts'
import { connectionLimit } from './connection-limit.ts'

test('is what is configured, and half of the files that may be open', () => {
  expect(connectionLimit(10_000, Number.POSITIVE_INFINITY)).toBe(10_000)
  expect(connectionLimit(10_000, 1_024)).toBe(512)
  expect(connectionLimit(100, 1_024)).toBe(100)
  expect(connectionLimit(100, 1)).toBe(1)
  expect(connectionLimit(1_000_000)).toBeLessThan(Number.POSITIVE_INFINITY)
})

/** Whether the server lets it live: an answer to a request, or the end. */
function isServed(socket: Socket): Promise<boolean> {
  return new Promise((resolve) => {
    socket.once('data', () => resolve(true)).once('close', () => resolve(false))
    socket.write('GET /live HTTP/1.1\r\nHost: x\r\n\r\n')
  })
}

test('one connection more is closed, until another one ends', async () => {
  const { server } = await useTestServer({ config: { connectionsMax: 3 } })
  const sockets: Socket[] = []
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
  })
  const open = () => {
    const socket = connect({ port: server.address.port, host: '127.0.0.1' }).on('error', () => {})
    sockets.push(socket)
    return isServed(socket)
  }
  for (let i = 0; i < 3; i += 1) expect(await open()).toBe(true)
  expect(await open()).toBe(false)
  sockets[0]?.destroy()
  await expect.poll(open).toBe(true)
})
