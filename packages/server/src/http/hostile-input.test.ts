import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { exchangeRaw } from '../testing/raw-exchange.ts'
import { openTestServer, type Reply, rootToken, type TestServer } from '../testing/test-server.ts'
import { anonymousBodyBytesMax, headerBytesMax, pathPartCharsMax } from './limits.ts'

const bodyBytesMax = 256 * 1024
let server: TestServer
let headBefore = ''

const head = async () => (await server.server.engine.database('main')).head().head

beforeAll(async () => {
  server = await openTestServer({ config: { bodyBytesMax } })
})
afterAll(() => server.server.close())

beforeEach(async () => {
  headBefore = await head()
})

/** A clear 4xx in JSON with a code; nothing stored; the server answers on. */
async function expectRefusal(
  { status, headers, body }: Reply,
  expected: number,
  reason?: string,
): Promise<void> {
  expect({ status, reason: body.error?.reason }).toEqual({
    status: expected,
    reason: reason ?? body.error?.reason,
  })
  expect(headers.get('content-type')).toBe('application/json; charset=utf-8')
  expect(body.error).toMatchObject({
    code: expect.stringMatching(/^[A-Z_]+$/),
    message: expect.any(String),
    status,
  })
  expect(JSON.stringify(body).length).toBeLessThan(2_000)
  await expectUnharmed()
}

async function expectUnharmed(): Promise<void> {
  expect(await head()).toBe(headBefore)
  expect((await server.call('GET', '/live')).status).toBe(200)
  expect(server.logLines.filter(({ level }) => level === 'error')).toEqual([])
}

const post = (raw: string | Uint8Array, headers: Record<string, string> = {}) =>
  server.call('POST', '/api/data/note', { token: rootToken, raw, headers })

