import { describe, expect, test } from 'vitest'
import { exchangeRaw } from '../testing/raw-exchange.ts'
import { rootToken, useTestServer } from '../testing/test-server.ts'
import { version } from '../version.ts'

describe('health', () => {
  test('says that it lives, which version it is, and whether it may be sent requests', async () => {
    const server = await useTestServer()
    const ask = async (path: string) => {
      const { status, body } = await server.call('GET', path)
      return [status, body]
    }
    expect(await ask('/health')).toEqual([
      200,
      {
        status: 'ok',
        ok: true,
        service: 'dendrodb',
        engine: 'dendrodb',
        version,
        author: expect.any(String),
        startup_ready: true,
        encrypted: false,
      },
    ])
    expect(await ask('/live')).toEqual([200, { status: 'ok' }])
    expect(await ask('/ready')).toEqual([200, { status: 'ok' }])
  })

  test.each([
    ['fails', () => Promise.reject(new Error('secret path'))],
    ['does not answer', () => new Promise<never>(() => {})],
  ])('is not ready, but lives, when the store %s', async (_, read) => {
    const server = await useTestServer()
    const main = await server.server.engine.database('main')
    main.get = read
    const { status, body } = await server.call('GET', '/ready')
    expect([status, body.error.code, body.error.reason]).toEqual([503, 'UNAVAILABLE', 'HTTP_NOT_READY'])
    expect(body.error.message).not.toContain('secret')
    expect((await server.call('GET', '/live')).status).toBe(200)
  })

  test('tells operators how the server does', async () => {
    const server = await useTestServer()
    await server.query('CREATE note')
    const { status, body } = await server.call('GET', '/health/full')
    expect([status, body]).toEqual([
      200,
      {
        status: 'ok',
        service: 'dendrodb',
        version,
        uptime_secs: expect.any(Number),
        database: { name: 'main', status: 'ok', seq: 1 },
        connections: { active: expect.any(Number), max: expect.any(Number) },
        requests_in_flight: 1,
        memory: {
          resident_bytes: expect.any(Number),
          heap_bytes: expect.any(Number),
          external_bytes: expect.any(Number),
        },
      },
    ])
    expect(body.connections.active).toBeGreaterThanOrEqual(1)
    const main = await server.server.engine.database('main')
    main.get = () => Promise.reject(new Error('secret path'))
    const degraded = await server.call('GET', '/health/full')
    expect([degraded.status, degraded.body.status, degraded.body.database]).toEqual([
      503,
      'degraded',
      { name: 'main', status: 'unreadable' },
    ])
  })

  test('probes are no lines of the log at its usual level', async () => {
    const server = await useTestServer()
    for (const path of ['/health', '/health/full', '/live', '/ready', '/metrics'])
      await server.call('GET', path)
    expect(
      server.logLines.filter(({ message, level }) => message === 'request' && level !== 'debug'),
    ).toEqual([])
  })
})

describe('metrics', () => {
  test('count requests, queries and commits by route, not by record', async () => {
    const server = await useTestServer()
    for (const id of ['a', 'b']) {
      await server.call('PUT', `/api/data/note/${id}`, { token: rootToken, body: {} })
    }
    await server.call('GET', '/nowhere')
    await server.query('RETURN 1')
    const { status, headers, body } = await server.call('GET', '/metrics')
    expect([status, headers.get('content-type')]).toEqual([200, expect.stringContaining('text/plain')])
    expect(body).toContain('ddb_http_requests_total{method="PUT",path="/api/data/:table/:id",status="201"} 2')
    expect(body).toContain('ddb_http_requests_total{method="GET",path="(none)",status="404"} 1')
    expect(body).toContain('ddb_http_latency_seconds_count{method="PUT",path="/api/data/:table/:id"} 2')
    expect(body).toContain('ddb_query_duration_seconds_count{kind="data"} 2')
    expect(body).toContain('ddb_query_duration_seconds_count{kind="dql"} 1')
    expect(body).toContain('ddb_tx_total{database="main"} 2')
    expect(body).not.toContain('note')
  })

  test.each(['/metrics', '/health/full'])('%s is for the listed addresses alone', async (path) => {
    const server = await useTestServer({ config: { metricsAllowedIps: ['192.0.2.0/24'] } })
    const { status, body } = await server.call('GET', path)
    expect([status, body.error.reason]).toEqual([403, 'HTTP_METRICS_FORBIDDEN'])
  })

  test.each([
    { 'x-forwarded-for': '127.0.0.1' },
    { 'x-forwarded-for': '203.0.113.7' },
    { forwarded: 'for=203.0.113.7' },
  ])(
    'are not for whom a proxy on this machine lets through that we were not told of: %o',
    async (headers) => {
      const server = await useTestServer()
      expect((await server.call('GET', '/metrics', { headers })).status).toBe(403)
    },
  )

  test('are for listed addresses behind a proxy that is trusted, and for no others', async () => {
    const config = { trustedProxies: ['127.0.0.1'], metricsAllowedIps: ['192.0.2.7'] }
    const server = await useTestServer({ config })
    const statusFor = async (client: string) =>
      (await server.call('GET', '/metrics', { headers: { 'x-forwarded-for': client } })).status
    expect(await statusFor('192.0.2.7')).toBe(200)
    expect(await statusFor('192.0.2.8')).toBe(403)
    expect(await statusFor('192.0.2.7, 192.0.2.8')).toBe(403)
  })
})

