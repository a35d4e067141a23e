/**
 * Walks a range of keys entry by entry, going on behind entries that cannot be read.
 * Why: a damaged value must be named and must not hide what lies behind it.
 */

import type { DbError } from '@dendrodb/protocol'
import { isKey } from '../ledger/key-space.ts'
import type { KvReader } from '../ledger/overlay.ts'
import type { KeyRange, KvEntry, MaybePromise } from '../storage/kv-store.ts'
import { type Findings, isEndOfReading } from './findings.ts'
import { entriesPerChunk } from './limits.ts'
import { damagedKey } from './named-damage.ts'

/**
 * Two chunks of each cursor are in memory, and what is in memory is moved about when garbage is collected.
 */
const scanOptions = { chunkEntries: entriesPerChunk }

export class KeyCursor {
  readonly #reader: KvReader
  readonly #findings: Findings
  readonly #name: string
  #range: KeyRange
  #chunks: AsyncIterator<readonly KvEntry[]>
  #chunk: readonly KvEntry[] = []
  #at = 0
  /** Read while the present chunk is being gone through. */
  #ahead: Promise<IteratorResult<readonly KvEntry[]>> | undefined
  #isDone = false

  constructor(reader: KvReader, range: KeyRange, name: string, findings: Findings) {
    this.#reader = reader
    this.#range = range
    this.#name = name
    this.#findings = findings
    this.#chunks = reader.scan(range, scanOptions)[Symbol.asyncIterator]()
  }

  /** The present entry; `undefined` at the end. */
  peek(): MaybePromise<KvEntry | undefined> {
    if (this.#at < this.#chunk.length || this.#isDone) return this.#chunk[this.#at]
    return this.#nextChunk()
  }

  advance(): void {
    this.#at += 1
  }

  async #nextChunk(): Promise<KvEntry | undefined> {
    const last = this.#chunk.at(-1)
    try {
      const { done, value } = await (this.#ahead ?? this.#chunks.next())
      if (done === true) return this.#end()
      this.#chunk = this.#known(value)
      this.#at = 0
      this.#ahead = this.#chunks.next()
      // Whoever comes to need it is told.
      this.#ahead.catch(() => undefined)
      return this.#chunk.length > 0 ? this.#chunk[0] : this.#nextChunk()
    } catch (error) {
      if (isEndOfReading(error)) throw error
      const broken = damagedKey(error)
      if (broken === undefined) {
        const reason = error instanceof Error ? error.message : String(error)
        this.#findings.add({ what: this.#name, key: last?.key, reason })
        return this.#end()
      }
      this.#findings.addUnreadable(broken, error as DbError)
      this.#range = { gte: Buffer.concat([broken, Buffer.from([0])]), lt: this.#range.lt }
      this.#chunks = this.#reader.scan(this.#range, scanOptions)[Symbol.asyncIterator]()
      this.#ahead = undefined
      return this.#nextChunk()
    }
  }

  /** Those that have a key; others are findings, as nothing can be made of them. */
  #known(entries: readonly KvEntry[]): readonly KvEntry[] {
    if (entries.every(({ key }) => isKey(key))) return entries
    return entries.filter(({ key }) => {
      if (isKey(key)) return true
      this.#findings.add({ what: this.#name, key, reason: 'no database makes such a key' })
      return false
    })
  }

  #end(): undefined {
    this.#chunk = []
    this.#isDone = true
    return undefined
  }
}
