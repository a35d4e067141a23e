import { DbError } from '@dendrodb/protocol'
import { describe, expect, test } from 'vitest'
import { passwordHashesAtOnce, passwordHashesWaitingMax } from './limits.ts'
import { checkPassword, PasswordHasher } from './password-hasher.ts'

test('hashes with Argon2id, 64 MiB, 3 passes, 4 lanes, and a salt of its own', async () => {
  const hasher = new PasswordHasher()
  const [first, second] = await Promise.all([hasher.hash('correct horse'), hasher.hash('correct horse')])
  expect(first).toMatch(/^\$argon2id\$v=19\$m=65536,t=3,p=4\$/)
  expect(second).not.toBe(first)
  expect(await hasher.verify(first, 'correct horse')).toBe(true)
  expect(await hasher.verify(first, 'correct horsf')).toBe(false)
})

test('a password is the same however its characters are composed', async () => {
  const hasher = new PasswordHasher()
  const hash = await hasher.hash('pässwörd')
  expect(await hasher.verify(hash, 'pa\u0308sswo\u0308rd')).toBe(true)
})

test('refuses more than may wait, and goes on when there is room', async () => {
  const hasher = new PasswordHasher()
  const room = passwordHashesAtOnce + passwordHashesWaitingMax
  // A hash that cannot be read is refused at once, so that this takes no time.
  const attempts = Array.from({ length: room + 1 }, () => hasher.verify('not a hash', 'x'))
  const outcomes = await Promise.allSettled(attempts)
  const codes = outcomes.map((outcome) => (outcome.status === 'rejected' ? outcome.reason.code : 'done'))
  expect(codes.slice(0, room)).not.toContain('AUTH_BUSY')
  expect(codes[room]).toBe('AUTH_BUSY')
  expect(await hasher.verify(await hasher.hash('correct horse'), 'correct horse')).toBe(true)
})

describe('checkPassword', () => {
  const isGood = (password: string) => {
    try {
      return checkPassword(password) === password
    } catch (error) {
      if (error instanceof DbError && error.code === 'AUTH_PASSWORD_LENGTH') return false
      throw error
    }
  }

  test('8 to 128 characters, whatever they take', () => {
    expect([7, 8, 128, 129].map((length) => isGood('x'.repeat(length)))).toEqual([false, true, true, false])
    expect([7, 8, 128, 129].map((length) => isGood('🐎'.repeat(length)))).toEqual([false, true, true, false])
    expect(isGood('x'.repeat(10_000_000))).toBe(false)
  })
})