describe('bodies', () => {
  test.each([
    ['nothing', ''],
    ['half an object', '{"a": 1'],
    ['two objects', '{} {}'],
    ['a trailing comma', '{"a": 1,}'],
    ['single quotes', "{'a': 1}"],
    ['NaN', '{"a": NaN}'],
    ['a control character', '{"a": "\u0001"}'],
    ['a byte order mark', '\ufeff{}'],
    ['a string', '"text"'],
    ['a number', '5'],
    ['null', 'null'],
    ['a list', '[]'],
    ['a number beyond any float', '{"a": 1e999}'],
    ['a lone surrogate', '{"a": "\\ud800"}'],
    ['an int of too many bits', `{"a": ${'9'.repeat(200)}}`],
  ])('%s', async (_, raw) => {
    await expectRefusal(await post(raw), 400)
  })

  test.each([
    ['objects', '{"a":', '1', '}'],
    ['lists', '[', '', ']'],
  ])('100,000 levels of %s', async (_, open, middle, close) => {
    const levels = 40_000
    const nested = open.repeat(levels) + middle + close.repeat(levels)
    await expectRefusal(await post(`{"deep":${nested}}`), 400, 'VALUE_TOO_DEEP')
    const vars = `{"query":"RETURN $v","vars":{"v":${nested}}}`
    const reply = await server.call('POST', '/api/query', { token: rootToken, raw: vars })
    await expectRefusal(reply, 400, 'VALUE_TOO_DEEP')
  })

  test.each([
    ['/api/query', '{"query":"RETURN 1","query":"RETURN 2"}', 'query'],
    ['/api/query', '{"query":"RETURN $a","vars":{"a":{"b":1,"b":1}}}', 'b'],
    ['/api/data/note', '{"a":1,"\\u0061":2}', 'a'],
    ['/v1/databases/main/put', '{"coll":"note","coll":"note","id":"1","doc":{}}', 'coll'],
  ])('a field that stands twice, at %s', async (path, raw, field) => {
    const { status, body } = await server.call('POST', path, { token: rootToken, raw })
    const { message } = path.startsWith('/v1') ? body : body.error
    expect([status, message]).toEqual([400, `an object has the field ${field} twice`])
    await expectUnharmed()
  })

  test('invalid UTF-8', async () => {
    await expectRefusal(await post(Buffer.from('{"a": "\xff"}', 'latin1')), 400, 'HTTP_BODY_ENCODING')
    await expectRefusal(await post(Buffer.from('7b2261223a22c0af227d', 'hex')), 400, 'HTTP_BODY_ENCODING')
    await expectRefusal(await post(Buffer.from('{"a": 1}', 'utf16le')), 400)
  })

  test('other types of content', async () => {
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/xml',
      'application/json; charset=latin1',
      'application/jsonx',
      'nonsense',
    ]) {
      await expectRefusal(await post('{}', { 'content-type': type }), 415, 'HTTP_BODY_TYPE')
    }
    await expectRefusal(await post('{}', { 'content-encoding': 'gzip' }), 415, 'HTTP_BODY_TYPE')
  })

  test('UTF-8 may be named', async () => {
    const reply = await post('{"id": "named"}', { 'content-type': 'application/json; charset="UTF-8"' })
    expect(reply.status).toBe(201)
  })

  test('the longest body, and one byte more', async () => {
    const ofLength = (length: number) => `{"id":"long","a":"${'x'.repeat(length - 20)}"}`
    const longest = ofLength(bodyBytesMax)
    expect(longest).toHaveLength(bodyBytesMax)
    expect((await post(longest)).status).toBe(201)
    headBefore = await head()
    await expectRefusal(await post(ofLength(bodyBytesMax + 1)), 413, 'HTTP_BODY_TOO_LARGE')
  })

  test('from somebody who is not signed in: a short one, and one byte more', async () => {
    const ofLength = (length: number) => `{"email":"x","password":"${'x'.repeat(length - 27)}"}`
    expect(ofLength(anonymousBodyBytesMax)).toHaveLength(anonymousBodyBytesMax)
    for (const path of ['/api/auth/signup', '/api/auth/signin', '/api/auth/refresh']) {
      const call = (raw: string) => server.call('POST', path, { raw })
      expect((await call(ofLength(anonymousBodyBytesMax))).status).toBeLessThan(413)
      const reply = await call(ofLength(anonymousBodyBytesMax + 1))
      await expectRefusal(reply, 413, 'HTTP_BODY_TOO_LARGE')
      expect(reply.body.error.message).toContain(`${anonymousBodyBytesMax} bytes`)
    }
  })

  test('a body without an end that says it has no length', async () => {
    const chunks = `${(0x10000).toString(16)}\r\n${'x'.repeat(0x10000)}\r\n`.repeat(5)
    const { status, body } = await exchangeRaw(
      server.server.address.port,
      `POST /api/data/note HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${rootToken}\r\n` +
        `Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}`,
    )
    expect([status, JSON.parse(body).error.reason]).toEqual([413, 'HTTP_BODY_TOO_LARGE'])
    await expectUnharmed()
  })

  test('fields that would change a prototype', async () => {
    for (const raw of [
      '{"__proto__": {"query": "CREATE x", "isAdmin": true}}',
      '{"constructor": {"prototype": {"query": "CREATE x"}}}',
    ]) {
      const reply = await server.call('POST', '/api/query', { token: rootToken, raw })
      await expectRefusal(reply, 400, 'HTTP_FIELD_INVALID')
    }
    expect(({} as { query?: string }).query).toBeUndefined()
  })
})

describe('queries', () => {
  test.each([
    ['a huge text', `RETURN '${'x'.repeat(200_000)}`],
    ['100,000 brackets', `RETURN ${'['.repeat(100_000)}`],
    ['100,000 parentheses', `RETURN ${'('.repeat(100_000)}1${')'.repeat(100_000)}`],
    ['100,000 minus signs', `RETURN ${'- '.repeat(100_000)}1`],
    ['a zero byte', 'SELECT * \u0000 FROM a'],
    ['only a quote', "'"],
  ])('%s', async (_, query) => {
    const reply = await server.call('POST', '/api/query', { token: rootToken, body: { query } })
    await expectRefusal(reply, 400)
  })

  test('text in a parameter stays text', async () => {
    const injected = "'; CREATE stolen; --"
    expect(await server.query('RETURN $text', { text: injected })).toBe(injected)
    await expectUnharmed()
  })
})

