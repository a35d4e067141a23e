/**
 * One snapshot of the store per commit group, shared by all who read it.
 * Why: taking a snapshot and learning its commit costs more than a point read; between two groups nothing
 * changes.
 * The commit is read from the manifest inside the snapshot, so that the two can never disagree.
 */

import type { LedgerHash } from '../ledger/hash.ts'
import { manifestKey } from '../ledger/key-space.ts'
import { ledgerErrors } from '../ledger/ledger-errors.ts'
import { decodeManifest, type Manifest } from '../ledger/manifest.ts'
import { bulkSnapshotOf } from '../storage/bulk-snapshot.ts'
import { chain } from '../storage/chain.ts'
import type { KvSnapshot, KvStore, MaybePromise } from '../storage/kv-store.ts'

export interface HeldSnapshot {
  readonly snapshot: KvSnapshot
  readonly manifest: Manifest
  /** Gives it back; once per holder. */
  release(): void
}

type ReadStore = Pick<KvStore, 'snapshot' | 'bulkSnapshot'>

class Shared {
  readonly snapshot: KvSnapshot
  readonly manifest: Manifest
  readonly #onUnheld: () => void
  holders = 0
  isCurrent = true

  constructor(snapshot: KvSnapshot, manifest: Manifest, onUnheld: () => void) {
    this.snapshot = snapshot
    this.manifest = manifest
    this.#onUnheld = onUnheld
  }

  hold(): HeldSnapshot {
    this.holders += 1
    return { snapshot: this.snapshot, manifest: this.manifest, release: () => this.release() }
  }

  release(): void {
    this.holders -= 1
    this.closeWhenUnused()
    if (this.holders === 0) this.#onUnheld()
  }

  closeWhenUnused(): void {
    if (!this.isCurrent && this.holders === 0) this.snapshot.close()
  }
}

export class SharedSnapshots {
  readonly #store: ReadStore
  readonly #hash: LedgerHash
  /** What stands for the manifest as long as there is none (see FirstScan). */
  #provisional: Manifest | undefined
  #current: MaybePromise<Shared> | undefined
  /** Snapshots that somebody holds. */
  #held = 0
  #waiting: (() => void)[] = []
  #paused: Promise<void> | undefined

  constructor(store: ReadStore, hash: LedgerHash, provisional?: Manifest) {
    this.#store = store
    this.#hash = hash
    this.#provisional = provisional
  }

  /** Whether the manifest is still missing. */
  get isProvisional(): boolean {
    return this.#provisional !== undefined
  }

  /** There is a manifest now. */
  confirm(): void {
    this.#provisional = undefined
    this.expire()
  }

  /** Whether somebody reads. */
  get isHeld(): boolean {
    return this.#held > 0
  }

  /** Sees every commit that was durable before the call. */
  hold(): MaybePromise<HeldSnapshot> {
    if (this.#paused !== undefined) return this.#paused.then(() => this.hold())
    this.#current ??= this.#take()
    return chain(this.#current, (shared) => {
      if (shared.holders === 0) this.#held += 1
      return shared.hold()
    })
  }

  /** One of its own, for whoever reads most of the database. */
  async holdBulk(): Promise<HeldSnapshot> {
    await this.#paused
    this.#held += 1
    let snapshot: KvSnapshot | undefined
    try {
      snapshot = await bulkSnapshotOf(this.#store)
      const shared = await this.#open(snapshot)
      shared.isCurrent = false
      return shared.hold()
    } catch (error) {
      snapshot?.close()
      this.#onUnheld()
      throw error
    }
  }

  /** Resolves when nobody reads any more, or after `timeoutMs`. */
  async unheld(timeoutMs: number): Promise<void> {
    if (!this.isHeld) return
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, timeoutMs)
      this.#waiting.push(() => {
        clearTimeout(timer)
        resolve()
      })
    })
  }

  /**
   * Whoever wants a snapshot waits until the function that this gives is called: the store is about to be out
   * of use for a moment.
   */
  pause(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#paused = promise
    this.expire()
    return () => {
      if (this.#paused === promise) this.#paused = undefined
      resolve()
    }
  }

  /** There is a newer commit: the next reader takes a new snapshot. */
  expire(): void {
    const current = this.#current
    this.#current = undefined
    if (current === undefined) return
    const ended = chain(current, (shared) => {
      shared.isCurrent = false
      shared.closeWhenUnused()
    })
    // Where it could not be taken, those who wanted it have been told.
    if (ended instanceof Promise) ended.catch(() => undefined)
  }

  #take(): MaybePromise<Shared> {
    return this.#open(this.#store.snapshot())
  }

  #open(snapshot: KvSnapshot): MaybePromise<Shared> {
    return chain(snapshot.get(manifestKey), (stored) => {
      const manifest = stored === undefined ? this.#provisional : decodeManifest(this.#hash, stored)
      if (manifest === undefined) {
        throw ledgerErrors.CORRUPT({ what: 'the manifest', reason: 'it is missing' })
      }
      return new Shared(snapshot, manifest, () => this.#onUnheld())
    })
  }

  #onUnheld(): void {
    this.#held -= 1
    if (this.#held > 0 || this.#waiting.length === 0) return
    for (const resolve of this.#waiting.splice(0)) resolve()
  }
}
