/**
 * The databases of an engine that are open, by name.
 * Why their number has a bound: each has files, caches and buffers of its own. Where more are wanted, those
 * that nobody has used for a while and that have nothing to do are closed, the one used longest ago first.
 * Invariant: work on a name that must be alone (making it, closing it, dropping it) is waited for by whoever
 * opens that name.
 */

import { engineErrors } from '../engine-errors.ts'
import type { Database } from './database.ts'
import { roomPollMs, roomWaitMs } from './limits.ts'

export interface OpenDatabasesOptions {
  readonly databasesOpenMax: number
  /** How long a database has to be out of use before it may be closed; `undefined`: it never is. */
  readonly closeIdleMs: number | undefined
  readonly open: (name: string) => Promise<Database>
}

interface Slot {
  readonly opening: Promise<Database>
  /** Once it is open. */
  database: Database | undefined
  usedAtMs: number
}

export class OpenDatabases {
  readonly #options: OpenDatabasesOptions
  readonly #slots = new Map<string, Slot>()
  readonly #exclusive = new Map<string, Promise<unknown>>()

  constructor(options: OpenDatabasesOptions) {
    this.#options = options
  }

  /** Those that are open now. */
  get list(): readonly Database[] {
    return [...this.#slots.values()].flatMap(({ database }) => database ?? [])
  }

  /** Opens it where it is not open, and counts as a use. */
  get(name: string): Promise<Database> {
    const slot = this.#slots.get(name) ?? this.#begin(name)
    slot.usedAtMs = performance.now()
    return slot.opening
  }

  /** If it is open, or being opened. */
  find(name: string): Promise<Database> | undefined {
    return this.#slots.get(name)?.opening
  }

  /** Takes in one that is open already. */
  add(name: string, database: Database): void {
    this.#slots.set(name, { opening: Promise.resolve(database), database, usedAtMs: performance.now() })
  }

  /** It is being closed; whoever asks for it again waits for `closed`. */
  forget(name: string, database: Database, closed: Promise<void>): void {
    if (this.#slots.get(name)?.database !== database) return
    this.#slots.delete(name)
    void this.alone(name, () => closed).catch(() => undefined)
  }

  /** Runs `work` when nothing else works on the name alone; nobody opens it meanwhile. */
  async alone<T>(name: string, work: () => Promise<T>): Promise<T> {
    const before = this.#exclusive.get(name)
    const running = before === undefined ? work() : before.then(work, work)
    this.#exclusive.set(name, running)
    try {
      return await running
    } finally {
      if (this.#exclusive.get(name) === running) this.#exclusive.delete(name)
    }
  }

  async close(): Promise<void> {
    const slots = [...this.#slots.values()]
    const opened = await Promise.allSettled(slots.map(({ opening }) => opening))
    for (const each of opened) if (each.status === 'fulfilled') await each.value.close()
    await Promise.allSettled(this.#exclusive.values())
  }

  #begin(name: string): Slot {
    const opening = this.#open(name)
    const slot: Slot = { opening, database: undefined, usedAtMs: 0 }
    this.#slots.set(name, slot)
    opening.then(
      (database) => {
        slot.database = database
      },
      () => {
        if (this.#slots.get(name) === slot) this.#slots.delete(name)
      },
    )
    return slot
  }

  async #open(name: string): Promise<Database> {
    await this.#unclaimed(name)
    // Whoever made it may have opened it as well.
    const made = this.#slots.get(name)?.database
    if (made !== undefined) return made
    await this.makeRoom(0)
    return this.#options.open(name)
  }

  async #unclaimed(name: string): Promise<void> {
    for (;;) {
      const running = this.#exclusive.get(name)
      if (running === undefined) return
      await running.catch(() => undefined)
    }
  }

  /**
   * Closes what is out of use until there is room for so many more, waiting a little for something to fall
   * out of use. @throws ENGINE_DATABASES_OPEN
   */
  async makeRoom(more: number): Promise<void> {
    const { databasesOpenMax, closeIdleMs } = this.#options
    const untilMs = performance.now() + (closeIdleMs === undefined ? 0 : closeIdleMs + roomWaitMs)
    while (this.#slots.size + more > databasesOpenMax) {
      const idle = this.#longestIdle()
      if (idle !== undefined) await idle.close()
      else if (performance.now() < untilMs) await new Promise((resolve) => setTimeout(resolve, roomPollMs))
      else throw engineErrors.DATABASES_OPEN({ limit: databasesOpenMax })
    }
  }

  #longestIdle(): Database | undefined {
    const { closeIdleMs } = this.#options
    if (closeIdleMs === undefined) return undefined
    const before = performance.now() - closeIdleMs
    let longest: Slot | undefined
    for (const slot of this.#slots.values()) {
      if (slot.database?.isIdle !== true || slot.usedAtMs > before) continue
      if (longest === undefined || slot.usedAtMs < longest.usedAtMs) longest = slot
    }
    return longest?.database
  }
}
