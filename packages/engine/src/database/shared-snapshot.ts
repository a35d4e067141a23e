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
import { chain } from '../storage/chain.ts'
import type { KvSnapshot, KvStore, MaybePromise } from '../storage/kv-store.ts'

export interface HeldSnapshot {
  readonly snapshot: KvSnapshot
  readonly manifest: Manifest
  /** Gives it back; once per holder. */
  release(): void
}

class Shared {
  readonly snapshot: KvSnapshot
  readonly manifest: Manifest
  holders = 0
  isCurrent = true

  constructor(snapshot: KvSnapshot, manifest: Manifest) {
    this.snapshot = snapshot
    this.manifest = manifest
  }

  hold(): HeldSnapshot {
    this.holders += 1
    return { snapshot: this.snapshot, manifest: this.manifest, release: () => this.release() }
  }

  release(): void {
    this.holders -= 1
    this.closeWhenUnused()
  }

  closeWhenUnused(): void {
    if (!this.isCurrent && this.holders === 0) this.snapshot.close()
  }
}

export class SharedSnapshots {
  readonly #store: KvStore
  readonly #hash: LedgerHash
  #current: MaybePromise<Shared> | undefined
  #paused: Promise<void> | undefined

  constructor(store: KvStore, hash: LedgerHash) {
    this.#store = store
    this.#hash = hash
  }

  /** Sees every commit that was durable before the call. */
  hold(): MaybePromise<HeldSnapshot> {
    if (this.#paused !== undefined) return this.#paused.then(() => this.hold())
    this.#current ??= this.#take()
    return chain(this.#current, (shared) => shared.hold())
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
    void chain(current, (shared) => {
      shared.isCurrent = false
      shared.closeWhenUnused()
    })
  }

  #take(): MaybePromise<Shared> {
    const snapshot = this.#store.snapshot()
    return chain(snapshot.get(manifestKey), (stored) => {
      if (stored === undefined) throw ledgerErrors.CORRUPT({ what: 'the manifest', reason: 'it is missing' })
      return new Shared(snapshot, decodeManifest(this.#hash, stored))
    })
  }
}
