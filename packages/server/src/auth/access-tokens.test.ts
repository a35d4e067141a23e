import { createHmac, createPublicKey, generateKeyPairSync, sign } from 'node:crypto'
import { RecordId } from '@dendrodb/protocol'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Account, openTestServer, rootToken, type TestServer } from '../testing/test-server.ts'
import { AccessTokens } from './access-tokens.ts'
import { accessTokenCharsMax } from './limits.ts'
import { SigningKeys } from './signing-keys.ts'

type Json = Readonly<Record<string, unknown>>

const encode = (value: Json) => Buffer.from(JSON.stringify(value)).toString('base64url')

function parts(token: string): { readonly header: Json; readonly payload: Json; readonly signature: string } {
  const [header = '', payload = '', signature = ''] = token.split('.')
  const decode = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString()) as Json
  return { header: decode(header), payload: decode(payload), signature }
}

describe('tokens at the door', () => {
  let server: TestServer
  let ada: Account

  beforeAll(async () => {
    server = await openTestServer()
    ada = await server.signUp('ada@example.com')
  })
  afterAll(() => server.server.close())

  const reasonFor = async (authorization: string) => {
    const { status, body } = await server.call('GET', '/api/auth/me', { headers: { authorization } })
    expect(status === 200 || status === 401).toBe(true)
    return status === 200 ? 'ok' : body.error.reason
  }
  const reasonOf = (token: string) => reasonFor(`Bearer ${token}`)

  test('claims say who, which session, which database and which roles', () => {
    const { header, payload } = parts(ada.token)
    expect(header).toEqual({ alg: 'RS256', typ: 'at+jwt', kid: expect.stringMatching(/^[\w-]{22}$/) })
    expect(payload).toEqual({
      iss: 'dendrodb',
      aud: 'dendrodb',
      sub: ada.userId,
      sid: expect.stringMatching(/^[0-9a-f]{32}$/),
      db: 'main',
      roles: ['user'],
      iat: expect.any(Number),
      exp: (payload.iat as number) + 900,
    })
  })

  test('a good token is good again and again', async () => {
    expect([await reasonOf(ada.token), await reasonOf(ada.token)]).toEqual(['ok', 'ok'])
    expect(await reasonFor(`bearer   ${ada.token} `)).toBe('ok')
  })

  test('a changed payload or header breaks the signature', async () => {
    const { header, payload, signature } = parts(ada.token)
    const admin = encode({ ...payload, roles: ['admin'] })
    expect(await reasonOf(`${encode(header)}.${admin}.${signature}`)).toBe('AUTH_TOKEN_INVALID')
    const other = encode({ ...header, extra: 1 })
    expect(await reasonOf(`${other}.${encode(payload)}.${signature}`)).toBe('AUTH_TOKEN_INVALID')
  })

  test('no algorithm, and a signature by somebody else’s key, are refused', async () => {
    const { header, payload } = parts(ada.token)
    for (const alg of ['none', 'None', 'NONE']) {
      expect(await reasonOf(`${encode({ ...header, alg })}.${encode(payload)}.`)).toBe('AUTH_TOKEN_INVALID')
    }
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    for (const changes of [
      {},
      { kid: 'mine' },
      { kid: undefined },
      { kid: ['x'] },
      { jwk: {}, kid: undefined },
    ]) {
      const signed = `${encode({ ...header, ...changes })}.${encode(payload)}`
      const signature = sign('sha256', Buffer.from(signed), privateKey).toString('base64url')
      expect(await reasonOf(`${signed}.${signature}`)).toBe('AUTH_TOKEN_INVALID')
    }
  })

  test('a token has one spelling', async () => {
    for (const spelled of [`${ada.token}=`, `${ada.token}==`, ada.token.replace('.', '=.')]) {
      expect(await reasonOf(spelled)).toBe('AUTH_TOKEN_INVALID')
    }
  })

  test.each(['', '.', '..', 'a.b.c', 'null', 'undefined', '%00', '{}', '[object Object]'])(
    '%j is no token',
    async (token) => {
      expect(await reasonOf(token)).toBe('AUTH_TOKEN_INVALID')
    },
  )

  test('a token cut short anywhere is refused', async () => {
    const { length } = ada.token
    for (const end of [1, 10, 36, 100, length - 300, length - 2, length - 1]) {
      expect(await reasonOf(ada.token.slice(0, end))).toBe('AUTH_TOKEN_INVALID')
    }
  })

  test('a token that is longer than one may be is not looked at', async () => {
    const reply = await server.call('GET', '/api/auth/me', { token: 'x'.repeat(accessTokenCharsMax + 1) })
    expect(reply.body.error.message).toContain('too long')
    const shorter = await server.call('GET', '/api/auth/me', { token: 'x'.repeat(accessTokenCharsMax) })
    expect(shorter.body.error.message).toContain('malformed')
  })

  test('other schemes, and parts of the root token, are refused', async () => {
    const basic = Buffer.from('ada@example.com:correct horse').toString('base64')
    for (const authorization of [`Basic ${basic}`, ada.token, rootToken, 'Bearer', `Bearer ${ada.token} x`]) {
      expect(await reasonFor(authorization)).toBe('AUTH_TOKEN_INVALID')
    }
    for (const token of [rootToken.slice(1), `${rootToken}x`, rootToken.toUpperCase()]) {
      expect(await reasonOf(token)).toBe('AUTH_TOKEN_INVALID')
    }
  })

  test('a token expires to the second, whether it was seen before or not', async () => {
    const seen = await server.signIn('ada@example.com')
    const unseen = await server.signIn('ada@example.com')
    const expiresAtMs = (parts(seen.token).payload.exp as number) * 1000
    server.passTime(expiresAtMs - 1 - server.now())
    expect(await reasonOf(seen.token)).toBe('ok')
    server.passTime(1)
    expect(await reasonOf(seen.token)).toBe('AUTH_TOKEN_EXPIRED')
    server.passTime(1000)
    expect(await reasonOf(unseen.token)).toBe('AUTH_TOKEN_EXPIRED')
  })
})

