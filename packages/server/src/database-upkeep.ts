/**
 * What a server does for its databases without being asked: it empties the trash, says in the log how first
 * scans go, and where everything is to be verified at the start, opens one database after another.
 */

import type { Engine, EngineEvent } from '@dendrodb/engine'
import { DbError } from '@dendrodb/protocol'
import type { Log } from './observability/log.ts'

export interface UpkeepOptions {
  readonly engine: Engine
  /** How long a database stays in the trash. */
  readonly trashMs: number
  readonly log: Log
}

/** How often the trash is looked through. */
const trashSweepMs = 10 * 60 * 1_000

export class DatabaseUpkeep {
  readonly #options: UpkeepOptions
  #sweeping: NodeJS.Timeout | undefined
  #stopWatching: () => void = () => undefined
  #emptying: Promise<void> | undefined
  #opening: Promise<void> | undefined
  #isStopped = false

  constructor(options: UpkeepOptions) {
    this.#options = options
  }

  /** Whether databases are still being opened for the first time. */
  get isOpening(): boolean {
    return this.#opening !== undefined
  }

  start(): void {
    this.#stopWatching = this.#options.engine.watch((event) => this.#tell(event))
    this.#empty()
    this.#sweeping = setInterval(() => this.#empty(), trashSweepMs).unref()
  }

  /** Opens every database, one at a time, and waits for its first scan. */
  openAll(): void {
    this.#opening ??= this.#openAll().finally(() => {
      this.#opening = undefined
    })
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    this.#stopWatching()
    clearInterval(this.#sweeping)
    await this.#emptying
  }

  #empty(): void {
    const { engine, trashMs, log } = this.#options
    this.#emptying ??= engine
      .emptyTrash(trashMs)
      .then(
        (count) => {
          if (count > 0) log.info({ databases: count }, 'emptied the trash')
        },
        (error: unknown) => log.error({ err: error }, 'the trash could not be emptied'),
      )
      .finally(() => {
        this.#emptying = undefined
      })
  }

  async #openAll(): Promise<void> {
    const { engine, log } = this.#options
    for (const name of await engine.databaseNames()) {
      if (this.#isStopped) return
      try {
        await (await engine.database(name)).scanned()
      } catch (error) {
        if (this.#isStopped) return
        const { code, message } = error as DbError
        log.error({ database: name, code, reason: message }, 'a database could not be verified')
      }
    }
  }

  #tell(event: EngineEvent): void {
    const { log } = this.#options
    const { database } = event
    if (event.type === 'ready') log.info({ database, ...event.head }, 'the first scan is done')
    if (event.type === 'scan_failed') {
      const { error } = event
      const reason = error instanceof DbError ? { code: error.code, reason: error.message } : { err: error }
      log.error({ database, ...reason }, 'the first scan has failed; the database takes no writes')
    }
  }
}
