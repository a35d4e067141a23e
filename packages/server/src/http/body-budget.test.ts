import { connect } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { useTestServer } from '../testing/test-server.ts'
import { shortBodyBytesMax } from './limits.ts'

const longest = 4 * shortBodyBytesMax

test('bodies of requests in work are bounded together, short ones are not', async () => {
  const server = await useTestServer({ config: { bodyBytesMax: longest, bodiesBytesMax: longest } })
  const { token } = await server.signUp('ada@example.org')
  const send = (bytes: number) =>
    server.call('POST', '/api/query', { token, raw: JSON.stringify({ query: 'RETURN 1' }).padEnd(bytes) })

  const slow = connect({ port: Number(new URL(server.url).port), host: '127.0.0.1' }).on('error', () => {})
  onTestFinished(() => void slow.destroy())
  const head = ['POST /api/query HTTP/1.1', 'Host: x', `Authorization: Bearer ${token}`]
  const sent = [...head, 'Content-Type: application/json', `Content-Length: ${longest}`, '', '{'].join('\r\n')
  slow.write(sent)

  await expect.poll(async () => (await send(shortBodyBytesMax + 1)).status).toBe(503)
  const refused = await send(shortBodyBytesMax + 1)
  expect(refused.headers.get('retry-after')).toBe('1')
  expect(refused.body.error.reason).toBe('HTTP_BODIES_TOO_MANY')
  expect((await send(shortBodyBytesMax)).status).toBe(200)

  slow.destroy()
  await expect.poll(async () => (await send(longest)).status).toBe(200)
  expect((await send(longest)).status).toBe(200)
})
