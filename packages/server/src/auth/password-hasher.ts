/**
 * Passwords to Argon2id hashes (RFC 9106), a bounded number at a time.
 * Why bounded: a hash takes 64 MiB and tens of milliseconds of all its lanes; unbounded, a burst of sign-ins
 * would be an attack on the memory of the process.
 * Invariant: `verify` and `waste` take the same time, so that an answer does not tell whether an account
 * exists.
 */

import type * as Argon2 from '@node-rs/argon2'
import { authErrors } from './auth-errors.ts'
import {
  passwordCharsMax,
  passwordCharsMin,
  passwordHashesAtOnce,
  passwordHashesWaitingMax,
  passwordHashKib,
  passwordHashLanes,
  passwordHashPasses,
} from './limits.ts'

/** The library's `Algorithm.Argon2id`, which is a constant of its types alone. */
const argon2id = 2

const options: Argon2.Options = {
  algorithm: argon2id,
  memoryCost: passwordHashKib,
  timeCost: passwordHashPasses,
  parallelism: passwordHashLanes,
}

export class PasswordHasher {
  readonly #waiting: (() => void)[] = []
  #running = 0

  /** The hash in PHC form (`$argon2id$v=19$m=65536,t=3,p=4$…`). @throws AUTH_BUSY */
  hash(password: string): Promise<string> {
    return this.#withSlot(({ hash }) => hash(normalizePassword(password), options))
  }

  /** @throws AUTH_BUSY */
  verify(hash: string, password: string): Promise<boolean> {
    return this.#withSlot(({ verify }) => verify(hash, normalizePassword(password)))
  }

  /** Takes as long as `verify`, for an account that does not exist. @throws AUTH_BUSY */
  async waste(password: string): Promise<void> {
    await this.hash(password)
  }

  async #withSlot<T>(work: (argon2: typeof Argon2) => Promise<T>): Promise<T> {
    await this.#takeSlot()
    try {
      return await work(await import('@node-rs/argon2'))
    } finally {
      // A slot that is handed on is never free in between, so that nobody overtakes.
      const next = this.#waiting.shift()
      if (next === undefined) this.#running -= 1
      else next()
    }
  }

  async #takeSlot(): Promise<void> {
    if (this.#running < passwordHashesAtOnce) {
      this.#running += 1
      return
    }
    if (this.#waiting.length >= passwordHashesWaitingMax) throw authErrors.BUSY({ retry_after_secs: 5 })
    await new Promise<void>((resolve) => this.#waiting.push(resolve))
  }
}

/** @throws AUTH_PASSWORD_LENGTH */
export function checkPassword(password: string): string {
  // Counted as people count: an emoji is one character.
  const chars = password.length > passwordCharsMax * 2 ? Number.POSITIVE_INFINITY : [...password].length
  if (chars < passwordCharsMin || chars > passwordCharsMax) {
    const errors = [{ field: 'password', code: 'length' }]
    throw authErrors.PASSWORD_LENGTH({ charsMin: passwordCharsMin, charsMax: passwordCharsMax, errors })
  }
  return password
}

/** One password may reach us composed or decomposed, as the keyboard has it (NIST SP 800-63B, 3.1.1.2). */
function normalizePassword(password: string): string {
  return password.normalize('NFKC')
}