describe('AccessTokens', () => {
  const claims = {
    user: new RecordId('user', 'ada'),
    sessionId: 's',
    database: 'main',
    roles: ['user'],
    expiresAtMs: 60_000,
  }
  let keys: SigningKeys
  let tokens: AccessTokens

  beforeAll(async () => {
    keys = await SigningKeys.open({ now: () => 0 })
    tokens = new AccessTokens(keys, () => 0)
  })

  /** As ours, but for what is changed: signed with our own key. */
  async function signed(header: Json, payload: Json): Promise<string> {
    const ours = parts(await tokens.sign(claims))
    const text = `${encode({ ...ours.header, ...header })}.${encode({ ...ours.payload, ...payload })}`
    const { privateKey } = await keys.newest()
    return `${text}.${sign('sha256', Buffer.from(text), privateKey).toString('base64url')}`
  }

  test('reads what it signed', async () => {
    expect(await tokens.verify(await tokens.sign(claims))).toEqual(claims)
  })

  test.each([
    ['another issuer', {}, { iss: 'somebody' }],
    ['no issuer', {}, { iss: undefined }],
    ['another audience', {}, { aud: 'somebody' }],
    ['another type', { typ: 'JWT' }, {}],
    ['no expiry', {}, { exp: undefined }],
    ['an expiry of another type', {}, { exp: '9999999999' }],
    ['not yet valid', {}, { nbf: 60 }],
    ['no subject', {}, { sub: undefined }],
    ['a subject of another type', {}, { sub: 5 }],
    ['no session', {}, { sid: undefined }],
    ['roles of another type', {}, { roles: 'admin' }],
    ['an extension that must be understood', { crit: ['x'], x: 1 }, {}],
    ['another algorithm under our key', { alg: 'RS512' }, {}],
    ['another RSA scheme under our key', { alg: 'PS256' }, {}],
  ])('refuses, though our key signed it: %s', async (_, header, payload) => {
    await expect(tokens.verify(await signed(header, payload))).rejects.toMatchObject({
      code: 'AUTH_TOKEN_INVALID',
    })
  })

  test('does not take our public key for a shared secret', async () => {
    const { header, payload } = parts(await tokens.sign(claims))
    const publicKey = createPublicKey((await keys.newest()).privateKey)
    for (const secret of [
      publicKey.export({ type: 'spki', format: 'pem' }),
      publicKey.export({ type: 'spki', format: 'der' }),
    ]) {
      const text = `${encode({ ...header, alg: 'HS256' })}.${encode(payload)}`
      const signature = createHmac('sha256', secret).update(text).digest('base64url')
      await expect(tokens.verify(`${text}.${signature}`)).rejects.toMatchObject({
        code: 'AUTH_TOKEN_INVALID',
      })
    }
  })

  test('says of an expired token that it has expired', async () => {
    const token = await tokens.sign(claims)
    const later = new AccessTokens(keys, () => 60_000)
    await expect(later.verify(token)).rejects.toMatchObject({ code: 'AUTH_TOKEN_EXPIRED' })
  })
})
