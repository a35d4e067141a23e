/**
 * Pending changes to the store, and reads through them.
 * Why: a transaction must see its own writes, and a commit group those of the requests before it, in point
 * reads and scans alike, before the store has them.
 */

import { keyText } from '../storage/key-text.ts'
import type { KeyRange, KvEntry, KvSnapshot, MaybePromise, ScanOptions } from '../storage/kv-store.ts'

/** What reading a store's snapshot, or a snapshot with changes on top, has in common. */
export type KvReader = Pick<KvSnapshot, 'get' | 'getMany' | 'scan'>

export class Overlay {
  /** `null`: deleted. */
  readonly #changes = new Map<string, Buffer | null>()
  #sortedKeys: string[] | undefined

  get size(): number {
    return this.#changes.size
  }

  set(key: string, value: Buffer | null): void {
    if (this.#sortedKeys !== undefined && !this.#changes.has(key)) this.#sortedKeys = undefined
    this.#changes.set(key, value)
  }

  /** `undefined`: not changed here. */
  get(key: string): Buffer | null | undefined {
    return this.#changes.get(key)
  }

  keys(): IterableIterator<string> {
    return this.#changes.keys()
  }

  /** Changed keys with gte ≤ key < lt, ascending. */
  keysWithin(gte: string, lt: string): string[] {
    this.#sortedKeys ??= [...this.#changes.keys()].sort(compareText)
    const keys = this.#sortedKeys
    return keys.slice(lowerBound(keys, gte), lowerBound(keys, lt))
  }
}

/** Reads through `layers`, newest first, then the base. */
export class OverlayReader implements KvReader {
  readonly #base: KvReader
  readonly #layers: readonly Overlay[]

  constructor(base: KvReader, layers: readonly Overlay[]) {
    this.#base = base
    this.#layers = layers
  }

  get(key: Uint8Array): MaybePromise<Buffer | undefined> {
    const change = this.#change(keyText(key))
    return change === undefined ? this.#base.get(key) : (change ?? undefined)
  }

  getMany(keys: readonly Uint8Array[]): MaybePromise<(Buffer | undefined)[]> {
    const changes = keys.map((key) => this.#change(keyText(key)))
    const merge = (values: (Buffer | undefined)[]) =>
      values.map((value, at) => (changes[at] === undefined ? value : (changes[at] ?? undefined)))
    const values = this.#base.getMany(keys)
    return values instanceof Promise ? values.then(merge) : merge(values)
  }

  scan(range: KeyRange, options: ScanOptions = {}): AsyncIterable<readonly KvEntry[]> {
    const pending = this.#changesWithin(range)
    if (pending.length === 0) return this.#base.scan(range, options)
    if (options.reverse) pending.reverse()
    const { limit } = options
    const wider = limit === undefined ? options : { ...options, limit: limit + pending.length }
    return limited(merged(this.#base.scan(range, wider), pending, options.reverse === true), limit)
  }

  #change(key: string): Buffer | null | undefined {
    for (const layer of this.#layers) {
      const change = layer.get(key)
      if (change !== undefined) return change
    }
    return undefined
  }

  #changesWithin(range: KeyRange): PendingChange[] {
    const [gte, lt] = [keyText(range.gte), keyText(range.lt)]
    const keys = new Set<string>()
    for (const layer of this.#layers) for (const key of layer.keysWithin(gte, lt)) keys.add(key)
    return [...keys].sort(compareText).map((text) => ({
      text,
      key: Buffer.from(text, 'latin1'),
      value: this.#change(text) ?? null,
    }))
  }
}

interface PendingChange {
  readonly text: string
  readonly key: Buffer
  readonly value: Buffer | null
}

async function* merged(
  base: AsyncIterable<readonly KvEntry[]>,
  pending: readonly PendingChange[],
  isReverse: boolean,
): AsyncGenerator<KvEntry[]> {
  let next = 0
  const isBefore = (a: string, b: string) => (isReverse ? a > b : a < b)
  for await (const chunk of base) {
    const out: KvEntry[] = []
    for (const entry of chunk) {
      const text = keyText(entry.key)
      let change = pending[next]
      while (change !== undefined && isBefore(change.text, text)) {
        if (change.value !== null) out.push({ key: change.key, value: change.value })
        change = pending[++next]
      }
      if (change?.text !== text) {
        out.push(entry)
        continue
      }
      if (change.value !== null) out.push({ key: change.key, value: change.value })
      next += 1
    }
    if (out.length > 0) yield out
  }
  const rest = pending.slice(next).filter((change) => change.value !== null)
  if (rest.length > 0) yield rest.map(({ key, value }) => ({ key, value: value as Buffer }))
}

async function* limited(
  chunks: AsyncIterable<readonly KvEntry[]>,
  limit: number | undefined,
): AsyncGenerator<readonly KvEntry[]> {
  let left = limit ?? Number.POSITIVE_INFINITY
  if (left === 0) return
  for await (const chunk of chunks) {
    yield chunk.length > left ? chunk.slice(0, left) : chunk
    left -= chunk.length
    if (left <= 0) return
  }
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function lowerBound(keys: readonly string[], key: string): number {
  let low = 0
  let high = keys.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((keys[middle] as string) < key) low = middle + 1
    else high = middle
  }
  return low
}