describe('headers', () => {
  test('tell a browser to make nothing of an answer, errors included', async () => {
    const server = await useTestServer()
    for (const path of ['/live', '/nowhere', '/api/query', '/%zz']) {
      const { headers } = await server.call('GET', path)
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('x-frame-options')).toBe('DENY')
      expect(headers.get('referrer-policy')).toBe('no-referrer')
      expect(headers.get('content-security-policy')).toContain("default-src 'none'")
      expect(headers.get('cache-control')).toBe('no-store')
      expect(headers.get('strict-transport-security')).toBeNull()
      expect(headers.get('x-powered-by')).toBeNull()
      expect(headers.get('access-control-allow-origin')).toBeNull()
    }
  })
})

describe('CORS', () => {
  const origin = 'https://app.example.com'
  const preflight = { origin, 'access-control-request-method': 'PUT' }

  test('lets the listed origins in, for errors as well', async () => {
    const server = await useTestServer({ config: { corsOrigins: [origin] } })
    for (const path of ['/live', '/api/query', '/nowhere']) {
      const { headers } = await server.call('GET', path, { headers: { origin } })
      expect(headers.get('access-control-allow-origin')).toBe(origin)
      expect(headers.get('access-control-expose-headers')).toContain('X-RateLimit-Remaining')
      expect(headers.get('vary')).toBe('Origin')
    }
    const asked = await server.call('OPTIONS', '/api/data/note/x', { headers: preflight })
    expect(asked.status).toBe(204)
    expect(asked.headers.get('access-control-allow-methods')).toContain('PUT')
    expect(asked.headers.get('access-control-allow-headers')).toContain('Authorization')
    expect(asked.headers.get('access-control-max-age')).toBe('600')
  })

  test('lets no others in', async () => {
    const server = await useTestServer({ config: { corsOrigins: [origin] } })
    for (const other of [
      'https://evil.example.com',
      `${origin}.evil.com`,
      'null',
      'http://app.example.com',
    ]) {
      const { headers } = await server.call('OPTIONS', '/api/query', {
        headers: { ...preflight, origin: other },
      })
      expect(headers.get('access-control-allow-origin')).toBeNull()
      expect(headers.get('access-control-allow-methods')).toBeNull()
    }
  })

  test('a star lets everybody in', async () => {
    const server = await useTestServer({ config: { corsOrigins: ['*'] } })
    const { headers } = await server.call('GET', '/live', { headers: { origin } })
    expect(headers.get('access-control-allow-origin')).toBe('*')
  })
})

