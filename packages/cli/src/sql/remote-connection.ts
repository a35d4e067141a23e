/**
 * A server, over HTTP.
 * Answers are asked for as canonical CBOR, which keeps every type; errors of a whole request are JSON.
 */

import {
  DbError,
  decodeCanonicalAnswer,
  type ErrorStatus,
  errorStatusTable,
  type Value,
  type ValueObject,
} from '@dendrodb/protocol'
import { cliErrors } from '../cli-errors.ts'
import type { Connection, Outcome, RunOptions } from './connection.ts'

export interface Account {
  readonly email: string
  readonly password: string
}

export interface RemoteOptions {
  readonly url: string
  readonly token?: string | undefined
  /** Signs in with it, at first use, instead of showing a token. */
  readonly account?: Account | undefined
}

export function openRemote(options: RemoteOptions): Connection {
  return new RemoteConnection(options)
}

interface Tokens {
  readonly database: string
  readonly access: string
  readonly refresh: string
}

class RemoteConnection implements Connection {
  readonly target: string
  readonly #options: RemoteOptions
  #tokens: Tokens | undefined

  constructor(options: RemoteOptions) {
    this.target = options.url
    this.#options = options
  }

  async run(text: string, { database, branch, signal }: RunOptions): Promise<readonly Outcome[]> {
    const body = { query: text, database }
    const headers = {
      accept: 'application/cbor',
      ...(branch !== undefined && branch !== 'main' && { 'x-ddb-branch': branch }),
    }
    const send = async () =>
      this.#post('/api/query', { body, headers, token: await this.#token(database), signal })
    let response = await send()
    if (response.status === 401 && this.#tokens !== undefined) {
      await response.body?.cancel()
      await this.#refresh(this.#tokens)
      response = await send()
    }
    return outcomesOf(await this.#answer(response, signal), this.target)
  }

  /** Only root makes databases, and only root may ask which there are. */
  async expectDatabase(name: string): Promise<void> {
    if (this.#options.account !== undefined) return
    const [outcome] = await this.run('INFO FOR ROOT', { database: 'main' })
    if (outcome?.status !== 'ok') return
    const { databases } = outcome.value as { readonly databases: readonly Value[] }
    if (!databases.includes(name)) throw cliErrors.DATABASE_UNKNOWN({ url: this.target, name })
  }

  async close(): Promise<void> {}

  /** Accounts belong to a database, so that another one needs another sign-in. */
  async #token(database: string): Promise<string | undefined> {
    const { account, token } = this.#options
    if (account === undefined) return token
    if (this.#tokens?.database !== database) {
      const { email, password } = account
      const response = await this.#post('/api/auth/signin', { body: { email, password, database } })
      this.#tokens = tokensOf(database, await readJson(response, this.target))
    }
    return this.#tokens.access
  }

  async #refresh({ database, refresh }: Tokens): Promise<void> {
    this.#tokens = undefined
    const response = await this.#post('/api/auth/refresh', { body: { refresh_token: refresh, database } })
    if (response.ok) this.#tokens = tokensOf(database, await readJson(response, this.target))
    else await response.body?.cancel()
  }

  async #post(path: string, { body, headers, token, signal }: Post): Promise<Response> {
    const { url } = this.#options
    try {
      return await fetch(`${url}${path}`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...headers,
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
        },
        body: JSON.stringify(body),
        ...(signal !== undefined && { signal }),
      })
    } catch (error) {
      throw transportError(url, error, signal)
    }
  }

  async #answer(response: Response, signal: AbortSignal | undefined): Promise<Value> {
    const { url, token } = this.#options
    const isCbor = response.headers.get('content-type')?.startsWith('application/cbor') === true
    if (response.ok && isCbor) {
      try {
        return decodeCanonicalAnswer(await response.bytes())
      } catch (error) {
        if (error instanceof DbError)
          throw cliErrors.SERVER_ANSWER({ url, problem: error.message }, { cause: error })
        throw transportError(url, error, signal)
      }
    }
    if (response.status === 401 && token === undefined && this.#options.account === undefined) {
      throw cliErrors.TOKEN_MISSING({ url })
    }
    await readJson(response, url)
    throw cliErrors.SERVER_ANSWER({ url, problem: 'it answered in another format than asked for' })
  }
}

interface Post {
  readonly body: object
  readonly headers?: Readonly<Record<string, string>>
  readonly token?: string | undefined
  readonly signal?: AbortSignal | undefined
}

export function transportError(url: string, error: unknown, signal?: AbortSignal): DbError {
  if (signal?.aborted === true) return cliErrors.INTERRUPTED({}, { cause: error })
  const { cause, message } = error as { readonly cause?: NodeJS.ErrnoException; readonly message: string }
  const problem =
    cause?.code === 'ECONNREFUSED' ? 'connection refused' : cause?.message || cause?.code || message
  return cliErrors.SERVER_UNREACHABLE({ url, problem }, { cause: error })
}

/** The body of an answer as JSON. @throws the error that it holds, as the server had it */
export async function readJson(response: Response, url: string): Promise<Readonly<Record<string, unknown>>> {
  const body = await jsonOf(response, url)
  if (response.ok) return body
  throw errorOf(body.error, url)
}

/** The same of an answer of the daemon API, whose errors have another form. */
export async function readDaemonJson(
  response: Response,
  url: string,
): Promise<Readonly<Record<string, unknown>>> {
  const body = await jsonOf(response, url)
  if (response.ok) return body
  const { error: _, kind, code, ...rest } = body
  throw errorOf({ ...rest, code: kind, reason: code }, url)
}

async function jsonOf(response: Response, url: string): Promise<Readonly<Record<string, unknown>>> {
  let body: unknown
  try {
    body = await response.json()
  } catch (error) {
    throw cliErrors.SERVER_ANSWER({ url, problem: `HTTP ${response.status} without JSON` }, { cause: error })
  }
  if (typeof body !== 'object' || body === null) {
    throw cliErrors.SERVER_ANSWER({ url, problem: 'the answer is no object' })
  }
  return body as Readonly<Record<string, unknown>>
}

function outcomesOf(answer: Value, url: string): readonly Outcome[] {
  const { results } = answer as { readonly results?: unknown }
  if (!Array.isArray(results)) throw cliErrors.SERVER_ANSWER({ url, problem: 'the answer has no results' })
  return (results as readonly ValueObject[]).map((each): Outcome => {
    const timeMs = Number(each.time_ms)
    if (each.status === 'ok') return { status: 'ok', value: each.result, timeMs }
    return { status: 'error', error: errorOf(each.error, url), timeMs }
  })
}

/** The error of an error body (docs/errors.md) as the one it was made from. */
function errorOf(body: unknown, url: string): DbError {
  const {
    code,
    reason,
    message,
    status: _http,
    ...details
  } = (body ?? {}) as Readonly<Record<string, unknown>>
  const status = String(code).toLowerCase()
  if (!Object.hasOwn(errorStatusTable, status)) {
    return cliErrors.SERVER_ANSWER({ url, problem: 'it answered with an error of an unknown form' })
  }
  return new DbError({
    code: String(reason),
    status: status as ErrorStatus,
    message: String(message),
    details,
  })
}

function tokensOf(database: string, answer: Readonly<Record<string, unknown>>): Tokens {
  return { database, access: String(answer.access_token), refresh: String(answer.refresh_token) }
}
