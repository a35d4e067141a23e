/**
 * How failed attempts to sign in slow the next ones down: from the fifth on each waits twice as long, the
 * tenth locks.
 * Pure: a state and a time to the next state; `login-guard.ts` keeps the states.
 */

import { loginDelayFailures, loginDelayMs, loginLockFailures, loginLockMs, loginWindowMs } from './limits.ts'

export interface LoginState {
  readonly failures: number
  /** Milliseconds since 1970 of the first failure that counts. */
  readonly sinceMs: number
  /** No attempt before then. */
  readonly waitUntilMs: number
}

export type LoginVerdict =
  | { readonly type: 'allowed' }
  | { readonly type: 'delayed' | 'locked'; readonly retryAfterMs: number }

export const noFailures: LoginState = { failures: 0, sinceMs: 0, waitUntilMs: 0 }

export function judgeLogin(state: LoginState, nowMs: number): LoginVerdict {
  const retryAfterMs = state.waitUntilMs - nowMs
  // A wait that is longer than it ever was is one of a clock that has been set back.
  if (retryAfterMs <= 0 || retryAfterMs > waitMs(state.failures)) return { type: 'allowed' }
  return { type: state.failures >= loginLockFailures ? 'locked' : 'delayed', retryAfterMs }
}

export function afterFailure(state: LoginState, nowMs: number): LoginState {
  const isOver = nowMs - state.sinceMs >= loginWindowMs || state.failures >= loginLockFailures
  const failures = isOver ? 1 : state.failures + 1
  const sinceMs = isOver ? nowMs : state.sinceMs
  return { failures, sinceMs, waitUntilMs: nowMs + waitMs(failures) }
}

function waitMs(failures: number): number {
  if (failures >= loginLockFailures) return loginLockMs
  return failures < loginDelayFailures ? 0 : loginDelayMs * 2 ** (failures - loginDelayFailures)
}
