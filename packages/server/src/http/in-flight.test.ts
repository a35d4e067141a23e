import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { InFlight } from './in-flight.ts'
import { answerBytesPerSecondMin } from './limits.ts'

const graceMs = 1_000
const bytes = 64 * 1024 * 1024

/** A client that asks for a large answer and reads nothing of it. */
async function stalledClient(inFlight: InFlight) {
  const answered = Promise.withResolvers<number>()
  const server = createServer((_, answer) => {
    inFlight.watch(answer)
    answer.end(Buffer.alloc(bytes))
    answered.resolve(answer.writableLength)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  const socket = connect({ port, host: '127.0.0.1' }).on('error', () => {})
  onTestFinished(() => void socket.destroy())
  socket.pause()
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
  return { socket, leftBytes: await answered.promise }
}

test('who does not read an answer is cut off when it has had the time for it', async () => {
  const inFlight = new InFlight(graceMs)
  const { socket, leftBytes } = await stalledClient(inFlight)
  const dueMs = graceMs + (leftBytes / answerBytesPerSecondMin) * 1_000
  expect(inFlight.size).toBe(1)
  inFlight.cutOffStalled(0)
  inFlight.cutOffStalled(dueMs - 1)
  expect(inFlight.size).toBe(1)
  inFlight.cutOffStalled(dueMs)
  await new Promise((resolve) => socket.on('close', resolve).resume())
  expect(inFlight.size).toBe(0)
})

test('an answer that is still being made has all the time it needs', async () => {
  const inFlight = new InFlight(graceMs)
  const server = createServer((_, answer) => inFlight.watch(answer))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const socket = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1' })
  socket.on('error', () => {}).write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
  await expect.poll(() => inFlight.size).toBe(1)
  inFlight.cutOffStalled(0)
  inFlight.cutOffStalled(Number.MAX_SAFE_INTEGER)
  expect(socket.destroyed).toBe(false)
  expect(inFlight.size).toBe(1)
})