describe('the rate limit', () => {
  const limits = { userRequestsPerMinute: 4, anonymousRequestsPerMinute: 3 }
  const minuteMs = 60_000

  test('counts requests without an account by their address', async () => {
    const server = await useTestServer({ config: limits })
    const ask = () => server.call('GET', '/api/auth/me', { token: 'nonsense' })
    for (const remaining of ['2', '1', '0']) {
      const { status, headers } = await ask()
      expect([status, headers.get('x-ratelimit-limit'), headers.get('x-ratelimit-remaining')]).toEqual([
        401,
        '3',
        remaining,
      ])
    }
    const { status, headers, body } = await ask()
    expect([status, body.error.code, body.error.reason]).toEqual([429, 'RATE_LIMITED', 'HTTP_RATE_LIMITED'])
    expect([headers.get('retry-after'), body.error.retry_after_secs]).toEqual(['20', 20])
    expect(headers.get('x-ratelimit-reset')).toBe('60')
    expect((await server.call('POST', '/api/auth/signin', { body: {} })).status).toBe(429)
    server.passTime(minuteMs)
    expect((await ask()).status).toBe(401)
  })

  test('counts a signed-in user apart from the address, and root not at all', async () => {
    const server = await useTestServer({ config: limits })
    const { token } = await server.signUp('ada@example.com')
    const statuses: number[] = []
    for (let count = 0; count < 5; count += 1) {
      statuses.push((await server.call('GET', '/api/auth/me', { token })).status)
    }
    expect(statuses).toEqual([200, 200, 200, 200, 429])
    for (let count = 0; count < 10; count += 1) {
      const { status, headers } = await server.call('GET', '/api/data/a', { token: rootToken })
      expect([status, headers.get('x-ratelimit-limit')]).toEqual([200, null])
    }
    expect((await server.call('POST', '/api/auth/signin', { body: {} })).status).toBe(400)
  })

  test('leaves probes alone', async () => {
    const server = await useTestServer({ config: limits })
    for (let count = 0; count < 10; count += 1) expect((await server.call('GET', '/ready')).status).toBe(200)
  })

  test('believes X-Forwarded-For of trusted proxies alone', async () => {
    const asked = async (trustedProxies: string[], forwardedFor: string[]) => {
      const server = await useTestServer({
        config: { ...limits, anonymousRequestsPerMinute: 1, trustedProxies },
      })
      const statuses: number[] = []
      for (const address of forwardedFor) {
        const reply = await server.call('GET', '/api/auth/me', { headers: { 'x-forwarded-for': address } })
        statuses.push(reply.status)
      }
      return statuses
    }
    expect(await asked([], ['192.0.2.1', '192.0.2.2'])).toEqual([401, 429])
    expect(await asked(['192.0.2.0/24'], ['192.0.2.1', '192.0.2.2'])).toEqual([401, 429])
    expect(await asked(['127.0.0.1'], ['192.0.2.1', '192.0.2.2', '192.0.2.1'])).toEqual([401, 401, 429])
    // What a client puts in front of the address that the proxy adds counts for nothing.
    expect(await asked(['127.0.0.1'], ['1.1.1.1, 192.0.2.1', '2.2.2.2, 192.0.2.1'])).toEqual([401, 429])
    expect(await asked(['127.0.0.1'], ['nonsense', 'other nonsense'])).toEqual([401, 429])
  })
})

const head = `POST /api/query HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${rootToken}\r\n`

test.each([
  ['headers', head],
  ['body', `${head}Content-Type: application/json\r\nContent-Length: 9\r\n\r\n{`],
])('a client that is too slow with its %s is not waited for', async (_, start) => {
  const server = await useTestServer({ config: { requestTimeoutMs: 300 } })
  const { status, body } = await exchangeRaw(server.server.address.port, start)
  expect([status, JSON.parse(body).error.code]).toEqual([408, 'REQUEST_TIMEOUT'])
  expect((await server.call('GET', '/live')).status).toBe(200)
})

test('a bug is answered neutrally and logged whole', async () => {
  const server = await useTestServer()
  const { token } = await server.signUp('ada@example.com')
  const main = await server.server.engine.database('main')
  const broken = new TypeError('secret detail')
  main.run = () => Promise.reject(broken)
  const { status, headers, body } = await server.call('GET', '/api/data/a/b', { token })
  expect([status, body.error.reason]).toEqual([500, 'INTERNAL_UNEXPECTED'])
  expect(JSON.stringify(body)).not.toContain('secret')
  expect(server.logLines).toContainEqual(
    expect.objectContaining({ level: 'error', err: broken, request_id: headers.get('x-request-id') }),
  )
})

test('a line of the log says who asked for what, and no more', async () => {
  const server = await useTestServer()
  const { token, userId } = await server.signUp('ada@example.com')
  await server.call('GET', '/api/data/note?limit=5&secret=hidden', { token })
  const line = server.logLines.at(-1)
  expect(line).toEqual({
    level: 'info',
    message: 'request',
    requestId: expect.any(String),
    method: 'GET',
    path: '/api/data/note',
    status: 200,
    durationMs: expect.any(Number),
    userId,
    sessionId: expect.any(String),
  })
})
