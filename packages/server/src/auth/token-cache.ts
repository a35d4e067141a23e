/**
 * Access tokens that were verified lately, so that a busy client costs one signature check and one read of
 * its session in fifteen minutes, not one per request.
 * Invariant: a principal is never given out after its token or session has expired, nor after `forget` was
 * told of the session's end, even when the token was being verified at that moment: `remember` refuses a
 * principal of an older era.
 */

import type { UserPrincipal } from './principal.ts'

export class TokenCache {
  readonly #byToken = new Map<string, UserPrincipal>()
  readonly #sizeMax: number
  readonly #now: () => number
  #era = 0

  constructor(sizeMax: number, now: () => number) {
    this.#sizeMax = sizeMax
    this.#now = now
  }

  /** To be read before the session is, and given to `remember`. */
  get era(): number {
    return this.#era
  }

  find(token: string): UserPrincipal | undefined {
    const principal = this.#byToken.get(token)
    if (principal === undefined || this.#now() < principal.validUntilMs) return principal
    this.#byToken.delete(token)
    return undefined
  }

  remember(token: string, principal: UserPrincipal, era: number): void {
    if (era !== this.#era) return
    this.#byToken.set(token, principal)
    if (this.#byToken.size <= this.#sizeMax) return
    const [oldest] = this.#byToken.keys()
    if (oldest !== undefined) this.#byToken.delete(oldest)
  }

  forget(isEnded: (principal: UserPrincipal) => boolean): void {
    this.#era += 1
    for (const [token, principal] of this.#byToken) if (isEnded(principal)) this.#byToken.delete(token)
  }
}
