import { beforeEach, describe, expect, test } from 'vitest'
import { accessKindOf } from '../query/access-kind.ts'
import { MemoryHost } from '../query/testing/memory-host.ts'
import { answerOf, resultOf, rootSession, userSession } from '../query/testing/run-text.ts'

describe('the kind of a session', () => {
  const base = { database: 'main', isRoot: false, isSystem: false }
  test.each([
    [{ ...base, isSystem: true }, 'system'],
    [{ ...base, isRoot: true }, 'unrestricted'],
    [userSession('ann', ['admin']), 'unrestricted'],
    [userSession('ann', ['editor', 'viewer']), 'user'],
    [userSession('ann'), 'user'],
    [base, 'anonymous'],
  ] as const)('%o: %s', (session, kind) => {
    expect(accessKindOf(session)).toBe(kind)
  })

  test('claims cannot make a role', () => {
    const session = userSession('ann')
    const auth = { ...(session.auth as NonNullable<typeof session.auth>), claims: { roles: ['admin'] } }
    expect(accessKindOf({ ...session, auth })).toBe('user')
  })
})

describe('$auth', () => {
  test('shows claims, which cannot stand in for id and roles', async () => {
    const session = userSession('ann', ['editor'])
    const auth = {
      ...(session.auth as NonNullable<typeof session.auth>),
      claims: { id: 'forged', roles: ['admin'], email: 'ann@x' },
    }
    const found = await answerOf(
      new MemoryHost(),
      'RETURN [$auth.id, $auth.roles, $auth.email]',
      {},
      {
        ...session,
        auth,
      },
    )
    expect(found).toBe("[user:ann, ['editor'], 'ann@x']")
  })
})

describe('rules', () => {
  let host: MemoryHost

  beforeEach(() => {
    host = new MemoryHost()
  })

  test('the engine itself may touch reserved tables', async () => {
    const system = { ...rootSession, isSystem: true }
    expect(await answerOf(host, 'CREATE `$user`:1 SET a = 1', {}, system)).toBe('[{ a: 1, id: ⟨$user⟩:1 }]')
    expect(await answerOf(host, 'SELECT * FROM `$user`')).toBe('QUERY_RESERVED_NAME')
    expect(await answerOf(host, 'RETURN `$user`:1.a', {}, system)).toBe('1')
    expect(await answerOf(host, 'RETURN `$user`:1.a')).toBe('NONE')
  })

  test('a stored rule that no longer compiles denies', async () => {
    await host.database('main').write((tx) => {
      const rule = { where: 'no::such(a' }
      tx.defineTable('t', { permissions: { select: rule, create: rule, update: rule, delete: rule } })
    })
    await resultOf(host, 'CREATE t:1')
    expect(await answerOf(host, 'SELECT * FROM t', {}, userSession('ann'))).toBe('[]')
    expect(await answerOf(host, 'CREATE t:2', {}, userSession('ann'))).toBe('ACCESS_DENIED')
    expect(await answerOf(host, 'SELECT VALUE id FROM t')).toBe('[t:1]')
  })

  test('a rule that takes too long ends the statement instead of hiding rows', async () => {
    await resultOf(
      host,
      'DEFINE TABLE t PERMISSIONS FOR select WHERE { FOR $i IN 1..900000 { LET $x = $i }; true }; CREATE t:1',
    )
    const session = { ...userSession('ann'), limits: { timeoutMs: 20 } }
    expect(await answerOf(host, 'SELECT * FROM t', {}, session)).toBe('QUERY_TIMEOUT')
  })

  test('a rule cannot write', async () => {
    await resultOf(host, 'DEFINE TABLE t PERMISSIONS FOR select WHERE (CREATE log); CREATE t:1')
    expect(await answerOf(host, 'SELECT * FROM t', {}, userSession('ann'))).toBe('[]')
    expect(await answerOf(host, 'BEGIN; SELECT * FROM t; CREATE mine; COMMIT', {}, userSession('ann'))).toBe(
      'NONE',
    )
    expect(await answerOf(host, 'COUNT log')).toBe('0')
  })

  test('EXPLAIN ANALYZE tells nothing of rows that are not seen', async () => {
    await resultOf(host, 'CREATE |t:50| SET owner = user:bob')
    const shown = await answerOf(host, 'EXPLAIN ANALYZE SELECT * FROM t', {}, userSession('ann'))
    expect(shown).not.toContain('50')
    expect(await answerOf(host, 'EXPLAIN ANALYZE SELECT * FROM t')).toContain('50')
  })
})
