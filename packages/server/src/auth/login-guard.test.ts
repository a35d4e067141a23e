import { type Database, openEngine } from '@dendrodb/engine'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Account, AccountStore } from './account-store.ts'
import { loginAttemptsWaitingMax, loginEmailsMax, loginLockMs } from './limits.ts'
import { LoginGuard } from './login-guard.ts'

let engine: Awaited<ReturnType<typeof openEngine>>
let database: Database
let accounts = 0

beforeAll(async () => {
  engine = await openEngine()
  database = await engine.database('main')
})
afterAll(() => engine.close())

/** A guard with a clock, and attempts for one email, with an account or without. */
async function createAttempts(isKnown: boolean) {
  accounts += 1
  const email = `ada${accounts}@example.com`
  const account = isKnown ? await createAccount(email) : undefined
  const clock = { nowMs: 1_800_000_000_000 }
  const errors: unknown[] = []
  const openGuard = () => new LoginGuard({ now: () => clock.nowMs, onError: (error) => errors.push(error) })
  let guard = openGuard()
  const attempt = async (isRight: boolean | (() => Promise<boolean>)) => {
    const check = typeof isRight === 'boolean' ? async () => isRight : isRight
    try {
      return (await guard.attempt({ database, email, account, check })) ? 'right' : 'wrong'
    } catch (error) {
      const { code, details } = error as { code?: string; details?: { retry_after_secs: number } }
      return code?.startsWith('AUTH_') === true ? `${code} ${details?.retry_after_secs}` : String(error)
    }
  }
  const restart = async () => {
    await guard.settled()
    guard = openGuard()
  }
  return { attempt, clock, restart, errors, settled: () => guard.settled() }
}

function createAccount(email: string): Promise<Account> {
  return new AccountStore(database).create({ email, passwordHash: '', name: undefined, nowMs: 0 })
}

test.each([true, false])('delays and then locks (with an account: %s)', async (isKnown) => {
  const { attempt, clock } = await createAttempts(isKnown)
  for (let count = 1; count <= 5; count += 1) expect(await attempt(false)).toBe('wrong')
  for (const seconds of [1, 2, 4, 8, 16]) {
    expect(await attempt(true)).toBe(`AUTH_TOO_MANY_ATTEMPTS ${seconds}`)
    clock.nowMs += seconds * 1000
    expect(await attempt(false)).toBe('wrong')
  }
  expect(await attempt(true)).toBe('AUTH_ACCOUNT_LOCKED 3600')
  clock.nowMs += loginLockMs - 1
  expect(await attempt(true)).toBe('AUTH_ACCOUNT_LOCKED 1')
  clock.nowMs += 1
  expect(await attempt(true)).toBe('right')
})

test('the failures of an account survive a restart', async () => {
  const { attempt, restart, clock } = await createAttempts(true)
  for (let count = 1; count <= 4; count += 1) await attempt(false)
  await restart()
  expect(await attempt(false)).toBe('wrong')
  await restart()
  expect(await attempt(true)).toBe('AUTH_TOO_MANY_ATTEMPTS 1')
  clock.nowMs += 1000
  expect(await attempt(true)).toBe('right')
  await restart()
  for (let count = 1; count <= 4; count += 1) expect(await attempt(false)).toBe('wrong')
})

test('for an email without an account nothing is written', async () => {
  const { attempt, settled } = await createAttempts(false)
  const before = database.head().seq
  await attempt(false)
  await settled()
  expect(database.head().seq).toBe(before)
})

test('attempts at the same time take their turns, so that none is missed', async () => {
  const { attempt } = await createAttempts(true)
  let running = 0
  const slow = async () => {
    running += 1
    expect(running).toBe(1)
    await new Promise((resolve) => setTimeout(resolve, 1))
    running -= 1
    return false
  }
  const outcomes = await Promise.all(Array.from({ length: 8 }, () => attempt(slow)))
  expect(outcomes.filter((outcome) => outcome === 'wrong')).toHaveLength(5)
  expect(outcomes.filter((outcome) => outcome === 'AUTH_TOO_MANY_ATTEMPTS 1')).toHaveLength(3)
})

test('so many may wait, and one more is refused', async () => {
  const { attempt } = await createAttempts(false)
  const outcomes = await Promise.all(Array.from({ length: loginAttemptsWaitingMax + 1 }, () => attempt(true)))
  expect(outcomes.slice(0, -1)).toEqual(new Array(loginAttemptsWaitingMax).fill('right'))
  expect(outcomes.at(-1)).toBe('AUTH_TOO_MANY_ATTEMPTS 1')
  expect(await attempt(true)).toBe('right')
})

test('an attempt that could not be made is none', async () => {
  const { attempt } = await createAttempts(true)
  const fail = async () => {
    throw new Error('no room')
  }
  for (let count = 1; count <= 12; count += 1) expect(await attempt(fail)).toBe('Error: no room')
  expect(await attempt(true)).toBe('right')
})

test('a record that cannot be written is reported, and the answer given all the same', async () => {
  const own = await openEngine()
  const lost = await own.database('main')
  const account = await new AccountStore(lost).create({
    email: 'a@example.com',
    passwordHash: '',
    name: undefined,
    nowMs: 0,
  })
  const errors: unknown[] = []
  const guard = new LoginGuard({ now: () => 0, onError: (error) => errors.push(error) })
  const check = async () => {
    await own.close()
    return false
  }
  expect(await guard.attempt({ database: lost, email: account.email, account, check })).toBe(false)
  await guard.settled()
  expect(errors).toMatchObject([{ code: 'LEDGER_CLOSED' }])
})

test('remembers so many emails and forgets the one that failed longest ago', async () => {
  const guard = new LoginGuard({ now: () => 0, onError: () => {} })
  const check = async () => false
  const fail = (email: string) => guard.attempt({ database, email, account: undefined, check })
  for (let count = 1; count <= 5; count += 1) await fail('first')
  for (let count = 1; count < loginEmailsMax; count += 1) await fail(`other ${count}`)
  await expect(fail('first')).rejects.toMatchObject({ code: 'AUTH_TOO_MANY_ATTEMPTS' })
  await fail('one more')
  expect(await fail('first')).toBe(false)
})
