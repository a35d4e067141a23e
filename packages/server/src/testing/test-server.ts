/**
 * A server for tests: on a free loopback port, in memory unless told otherwise, with a clock that the test
 * moves and a log that it can read. Requests go over real sockets.
 */

import { onTestFinished } from 'vitest'
import { loadConfig } from '../config/load-config.ts'
import type { Config } from '../config/settings.ts'
import type { Log } from '../observability/log.ts'
import { openServer, type Server } from '../open-server.ts'

export const rootToken = 'root-token-of-the-tests'

export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  readonly message: string
  readonly [field: string]: unknown
}

export interface Reply {
  readonly status: number
  readonly headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of any shape.
  readonly body: any
}

export interface Call {
  readonly body?: unknown
  /** Sent as it is, instead of `body`. */
  readonly raw?: string | Uint8Array
  readonly token?: string | undefined
  readonly headers?: Readonly<Record<string, string>>
}

export interface Account {
  readonly userId: string
  readonly email: string
  readonly token: string
  readonly refreshToken: string
}

export class TestServer {
  readonly server: Server
  readonly logLines: readonly LogLine[]
  readonly #clock: Clock

  constructor(server: Server, logLines: readonly LogLine[], clock: Clock) {
    this.server = server
    this.logLines = logLines
    this.#clock = clock
  }

  get url(): string {
    return this.server.url
  }

  now(): number {
    return this.#clock.nowMs
  }

  passTime(ms: number): void {
    this.#clock.nowMs += ms
  }

  async call(method: string, path: string, { body, raw, token, headers = {} }: Call = {}): Promise<Reply> {
    const payload = raw ?? (body === undefined ? undefined : JSON.stringify(body))
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: {
        ...(payload !== undefined && { 'content-type': 'application/json' }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...headers,
      },
      ...(payload !== undefined && { body: payload as string }),
    })
    const text = await response.text()
    const isJson =
      text !== '' && response.headers.get('content-type')?.startsWith('application/json') === true
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text }
  }

  /** Result of the only statement, as root. */
  async query(text: string, vars?: object): Promise<unknown> {
    const { body } = await this.call('POST', '/api/query', { token: rootToken, body: { query: text, vars } })
    return body.results.at(-1).result
  }

  async signUp(email: string, password = 'correct horse', call: Call = {}): Promise<Account> {
    return accountOf(await this.call('POST', '/api/auth/signup', { ...call, body: { email, password } }))
  }

  async signIn(email: string, password = 'correct horse', call: Call = {}): Promise<Account> {
    return accountOf(await this.call('POST', '/api/auth/signin', { ...call, body: { email, password } }))
  }
}

interface Clock {
  nowMs: number
}

export interface TestServerOptions {
  readonly config?: Partial<Config>
}

/** Closed at the end of the test, unless it was called outside of one: then by the caller. */
export async function openTestServer({ config = {} }: TestServerOptions = {}): Promise<TestServer> {
  const logLines: LogLine[] = []
  const clock: Clock = { nowMs: Date.now() }
  const server = await openServer({
    config: testConfig(config),
    log: logInto(logLines),
    now: () => clock.nowMs,
  })
  return new TestServer(server, logLines, clock)
}

/** Opens a server for the current test. */
export async function useTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const test = await openTestServer(options)
  onTestFinished(() => test.server.close())
  return test
}

/** Without limits on the number of requests, as tests make many. */
export function testConfig(changes: Partial<Config> = {}): Config {
  const nowhere = '/nonexistent'
  const { config } = loadConfig({
    args: ['--data', ':memory:', '--port', '0'],
    env: {},
    cwd: nowhere,
    home: nowhere,
  })
  return { ...config, rootToken, userRequestsPerMinute: 0, anonymousRequestsPerMinute: 0, ...changes }
}

function logInto(lines: LogLine[]): Log {
  const at = (level: LogLine['level']) => (fields: object, message: string) => {
    lines.push({ ...fields, level, message })
  }
  return {
    request: ({ level, ...line }) => at(level)(line, 'request'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
  }
}

function accountOf({ status, body }: Reply): Account {
  if (status !== 200 && status !== 201) throw new Error(`no account: ${status} ${JSON.stringify(body)}`)
  return {
    userId: body.user_id,
    email: body.email,
    token: body.access_token,
    refreshToken: body.refresh_token,
  }
}
