/**
 * A reader that goes on behind what cannot be read, as if it were not there.
 * Why: what follows from a damaged value must not keep the rest from being verified; the value itself is
 * named by the pass that looks at its key.
 */

import type { StoredCatalog } from '../catalog/stored-catalog.ts'
import type { KvReader } from '../ledger/overlay.ts'
import { readDefinitions } from '../models/document/read-definitions.ts'
import type { KeyRange, KvEntry, MaybePromise, ScanOptions } from '../storage/kv-store.ts'
import { Findings, nothingUnlessEnd } from './findings.ts'
import { KeyCursor } from './key-cursor.ts'
import { entriesPerChunk } from './limits.ts'

export class SoundReader implements KvReader {
  readonly #reader: KvReader

  constructor(reader: KvReader) {
    this.#reader = reader
  }

  get(key: Uint8Array): MaybePromise<Buffer | undefined> {
    try {
      const value = this.#reader.get(key)
      return value instanceof Promise ? value.catch(nothingUnlessEnd) : value
    } catch (error) {
      return nothingUnlessEnd(error)
    }
  }

  async getMany(keys: readonly Uint8Array[]): Promise<(Buffer | undefined)[]> {
    try {
      return await this.#reader.getMany(keys)
    } catch (error) {
      nothingUnlessEnd(error)
      return Promise.all(keys.map((key) => this.get(key)))
    }
  }

  /** Backwards, it ends at the damage: such scans look for a single version. */
  async *scan(range: KeyRange, options: ScanOptions = {}): AsyncGenerator<readonly KvEntry[]> {
    if (options.reverse === true) {
      yield* this.#backwards(range, options)
      return
    }
    let left = options.limit ?? Number.POSITIVE_INFINITY
    const cursor = new KeyCursor(this.#reader, range, 'an entry', new Findings())
    let chunk: KvEntry[] = []
    for (; left > 0; left -= 1) {
      const peeked = cursor.peek()
      const entry = peeked instanceof Promise ? await peeked : peeked
      if (entry === undefined) break
      cursor.advance()
      chunk.push(entry)
      if (chunk.length < entriesPerChunk) continue
      yield chunk
      chunk = []
    }
    if (chunk.length > 0) yield chunk
  }

  async *#backwards(range: KeyRange, options: ScanOptions): AsyncGenerator<readonly KvEntry[]> {
    try {
      yield* this.#reader.scan(range, options)
    } catch (error) {
      nothingUnlessEnd(error)
    }
  }
}

/** Definitions that make no sense are left out: the pass over the records names them. */
export function readSoundDefinitions(reader: SoundReader): Promise<StoredCatalog> {
  return readDefinitions(reader, () => undefined)
}
