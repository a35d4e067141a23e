import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testScenarios } from '../../testing/api-scenario.ts'
import {
  type Account,
  openTestServer,
  rootToken,
  type TestServer,
  useTestServer,
} from '../../testing/test-server.ts'

const password = 'correct horse'
const minutes = 60_000

describe('sign-up', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await openTestServer()
  })
  afterAll(() => server.server.close())

  testScenarios(
    () => server,
    [
      {
        name: 'makes an account and signs it in',
        request: 'POST /api/auth/signup',
        call: { body: { email: ' Ada@Example.com', password, name: ' Ada Lovelace ' } },
        status: 201,
        body: {
          user_id: expect.stringMatching(/^user:[0-9A-Z]{26}$/),
          email: 'ada@example.com',
          access_token: expect.stringMatching(/^eyJ/),
          refresh_token: expect.stringMatching(/^[\w-]{43}$/),
          expires_in: 900,
          token_type: 'Bearer',
        },
        async after(_, { body }) {
          const me = await server.call('GET', '/api/auth/me', { token: body.access_token })
          expect(me.status).toBe(200)
          expect(me.body).toEqual({
            user_id: body.user_id,
            email: 'ada@example.com',
            name: 'Ada Lovelace',
            roles: ['user'],
            session_id: expect.stringMatching(/^[0-9a-f]{32}$/),
            created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
          })
        },
      },
      {
        name: 'with an email that is taken, however it is written, is a conflict',
        request: 'POST /api/auth/signup',
        call: { body: { email: 'ADA@example.com', password } },
        status: 409,
        body: { error: { code: 'CONFLICT', reason: 'AUTH_EMAIL_TAKEN' } },
      },
      {
        name: 'without an address',
        request: 'POST /api/auth/signup',
        call: { body: { email: 'ada', password } },
        status: 400,
        body: { error: { reason: 'AUTH_EMAIL_INVALID', errors: [{ field: 'email', code: 'format' }] } },
      },
      {
        name: 'with a password of 7 characters',
        request: 'POST /api/auth/signup',
        call: { body: { email: 'bob@example.com', password: '1234567' } },
        status: 400,
        body: { error: { reason: 'AUTH_PASSWORD_LENGTH', errors: [{ field: 'password', code: 'length' }] } },
      },
      {
        name: 'with a password of 129 characters',
        request: 'POST /api/auth/signup',
        call: { body: { email: 'bob@example.com', password: 'x'.repeat(129) } },
        status: 400,
      },
      {
        name: 'with a name of 201 characters',
        request: 'POST /api/auth/signup',
        call: { body: { email: 'bob@example.com', password, name: 'x'.repeat(201) } },
        status: 400,
        body: { error: { reason: 'AUTH_NAME_INVALID' } },
      },
      {
        name: 'without a password',
        request: 'POST /api/auth/signup',
        call: { body: { email: 'bob@example.com' } },
        status: 400,
        body: { error: { reason: 'HTTP_FIELD_INVALID', errors: [{ field: 'password', code: 'required' }] } },
      },
      {
        name: 'with an email of another type',
        request: 'POST /api/auth/signup',
        call: { body: { email: { $ne: '' }, password } },
        status: 400,
        body: { error: { errors: [{ field: 'email', code: 'type' }] } },
      },
      {
        name: 'in a database that is not there makes none',
        request: 'POST /api/auth/signup',
        call: { body: { email: 'bob@example.com', password }, headers: { 'x-ddb-database': 'nowhere' } },
        status: 404,
        body: { error: { reason: 'HTTP_DATABASE_UNKNOWN' } },
        after() {
          expect(server.server.engine.hasDatabase('nowhere')).toBe(false)
        },
      },
      {
        name: 'cannot choose roles',
        request: 'POST /api/auth/signup',
        call: { body: { email: 'eve@example.com', password, roles: ['admin'], name: 'x'.repeat(200) } },
        status: 201,
        async after(_, { body }) {
          const me = await server.call('GET', '/api/auth/me', { token: body.access_token })
          expect(me.body.roles).toEqual(['user'])
        },
      },
    ],
  )

  test('two at the same moment with one email make one account', async () => {
    const body = { email: 'twin@example.com', password }
    const replies = await Promise.all([1, 2].map(() => server.call('POST', '/api/auth/signup', { body })))
    expect(replies.map(({ status }) => status).sort()).toEqual([201, 409])
  })

  test('makes a profile that its user alone reads and changes, and nobody deletes', async () => {
    const bob = await server.signUp('bob2@example.com')
    const eve = await server.signUp('eve2@example.com')
    const path = `/api/data/${bob.userId.replace(':', '/')}`
    const status = async (method: string, token: string, body?: object) =>
      (await server.call(method, path, { token, body })).status
    expect(await status('GET', bob.token)).toBe(200)
    expect(await status('PATCH', bob.token, { motto: 'hello' })).toBe(200)
    expect(await status('GET', eve.token)).toBe(404)
    expect(await status('PATCH', eve.token, { motto: 'bye' })).toBe(404)
    expect(await status('DELETE', bob.token)).toBe(404)
    expect((await server.call('POST', '/api/data/user', { token: eve.token, body: {} })).status).toBe(403)
    expect(await server.query(`SELECT VALUE motto FROM ${bob.userId}`)).toEqual(['hello'])
  })

  test('leaves a table that the application made alone', async () => {
    const own = await useTestServer()
    await own.query('DEFINE TABLE user TYPE RELATION; RELATE a:1->user->a:2')
    const { token } = await own.signUp('ada@example.com')
    expect((await own.call('GET', '/api/auth/me', { token })).status).toBe(200)
    expect(await own.query('RETURN count((SELECT * FROM user))')).toBe(1)
  })

  test('the same email may have an account in each database', async () => {
    await server.call('PUT', '/api/data/a/1', {
      token: rootToken,
      body: {},
      headers: { 'x-ddb-database': 'other' },
    })
    const elsewhere = await server.signUp('ada@example.com', password, {
      headers: { 'x-ddb-database': 'other' },
    })
    const here = await server.call('GET', '/api/auth/me', { token: elsewhere.token })
    expect([here.status, here.body.error.reason]).toEqual([401, 'AUTH_TOKEN_DATABASE'])
  })
})