describe('paths', () => {
  test.each(['/%zz', '/api/data/%', '/api/data/a/%E0%A4%A', '/api/data/a/%c0%af'])(
    '%s is badly encoded',
    async (path) => {
      const { status, body } = await exchangeRaw(
        server.server.address.port,
        `GET ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${rootToken}\r\n\r\n`,
      )
      expect([status, JSON.parse(body).error.reason]).toEqual([400, 'HTTP_URL_MALFORMED'])
      await expectUnharmed()
    },
  )

  test.each([
    '/',
    '/api',
    '/api/',
    '/api/data',
    '/api/data/a/b/c',
    '/api/data/note/',
    '/api//query',
    '/API/query',
    '/api/query/',
    '/etc/passwd',
    '/admin',
    '/.env',
    '/__proto__',
    '/constructor',
  ])('%s leads nowhere', async (path) => {
    await expectRefusal(await server.call('GET', path, { token: rootToken }), 404, 'HTTP_ROUTE_UNKNOWN')
  })

  test('a slash too many makes no record', async () => {
    const reply = await server.call('PUT', '/api/data/note/', { token: rootToken, body: {} })
    await expectRefusal(reply, 404, 'HTTP_ROUTE_UNKNOWN')
  })

  test.each([
    '/api/data/',
    '/api/data//x',
    '/api/data/..%2f..%2fetc/passwd',
    '/api/data/%00/x',
    '/api/data/$user/x',
    '/api/data/%24user/x',
    '/api/data/a%20b/x',
    '/api/data/%E2%9F%A8$user%E2%9F%A9/x',
    `/api/data/${'x'.repeat(129)}/x`,
  ])('%.60s names no table', async (path) => {
    await expectRefusal(await server.call('GET', path, { token: rootToken }), 400, 'HTTP_TABLE_NAME')
  })

  test('a long path is not repeated whole', async () => {
    await expectRefusal(await server.call('GET', `/${'x'.repeat(15_000)}`), 404, 'HTTP_ROUTE_UNKNOWN')
  })

  test('the longest part, and one character more', async () => {
    const part = (length: number) => `/api/data/note/${'x'.repeat(length)}`
    const call = (path: string) => server.call('GET', path, { token: rootToken })
    await expectRefusal(await call(part(pathPartCharsMax)), 400, 'VALUE_RECORD_KEY_SIZE')
    await expectRefusal(await call(part(pathPartCharsMax + 1)), 414, 'HTTP_PATH_TOO_LONG')
  })

  test('a method that a path does not take', async () => {
    const reply = await server.call('DELETE', '/api/query', { token: rootToken })
    await expectRefusal(reply, 405, 'HTTP_METHOD_NOT_ALLOWED')
    expect(reply.headers.get('allow')).toBe('OPTIONS, POST')
    await expectRefusal(await server.call('POST', '/health', { raw: '{}' }), 405)
    await expectRefusal(await server.call('PUT', '/api/data/note', { token: rootToken, body: {} }), 405)
  })

  test('OPTIONS says what a path takes', async () => {
    const { status, headers } = await server.call('OPTIONS', '/api/data/note/x')
    expect([status, headers.get('allow')]).toEqual([204, 'DELETE, GET, HEAD, OPTIONS, PATCH, PUT'])
    expect((await server.call('OPTIONS', '/nowhere')).status).toBe(404)
  })

  test('HEAD is GET without the body', async () => {
    await server.call('PUT', '/api/data/note/head', { token: rootToken, body: { a: 1 } })
    const { status, headers, body } = await server.call('HEAD', '/api/data/note/head', { token: rootToken })
    expect([status, body]).toEqual([200, ''])
    expect(Number(headers.get('content-length'))).toBeGreaterThan(10)
    expect((await server.call('HEAD', '/api/data/note/none', { token: rootToken })).status).toBe(404)
  })
})

