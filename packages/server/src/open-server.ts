/**
 * The server: engine, accounts and doors, wired together here and nowhere else.
 * Order of the start: the data folder is taken first, as everything else may lie in it; listening comes last,
 * so that whoever gets a connection gets answers. Metrics and signing keys are made ready after that.
 */

import { mkdir, readFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { createSecureContext } from 'node:tls'
import { type Engine, openEngine } from '@dendrodb/engine'
import { DbError } from '@dendrodb/protocol'
import { AnchorService } from './anchors/anchor-service.ts'
import { createSubmitter } from './anchors/create-submitter.ts'
import { AuthService } from './auth/auth-service.ts'
import { RootToken, readRootToken } from './auth/root-token.ts'
import { SigningKeys, signingKeyFile } from './auth/signing-keys.ts'
import { masterKeyOf } from './config/master-key.ts'
import type { Config } from './config/settings.ts'
import { DatabaseUpkeep } from './database-upkeep.ts'
import { createHttpServer, type TlsFiles } from './http/http-server.ts'
import { defaultDatabase } from './http/request-database.ts'
import { type Log, type OpenLog, openLog } from './observability/log.ts'
import { serverErrors } from './server-errors.ts'
import { version } from './version.ts'

export interface ServerOptions {
  readonly config: Config
  /** Default: lines of JSON on standard output. */
  readonly log?: Log
  /** Milliseconds since 1970; for tests of what expires. */
  readonly now?: () => number
}

export interface Server {
  readonly engine: Engine
  /** `http://127.0.0.1:7700`. */
  readonly url: string
  readonly address: { readonly host: string; readonly port: number }
  /** Finishes the requests in flight, for a bounded time, then closes the engine. Idempotent. */
  close(): Promise<void>
}

/**
 * Opens the data folder and listens. Close the server at the end.
 * @throws SERVER_*, STORAGE_LOCKED, KEYS_UNREADABLE, LEDGER_FORMAT_TOO_NEW, …, having logged it
 * @example
 * const { config } = loadConfig({ args: ['--data', ':memory:', '--port', '0'] })
 * const server = await openServer({ config })
 * const { status } = await fetch(`${server.url}/health`)
 * await server.close()
 */
export async function openServer({ config, log, now = Date.now }: ServerOptions): Promise<Server> {
  const ownLog = log === undefined ? openLog(config.logLevel) : undefined
  const usedLog = log ?? (ownLog as OpenLog)
  try {
    return await new ServerStart(config, usedLog, now, () => ownLog?.flush()).run()
  } catch (error) {
    usedLog.error(startFields(error), 'the server could not start')
    ownLog?.flush()
    throw error
  }
}

/** How long a database is out of use before it may be closed for another one; requests hold theirs. */
const closeIdleMs = 1_000

/** How often connections that have become idle are closed during a shutdown. */
const idleSweepMs = 20

type Closing = () => Promise<void> | void

class ServerStart {
  readonly #config: Config
  readonly #log: Log
  readonly #now: () => number
  #masterKey: string | undefined
  /** What has been opened, to be closed in the opposite order. */
  readonly #opened: Closing[] = []

  constructor(config: Config, log: Log, now: () => number, flush: Closing) {
    this.#config = config
    this.#log = log
    this.#now = now
    this.#opened.push(flush)
  }

  async run(): Promise<Server> {
    try {
      return await this.#open()
    } catch (error) {
      await this.#close()
      throw error
    }
  }

  async #open(): Promise<Server> {
    const tls = await readTls(this.#config)
    const submitter = createSubmitter(this.#config)
    this.#masterKey = masterKeyOf(this.#config)
    const engine = await this.#openEngine()
    const auth = await this.#openAuth(engine)
    const upkeep = this.#startUpkeep(engine)
    const { app, metrics } = createHttpServer({
      config: this.#config,
      engine,
      auth,
      masterKey: this.#masterKey,
      log: this.#log,
      now: this.#now,
      tls,
      isStarting: () => upkeep.isOpening,
    })
    this.#opened.push(() => this.#drain(app))
    this.#startAnchors(engine, submitter)
    const address = await this.#listen(app)
    setImmediate(() => void metrics.load().catch((error: unknown) => this.#logBackground(error)))
    const url = urlOf(tls === undefined ? 'http' : 'https', address)
    this.#log.info({ url, version, data: this.#config.data }, 'listening')
    let closing: Promise<void> | undefined
    return {
      engine,
      url,
      address,
      close: () => {
        closing ??= this.#close()
        return closing
      },
    }
  }

  async #openEngine(): Promise<Engine> {
    const { recordCacheBytes, blockCacheBytes, writeBufferBytes, databaseHash: hash } = this.#config
    const { databasesOpenMax, verifyOnStart } = this.#config
    const folder = dataFolder(this.#config)
    const caches = { recordCacheBytes, blockCacheBytes, writeBufferBytes }
    const verifyOnOpen = verifyOnStart === 'on'
    const onWarning = (warning: string) => this.#log.warn({}, warning)
    const options = { ...caches, hash, databasesOpenMax, closeIdleMs, verifyOnOpen, onWarning }
    if (folder === undefined) return this.#keepEngine(await openEngine(options))
    try {
      await makeFolder(folder)
      return await this.#keepEngine(
        await openEngine({ path: folder, ...options, masterKey: this.#masterKey }),
      )
    } catch (error) {
      if (error instanceof DbError) throw error
      const { message } = error as Error
      // What Node says ends with the path, which stands in front already.
      const problem = message.replace(/, \w+ '.*$/s, '')
      throw serverErrors.DATA_FOLDER_UNUSABLE({ folder, problem }, { cause: error })
    }
  }

  async #keepEngine(engine: Engine): Promise<Engine> {
    this.#opened.push(() => engine.close())
    await engine.database(defaultDatabase)
    return engine
  }

  async #openAuth(engine: Engine): Promise<AuthService> {
    const config = this.#config
    const folder = dataFolder(config)
    const token = config.rootToken ?? (await readRootToken(folder))
    const file = folder === undefined ? undefined : signingKeyFile(folder, this.#masterKey)
    const keys = await SigningKeys.open({ file, now: this.#now })
    const { accessTokenMs, refreshTokenMs, sessionMs, sessionsPerUser } = config
    const auth = new AuthService({
      engine,
      keys,
      rootToken: new RootToken(token),
      lifetimes: { accessTokenMs, refreshTokenMs, sessionMs, sessionsPerUser },
      now: this.#now,
      onError: (error) => this.#logBackground(error),
    })
    this.#opened.push(() => auth.close())
    return auth
  }

  #startAnchors(engine: Engine, submitter: ReturnType<typeof createSubmitter>): void {
    const { blockchainAnchor, anchorEvery: every } = this.#config
    if (blockchainAnchor === 'off') return
    const anchors = new AnchorService({ engine, every, submitter, now: this.#now, log: this.#log })
    this.#opened.push(() => anchors.stop())
    anchors.start()
  }

  /** What is looked after from now on: databases in the trash, and first scans. */
  #startUpkeep(engine: Engine): DatabaseUpkeep {
    const { trashMs, verifyOnStart } = this.#config
    const upkeep = new DatabaseUpkeep({ engine, trashMs, log: this.#log })
    this.#opened.push(() => upkeep.stop())
    upkeep.start()
    if (verifyOnStart === 'on') upkeep.openAll()
    return upkeep
  }

  async #listen(app: ReturnType<typeof createHttpServer>['app']): Promise<Server['address']> {
    const { host, port } = this.#config
    try {
      await app.listen({ host, port })
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException
      if (code === 'EADDRINUSE') throw serverErrors.PORT_TAKEN({ host, port }, { cause: error })
      throw serverErrors.ADDRESS_UNUSABLE({ host, port, problem: code ?? message }, { cause: error })
    }
    return { host, port: (app.server.address() as AddressInfo).port }
  }

  /** Lets requests in flight finish; those that take longer than they may are cut off. */
  async #drain(app: ReturnType<typeof createHttpServer>['app']): Promise<void> {
    const cutOff = setTimeout(() => {
      this.#log.warn(
        { after_ms: this.#config.shutdownTimeoutMs },
        'cutting off requests that are still running',
      )
      app.server.closeAllConnections()
    }, this.#config.shutdownTimeoutMs)
    // A connection whose request has been answered meanwhile would stay open for the next one. As long as the
    // server listens, a request may have arrived on it.
    const sweep = setInterval(() => {
      if (!app.server.listening) app.server.closeIdleConnections()
    }, idleSweepMs)
    try {
      await app.close()
    } finally {
      clearTimeout(cutOff)
      clearInterval(sweep)
    }
  }

  async #close(): Promise<void> {
    const closings = this.#opened.splice(0).reverse()
    const errors: unknown[] = []
    for (const close of closings) {
      try {
        await close()
      } catch (error) {
        errors.push(error)
      }
    }
    if (errors.length > 0) throw errors[0]
  }

  #logBackground(error: unknown): void {
    this.#log.error({ err: error }, 'work in the background failed')
  }
}

function dataFolder({ data }: Config): string | undefined {
  return data === ':memory:' ? undefined : data
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
  } catch (error) {
    // Of a file system that takes no writes, it says that the folder is missing.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') await mkdir(folder)
    throw error
  }
}

async function readTls({ tlsCert, tlsKey }: Config): Promise<TlsFiles | undefined> {
  if (tlsCert === undefined && tlsKey === undefined) return undefined
  if (tlsCert === undefined) throw serverErrors.TLS_INCOMPLETE({ given: 'tls_key' })
  if (tlsKey === undefined) throw serverErrors.TLS_INCOMPLETE({ given: 'tls_cert' })
  try {
    const files = { cert: await readFile(tlsCert), key: await readFile(tlsKey) }
    createSecureContext(files)
    return files
  } catch (error) {
    throw serverErrors.TLS_UNUSABLE({ problem: (error as Error).message }, { cause: error })
  }
}

function urlOf(scheme: 'http' | 'https', { host, port }: Server['address']): string {
  return `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`
}

/** An error that we mean to give needs no stack; anything else does. */
function startFields(error: unknown): object {
  return error instanceof DbError ? { code: error.code, reason: error.message } : { err: error }
}
