/**
 * Keeps how often signing in has failed for each email, and lets attempts for one email through one after
 * another.
 * For accounts the count survives a restart, as a record of `$login`; for emails without an account it is
 * held in memory alone, so that strangers cannot fill the ledger, and is otherwise the same, so that they
 * learn nothing.
 * The answer does not wait for the record: its time must not tell whether there was one to write.
 */

import type { Database, StoredRecord } from '@dendrodb/engine'
import { Datetime, RecordId } from '@dendrodb/protocol'
import { type Account, authMeta } from './account-store.ts'
import { loginTable, userTable, withView } from './account-tables.ts'
import { authErrors } from './auth-errors.ts'
import { loginAttemptsWaitingMax, loginEmailsMax } from './limits.ts'
import { afterFailure, judgeLogin, type LoginState, noFailures } from './login-throttle.ts'

export interface LoginAttempt {
  readonly database: Database
  readonly email: string
  /** The account of that email, where there is one. */
  readonly account: Account | undefined
  /** Whether the password is right. */
  readonly check: () => Promise<boolean>
}

export interface LoginGuardOptions {
  readonly now: () => number
  /** What became of records that nobody waits for. */
  readonly onError: (error: unknown) => void
}

interface Turn {
  readonly tail: Promise<unknown>
  readonly waiting: number
}

export class LoginGuard {
  readonly #options: LoginGuardOptions
  /** By database and email, least recently changed first. */
  readonly #states = new Map<string, LoginState>()
  readonly #turns = new Map<string, Turn>()

  constructor(options: LoginGuardOptions) {
    this.#options = options
  }

  /** @throws AUTH_TOO_MANY_ATTEMPTS, AUTH_ACCOUNT_LOCKED, and what `check` throws */
  attempt(attempt: LoginAttempt): Promise<boolean> {
    const name = `${attempt.database.name}\n${attempt.email}`
    const turn = this.#turns.get(name) ?? { tail: Promise.resolve(), waiting: 0 }
    if (turn.waiting >= loginAttemptsWaitingMax) throw authErrors.TOO_MANY_ATTEMPTS({ retry_after_secs: 1 })
    const answer = turn.tail.then(() => this.#judge(name, attempt))
    const tail = answer.then(({ recorded }) => recorded).catch(() => {})
    const next: Turn = { tail, waiting: turn.waiting + 1 }
    this.#turns.set(name, next)
    tail.then(() => this.#endTurn(name))
    return answer.then(({ isRight }) => isRight)
  }

  /** Resolves when all is recorded. */
  async settled(): Promise<void> {
    await Promise.all([...this.#turns.values()].map(({ tail }) => tail))
  }

  async #judge(name: string, { database, account, check }: LoginAttempt) {
    const state = this.#states.get(name) ?? (await readState(database, account)) ?? noFailures
    const verdict = judgeLogin(state, this.#options.now())
    if (verdict.type !== 'allowed') {
      const retry = { retry_after_secs: Math.ceil(verdict.retryAfterMs / 1000) }
      throw verdict.type === 'locked' ? authErrors.ACCOUNT_LOCKED(retry) : authErrors.TOO_MANY_ATTEMPTS(retry)
    }
    const isRight = await check()
    const next = isRight ? noFailures : afterFailure(state, this.#options.now())
    const isChanged = !isRight || state.failures > 0
    if (isChanged) this.#remember(name, next)
    const recorded = isChanged && account !== undefined ? this.#record(database, account, next) : undefined
    return { isRight, recorded }
  }

  #remember(name: string, state: LoginState): void {
    this.#states.delete(name)
    this.#states.set(name, state)
    if (this.#states.size <= loginEmailsMax) return
    const [oldest] = this.#states.keys()
    if (oldest !== undefined) this.#states.delete(oldest)
  }

  async #record(database: Database, account: Account, state: LoginState): Promise<void> {
    const id = new RecordId(loginTable, account.key)
    try {
      await database.transaction(async (tx) => {
        // Of an account that has been erased nothing is written down.
        const isThere = (await tx.getRecord(new RecordId(userTable, account.key))) !== undefined
        if (state.failures === 0 || !isThere) await tx.delete(id)
        else await tx.put(id, stateFields(state))
      }, authMeta)
    } catch (error) {
      this.#options.onError(error)
    }
  }

  #endTurn(name: string): void {
    const turn = this.#turns.get(name)
    if (turn === undefined) return
    if (turn.waiting === 1) this.#turns.delete(name)
    else this.#turns.set(name, { ...turn, waiting: turn.waiting - 1 })
  }
}

async function readState(database: Database, account: Account | undefined): Promise<LoginState | undefined> {
  if (account === undefined) return undefined
  return withView(database, async (view) => {
    const record = await view.getRecord(new RecordId(loginTable, account.key))
    return record && stateOf(record)
  })
}

function stateFields({ failures, sinceMs, waitUntilMs }: LoginState) {
  return {
    failures,
    since: Datetime.fromEpochMillis(sinceMs),
    wait_until: Datetime.fromEpochMillis(waitUntilMs),
  }
}

function stateOf({ value }: StoredRecord): LoginState {
  return {
    failures: value.failures as number,
    sinceMs: (value.since as Datetime).toDate().getTime(),
    waitUntilMs: (value.wait_until as Datetime).toDate().getTime(),
  }
}
