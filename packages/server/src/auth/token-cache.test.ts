import { RecordId } from '@dendrodb/protocol'
import { expect, test } from 'vitest'
import { userPrincipal } from './principal.ts'
import { TokenCache } from './token-cache.ts'

const principal = (sessionId: string, validUntilMs = 1000) =>
  userPrincipal({
    database: 'main',
    user: new RecordId('user', 'ada'),
    sessionId,
    email: 'ada@example.com',
    roles: ['user'],
    validUntilMs,
  })

test('finds a token until it expires', () => {
  let nowMs = 0
  const cache = new TokenCache(10, () => nowMs)
  cache.remember('token', principal('a'), cache.era)
  nowMs = 999
  expect(cache.find('token')?.sessionId).toBe('a')
  nowMs = 1000
  expect(cache.find('token')).toBeUndefined()
})

test('forgets the tokens of a session that ended, and no others', () => {
  const cache = new TokenCache(10, () => 0)
  for (const name of ['a', 'b']) cache.remember(name, principal(name), cache.era)
  cache.forget(({ sessionId }) => sessionId === 'a')
  expect(cache.find('a')).toBeUndefined()
  expect(cache.find('b')?.sessionId).toBe('b')
})

test('refuses a token that was being verified when its session ended', () => {
  const cache = new TokenCache(10, () => 0)
  const { era } = cache
  cache.forget(({ sessionId }) => sessionId === 'a')
  cache.remember('a', principal('a'), era)
  expect(cache.find('a')).toBeUndefined()
})

test('holds as many tokens as it may and drops the oldest then', () => {
  const cache = new TokenCache(2, () => 0)
  for (const name of ['a', 'b', 'c']) cache.remember(name, principal(name), cache.era)
  expect(['a', 'b', 'c'].map((name) => cache.find(name)?.sessionId)).toEqual([undefined, 'b', 'c'])
})

test('the strongest of the roles is the role', () => {
  const { session } = userPrincipal({ ...principal('a'), roles: ['user', 'viewer', 'editor'] })
  expect(session.auth?.claims).toMatchObject({ role: 'editor', email: 'ada@example.com', session_id: 'a' })
})
