/** A snapshot of a sealed store: the tables and segments that there were. */

import { chainEach } from '../chain.ts'
import type { KeyRange, KvEntry, KvSnapshot, MaybePromise, ScanOptions } from '../kv-store.ts'
import { storageErrors } from '../storage-errors.ts'
import { lookUp, type ReadState } from './lookup.ts'
import { mergedScan } from './merged-scan.ts'
import type { SealedPages } from './sealed-pages.ts'

export interface SnapshotParts {
  readonly pages: SealedPages
  readonly state: ReadState
  /** Reads answer with promises. */
  readonly isAsync: boolean
  readonly onClose: (snapshot: SealedSnapshot) => void
}

export class SealedSnapshot implements KvSnapshot {
  readonly #pages: SealedPages
  readonly #isAsync: boolean
  readonly #onClose: (snapshot: SealedSnapshot) => void
  /** `undefined` once it is closed. */
  #state: ReadState | undefined
  #isLost = false

  constructor({ pages, state, isAsync, onClose }: SnapshotParts) {
    this.#pages = pages
    this.#state = state
    this.#isAsync = isAsync
    this.#onClose = onClose
  }

  get(key: Uint8Array): MaybePromise<Buffer | undefined> {
    const state = this.#openState()
    const found = lookUp(this.#pages, state, key)
    return this.#isAsync && !(found instanceof Promise) ? Promise.resolve(found) : found
  }

  getMany(keys: readonly Uint8Array[]): MaybePromise<(Buffer | undefined)[]> {
    const state = this.#openState()
    const values: (Buffer | undefined)[] = []
    const pending = chainEach(keys, (key) => {
      const found = lookUp(this.#pages, state, key)
      if (!(found instanceof Promise)) values.push(found)
      else return found.then((value) => void values.push(value))
    })
    if (pending !== undefined) return pending.then(() => values)
    return this.#isAsync ? Promise.resolve(values) : values
  }

  async *scan(range: KeyRange, options: ScanOptions = {}): AsyncGenerator<readonly KvEntry[]> {
    yield* mergedScan(this.#pages, this.#openState(), range, options, () => this.#openState())
  }

  /** The store gives up what only this snapshot sees. */
  lose(): void {
    if (this.#state === undefined) return
    this.#isLost = true
    this.close()
  }

  close(): void {
    if (this.#state === undefined) return
    this.#state = undefined
    this.#onClose(this)
  }

  #openState(): ReadState {
    if (this.#state !== undefined) return this.#state
    throw this.#isLost ? storageErrors.SNAPSHOT_LOST() : storageErrors.CLOSED({ what: 'snapshot' })
  }
}