describe('sign-in', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await openTestServer()
    await server.signUp('ada@example.com')
  })
  afterAll(() => server.server.close())

  const signIn = async (body: object) => {
    const { status, body: answer, headers } = await server.call('POST', '/api/auth/signin', { body })
    return { status, reason: answer.error?.reason, retryAfter: headers.get('retry-after'), answer }
  }

  test('with the right password, however the email is written', async () => {
    expect(await signIn({ email: ' ADA@example.com ', password })).toMatchObject({ status: 200 })
  })

  test('a wrong password, an unknown email and no email at all are answered alike', async () => {
    const replies = [
      await signIn({ email: 'ada@example.com', password: 'wrong horse' }),
      await signIn({ email: 'nobody@example.com', password: 'wrong horse' }),
      await signIn({ email: 'nobody', password: 'wrong horse' }),
      await signIn({ email: 'ada@example.com', password: 'x'.repeat(10_000) }),
    ]
    for (const { status, reason, answer } of replies) {
      expect([status, reason]).toEqual([401, 'AUTH_CREDENTIALS_INVALID'])
      expect(answer).toEqual(replies[0]?.answer)
    }
  })

  test('failures slow down, for the right password as well', async () => {
    const wrong = { email: 'ada@example.com', password: 'wrong horse' }
    server.passTime(60 * minutes)
    for (let count = 1; count <= 5; count += 1) expect(await signIn(wrong)).toMatchObject({ status: 401 })
    expect(await signIn({ email: 'ada@example.com', password })).toMatchObject({
      status: 429,
      reason: 'AUTH_TOO_MANY_ATTEMPTS',
      retryAfter: '1',
      answer: { error: { code: 'RATE_LIMITED', retry_after_secs: 1 } },
    })
    server.passTime(1000)
    expect(await signIn({ email: 'ada@example.com', password })).toMatchObject({ status: 200 })
  })
})

