import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Decimal, RecordId } from '@dendrodb/protocol'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openRemote, type RemoteOptions } from './remote-connection.ts'
import { closedAddress, openTestServer, rootToken } from './testing/test-server.ts'

const database = 'main'

async function run(options: RemoteOptions, text: string) {
  return openRemote(options).run(text, { database })
}

/** Something at a port that is no DendroDB server, or behaves oddly. */
async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

describe('a server', () => {
  test('answers with every type as it is', async () => {
    const { url } = await openTestServer()
    const [outcome] = await run(
      { url, token: rootToken },
      'RETURN [1.5dec, user:1, 12345678901234567890, {1, 2}]',
    )
    expect(outcome).toMatchObject({ status: 'ok', timeMs: expect.any(Number) })
    const [decimal, id, big, set] = (outcome as unknown as { value: unknown[] }).value
    expect(decimal).toBeInstanceOf(Decimal)
    expect(id).toBeInstanceOf(RecordId)
    expect(big).toBe(12345678901234567890n)
    expect(String(set)).toBe('{1, 2}')
  })

  test('answers with the deepest record', async () => {
    const { url } = await openTestServer()
    const deep = `${'['.repeat(100)}1${']'.repeat(100)}`
    const outcomes = await run(
      { url, token: rootToken },
      `LET $a = ${deep}; CREATE t:1 SET a = ${'['.repeat(27)}$a${']'.repeat(27)}; SELECT * FROM t`,
    )
    expect(outcomes.map(({ status }) => status)).toEqual(['ok', 'ok', 'ok'])
  })

  test('gives the error of a statement as it was made', async () => {
    const { url } = await openTestServer()
    const outcomes = await run({ url, token: rootToken }, 'CREATE a:1; CREATE a:1; RETURN 3')
    expect(outcomes.map(({ status }) => status)).toEqual(['ok', 'error', 'ok'])
    expect(outcomes[1]).toMatchObject({ error: { code: 'QUERY_RECORD_EXISTS', status: 'conflict' } })
  })

  test('refuses a text that does not parse with its place', async () => {
    const { url } = await openTestServer()
    await expect(run({ url, token: rootToken }, 'SELEC 1')).rejects.toMatchObject({
      code: 'DQL_SYNTAX',
      details: { line: 1, column: 1, snippet: 'SELEC 1\n^^^^^' },
    })
  })

  test('without a token says what to give', async () => {
    const { url } = await openTestServer()
    await expect(run({ url }, 'RETURN 1')).rejects.toMatchObject({ code: 'CLI_TOKEN_MISSING' })
  })

  test('with a wrong token passes on what the server says', async () => {
    const { url } = await openTestServer()
    await expect(run({ url, token: 'wrong' }, 'RETURN 1')).rejects.toMatchObject({
      status: 'unauthenticated',
    })
  })

  test('stops a statement that is cancelled', async () => {
    const { url } = await openTestServer()
    const connection = openRemote({ url, token: rootToken })
    const controller = new AbortController()
    setTimeout(() => controller.abort(), 100)
    const sleeping = connection.run('SLEEP 30s', { database, signal: controller.signal })
    await expect(sleeping).rejects.toMatchObject({ code: 'CLI_INTERRUPTED' })
  })
})

describe('an account', () => {
  const account = { email: 'ann@example.com', password: 'a good password' }

  async function signUp(url: string) {
    const body = JSON.stringify(account)
    const headers = { 'content-type': 'application/json' }
    const { status } = await fetch(`${url}/api/auth/signup`, { method: 'POST', headers, body })
    expect(status).toBe(201)
  }

  test('signs in once and acts as itself', async () => {
    const { url } = await openTestServer()
    await signUp(url)
    const connection = openRemote({ url, account })
    const [outcome] = await connection.run('RETURN $auth.email ?? type::of($auth.id)', { database })
    expect(outcome).toMatchObject({ status: 'ok' })
    expect(await connection.run('CREATE note SET text = "mine"', { database })).toMatchObject([
      { status: 'ok' },
    ])
  })

  test('with a wrong password is refused', async () => {
    const { url } = await openTestServer()
    await signUp(url)
    const wrong = { ...account, password: 'not the password' }
    await expect(run({ url, account: wrong }, 'RETURN 1')).rejects.toMatchObject({
      status: 'invalid_credentials',
    })
  })

  test('whose access token has expired gets another one unnoticed', async () => {
    const asked: string[] = []
    const { url } = await openTestServer()
    await signUp(url)
    const proxy = await listen(async (request, response) => {
      const path = request.url ?? ''
      asked.push(path)
      const isExpired = path === '/api/query' && asked.filter((each) => each === path).length === 1
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk)
      if (isExpired) {
        response.writeHead(401, { 'content-type': 'application/json' }).end('{"error":{}}')
        return
      }
      const { accept = '*/*', authorization = '' } = request.headers
      const headers = { 'content-type': 'application/json', accept, ...(authorization && { authorization }) }
      const answer = await fetch(`${url}${path}`, { method: 'POST', headers, body: Buffer.concat(chunks) })
      response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' })
      response.end(Buffer.from(await answer.arrayBuffer()))
    })
    expect(await run({ url: proxy, account }, 'RETURN 1')).toMatchObject([{ value: 1 }])
    expect(asked).toEqual(['/api/auth/signin', '/api/query', '/api/auth/refresh', '/api/query'])
  })
})

describe('what is no server', () => {
  test('nobody', async () => {
    const url = await closedAddress()
    await expect(run({ url, token: 'x' }, 'RETURN 1')).rejects.toMatchObject({
      code: 'CLI_SERVER_UNREACHABLE',
      message: expect.stringContaining('(connection refused)'),
    })
  })

  test.each<[string, RequestListener]>([
    ['a page', (_, response) => response.end('<html>')],
    ['a page that is missing', (_, response) => response.writeHead(404).end('no')],
    ['other JSON', (_, response) => response.writeHead(400).end('{"error":"no"}')],
    ['JSON instead of what was asked for', (_, response) => response.end('{}')],
    ['CBOR that is none', (_, response) => response.setHeader('content-type', 'application/cbor').end('{}')],
    [
      'CBOR of something else',
      (_, response) => response.setHeader('content-type', 'application/cbor').end(Buffer.from([0xa0])),
    ],
  ])('%s', async (_, listener) => {
    const url = await listen(listener)
    await expect(run({ url, token: 'x' }, 'RETURN 1')).rejects.toMatchObject({ code: 'CLI_SERVER_ANSWER' })
  })

  test('one that breaks off in the middle', async () => {
    const url = await listen((_, response) => {
      response.writeHead(200, { 'content-type': 'application/cbor', 'content-length': '100' })
      response.write('x')
      setTimeout(() => response.destroy(), 20)
    })
    await expect(run({ url, token: 'x' }, 'RETURN 1')).rejects.toMatchObject({
      code: 'CLI_SERVER_UNREACHABLE',
    })
  })
})