describe('what is no HTTP', () => {
  const port = () => server.server.address.port

  test.each([
    ['a text', 'hello\r\n\r\n'],
    ['an unknown method', 'STEAL / HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['a TLS greeting', Buffer.from('16030100a5010000a10303', 'hex')],
    ['a header without a colon', 'GET / HTTP/1.1\r\nHost: x\r\nnonsense\r\n\r\n'],
    ['two lengths', 'POST /live HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n'],
    [
      'a length and chunks, as smugglers send it',
      'POST /live HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['a length below nothing', 'POST /live HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n'],
    ['no host', 'GET /live HTTP/1.1\r\n\r\n'],
    ['two hosts', 'GET /live HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n'],
    [
      'two tokens',
      `GET /api/data/note HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${rootToken}\r\nauthorization: Bearer x\r\n\r\n`,
    ],
    [
      'a body in a coding that is not undone',
      'POST /live HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n',
    ],
    ['a line break inside a header', 'GET /live HTTP/1.1\r\nHost: x\r\nX-A: a\nb: c\rd\r\n\r\n'],
  ])('%s', async (_, bytes) => {
    const { status, headers, body } = await exchangeRaw(port(), bytes)
    expect([status, JSON.parse(body).error.reason]).toEqual([400, 'HTTP_REQUEST_MALFORMED'])
    expect(headers).toContain('x-content-type-options: nosniff')
    await expectUnharmed()
  })

  test('a tunnel', async () => {
    const { status, body } = await exchangeRaw(port(), 'CONNECT x:80 HTTP/1.1\r\nHost: x:80\r\n\r\n')
    expect([status, JSON.parse(body).error.reason]).toEqual([405, 'HTTP_METHOD_NOT_ALLOWED'])
    await expectUnharmed()
  })

  test('an expectation that nobody knows is ignored, HTTP/1.0 needs no host', async () => {
    for (const head of ['GET /live HTTP/1.1\r\nHost: x\r\nExpect: wonders', 'GET /live HTTP/1.0']) {
      const { status, body } = await exchangeRaw(port(), `${head}\r\n\r\n`)
      expect([status, JSON.parse(body)]).toEqual([200, { status: 'ok' }])
    }
  })

  test('headers that are longer than they may be', async () => {
    const bomb = `GET /live HTTP/1.1\r\nHost: x\r\nX-A: ${'x'.repeat(headerBytesMax)}\r\n\r\n`
    const { status, body } = await exchangeRaw(port(), bomb)
    expect([status, JSON.parse(body).error]).toMatchObject([
      431,
      { reason: 'HTTP_HEADERS_TOO_LARGE', status: 431 },
    ])
    const fits = `GET /live HTTP/1.1\r\nHost: x\r\nX-A: ${'x'.repeat(headerBytesMax - 100)}\r\n\r\n`
    expect((await exchangeRaw(port(), fits)).status).toBe(200)
    await expectUnharmed()
  })

  test('thousands of headers', async () => {
    const bomb = `GET /live HTTP/1.1\r\nHost: x\r\n${'a:b\r\n'.repeat(100_000)}\r\n`
    expect((await exchangeRaw(port(), bomb)).status).toBe(431)
    await expectUnharmed()
  })

  test('a client that goes away in the middle of a body', async () => {
    const cut = `POST /api/data/note HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAuthorization: Bearer ${rootToken}\r\nContent-Length: 100\r\n\r\n{"id": "cut"`
    const { connect } = await import('node:net')
    await new Promise<void>((resolve) => {
      const socket = connect({ port: port(), host: '127.0.0.1' }, () => {
        socket.write(cut, () => socket.destroy())
      })
      socket.on('close', () => resolve())
    })
    await new Promise((resolve) => setTimeout(resolve, 50))
    await expectUnharmed()
  })
})

describe('request ids', () => {
  test('one that a client brings is kept when it is a plain word', async () => {
    const { headers } = await server.call('GET', '/live', { headers: { 'x-request-id': 'trace-1:a/b.c' } })
    expect(headers.get('x-request-id')).toBe('trace-1:a/b.c')
    expect(server.logLines.some(({ requestId }) => requestId === 'trace-1:a/b.c')).toBe(true)
  })

  test.each(['a b', '{"a":1}', 'x'.repeat(129), 'é', ''])('%.20s is replaced', async (given) => {
    const { headers } = await server.call('GET', '/live', { headers: { 'x-request-id': given } })
    expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
  })

  test('also answers about errors have one', async () => {
    for (const path of ['/nowhere', '/api/query', '/%zz']) {
      const { headers } = await server.call('GET', path)
      expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
    }
  })
})