describe('a session', () => {
  let server: TestServer
  let ada: Account
  beforeAll(async () => {
    server = await openTestServer()
    await server.signUp('ada@example.com')
  })
  afterAll(() => server.server.close())

  const refresh = (refreshToken: string) =>
    server.call('POST', '/api/auth/refresh', { body: { refresh_token: refreshToken } })
  const me = async (token: string) => {
    const { status, body } = await server.call('GET', '/api/auth/me', { token })
    return status === 200 ? 'ok' : body.error.reason
  }

  test('is continued by a refresh, which gives new tokens for the same session', async () => {
    ada = await server.signIn('ada@example.com')
    server.passTime(16 * minutes)
    expect(await me(ada.token)).toBe('AUTH_TOKEN_EXPIRED')
    const { status, body } = await refresh(ada.refreshToken)
    expect(status).toBe(200)
    expect(body).toMatchObject({ user_id: ada.userId, expires_in: 900, token_type: 'Bearer' })
    expect(body.refresh_token).not.toBe(ada.refreshToken)
    expect(await me(body.access_token)).toBe('ok')
  })

  test('ends for thief and owner alike when a refresh token is used twice', async () => {
    const { token, refreshToken } = await server.signIn('ada@example.com')
    const { body: first } = await refresh(refreshToken)
    expect(await me(token)).toBe('ok')
    const again = await refresh(refreshToken)
    expect([again.status, again.body.error.reason]).toEqual([401, 'AUTH_REFRESH_REUSED'])
    expect((await refresh(first.refresh_token)).status).toBe(401)
    expect(await me(token)).toBe('AUTH_SESSION_ENDED')
    expect(await me(first.access_token)).toBe('AUTH_SESSION_ENDED')
  })

  test('ends with all tokens of its sign-in, however old the one that is used again, and no other', async () => {
    const other = await server.signIn('ada@example.com')
    const { token, refreshToken } = await server.signIn('ada@example.com')
    const { body: second } = await refresh(refreshToken)
    const { body: third } = await refresh(second.refresh_token)
    expect((await refresh(refreshToken)).body.error.reason).toBe('AUTH_REFRESH_REUSED')
    expect((await refresh(third.refresh_token)).status).toBe(401)
    for (const each of [token, second.access_token, third.access_token]) {
      expect(await me(each)).toBe('AUTH_SESSION_ENDED')
    }
    expect(await me(other.token)).toBe('ok')
    expect((await refresh(other.refreshToken)).status).toBe(200)
  })

  test('of two refreshes at the same moment one wins and the session is ended', async () => {
    const { refreshToken } = await server.signIn('ada@example.com')
    const replies = await Promise.all([refresh(refreshToken), refresh(refreshToken)])
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 401])
    const winner = replies.find(({ status }) => status === 200)
    expect(await me(winner?.body.access_token)).toBe('AUTH_SESSION_ENDED')
  })

  test('ends at its sign-out, at once and for both tokens', async () => {
    const { token, refreshToken } = await server.signIn('ada@example.com')
    expect(await me(token)).toBe('ok')
    expect((await server.call('POST', '/api/auth/signout', { token })).status).toBe(204)
    expect(await me(token)).toBe('AUTH_SESSION_ENDED')
    expect((await refresh(refreshToken)).status).toBe(401)
    expect((await server.call('POST', '/api/auth/signout', { token })).status).toBe(401)
  })

  test('lasts a day, whatever is refreshed', async () => {
    let { refreshToken } = await server.signIn('ada@example.com')
    for (let hour = 1; hour < 24; hour += 1) {
      server.passTime(60 * minutes)
      const { status, body } = await refresh(refreshToken)
      expect(status).toBe(200)
      refreshToken = body.refresh_token
    }
    server.passTime(50 * minutes)
    const last = await refresh(refreshToken)
    expect(last.body.expires_in).toBe(600)
    server.passTime(10 * minutes)
    expect(await me(last.body.access_token)).toBe('AUTH_TOKEN_EXPIRED')
    expect((await refresh(last.body.refresh_token)).body.error.reason).toBe('AUTH_REFRESH_INVALID')
  })

  test('five a user has; the sixth ends the oldest', async () => {
    server.passTime(25 * 60 * minutes)
    const sessions: Account[] = []
    for (let count = 1; count <= 6; count += 1) {
      sessions.push(await server.signIn('ada@example.com'))
      server.passTime(1)
      for (const { token } of sessions.slice(-5)) expect(await me(token)).toBe('ok')
    }
    expect(await me(sessions[0]?.token ?? '')).toBe('AUTH_SESSION_ENDED')
    expect((await refresh(sessions[0]?.refreshToken ?? '')).status).toBe(401)
  })

  test.each(['', 'x', 'A'.repeat(43), 'A'.repeat(42), '!'.repeat(43), 'x'.repeat(10_000), '⟨$user⟩:x'])(
    '%.20s is no refresh token',
    async (token) => {
      const { status, body } = await refresh(token)
      expect([status, body.error.reason]).toEqual([401, 'AUTH_REFRESH_INVALID'])
    },
  )

  test('what is stored gives neither tokens nor passwords away', async () => {
    const { token, refreshToken } = await server.signIn('ada@example.com', password, {
      headers: { 'user-agent': 'x'.repeat(300) },
    })
    const main = await server.server.engine.database('main')
    const session = { isSystem: true, isRoot: true }
    const [users, sessions] = await main.query(
      'SELECT * FROM ⟨$user⟩; SELECT * FROM ⟨$session⟩',
      {},
      { session },
    )
    expect((users as { password: string }[]).every((user) => user.password.startsWith('$argon2id$'))).toBe(
      true,
    )
    const half = Buffer.from(refreshToken, 'base64url').subarray(0, 16)
    for (const { id, refresh: hash } of sessions as { id: { key: string }; refresh: Uint8Array }[]) {
      expect(hash).toHaveLength(32)
      expect(Buffer.from(hash).includes(half)).toBe(false)
      expect(id.key).not.toBe(half.toString('hex'))
    }
    expect(
      (sessions as { user_agent: string }[]).some(({ user_agent }) => user_agent === 'x'.repeat(256)),
    ).toBe(true)
    const log = JSON.stringify(server.logLines)
    for (const secret of [password, token, refreshToken, rootToken]) expect(log).not.toContain(secret)
  })

  test('root has none', async () => {
    for (const [method, path] of [
      ['GET', '/api/auth/me'],
      ['POST', '/api/auth/signout'],
    ] as const) {
      const { status, body } = await server.call(method, path, { token: rootToken })
      expect([status, body.error.reason]).toEqual([400, 'AUTH_ROOT_HAS_NO_ACCOUNT'])
    }
  })
})

describe('roles', () => {
  let server: TestServer
  let ada: Account
  let bob: Account
  beforeAll(async () => {
    server = await openTestServer()
    ada = await server.signUp('ada@example.com')
    bob = await server.signUp('bob@example.com')
  })
  afterAll(() => server.server.close())

  const setRoles = (user: string, roles: unknown, token?: string) =>
    server.call('PUT', `/api/admin/users/${user}/roles`, { token, body: { roles } })

  test('nobody gives them to oneself', async () => {
    for (const token of [ada.token, undefined]) {
      const { status, body } = await setRoles(ada.userId, ['admin'], token)
      expect([status, body.error.reason]).toEqual(
        token === undefined ? [401, 'AUTH_REQUIRED'] : [403, 'AUTH_FORBIDDEN'],
      )
    }
    expect((await server.call('GET', '/api/auth/me', { token: ada.token })).body.roles).toEqual(['user'])
  })

  test('root makes the first admin, who is one from the next request on and makes others', async () => {
    await server.call('POST', '/api/data/note', { token: bob.token, body: { id: 'secret' } })
    const read = async () => (await server.call('GET', '/api/data/note/secret', { token: ada.token })).status
    expect(await read()).toBe(404)
    const { status, body } = await setRoles('ada@example.com', ['admin', 'user', 'admin'], rootToken)
    expect([status, body]).toEqual([
      200,
      { user_id: ada.userId, email: 'ada@example.com', roles: ['admin', 'user'] },
    ])
    expect(await read()).toBe(200)
    expect((await setRoles(bob.userId, ['editor'], ada.token)).status).toBe(200)
    expect((await setRoles(ada.userId.slice(5), ['user'], rootToken)).status).toBe(200)
    expect(await read()).toBe(404)
  })

  test.each([
    [{ roles: ['root'] }, 400],
    [{ roles: ['Admin'] }, 400],
    [{ roles: ['a'.repeat(33)] }, 400],
    [{ roles: ['a'.repeat(32)] }, 200],
    [{ roles: Array.from({ length: 17 }, (_, n) => `r${n}`) }, 400],
    [{ roles: Array.from({ length: 16 }, (_, n) => `r${n}`) }, 200],
    [{ roles: 'admin' }, 400],
    [{ roles: [1] }, 400],
    [{}, 400],
    [{ roles: [] }, 200],
  ])('%j is answered with %i', async (body, status) => {
    const path = `/api/admin/users/${bob.userId}/roles`
    expect((await server.call('PUT', path, { token: rootToken, body })).status).toBe(status)
  })

  test('of nobody', async () => {
    for (const user of ['nobody@example.com', 'user:nobody', 'nobody']) {
      expect((await setRoles(user, ['user'], rootToken)).body.error.reason).toBe('AUTH_USER_UNKNOWN')
    }
  })
})
