/**
 * Decoded chunks of whole tables, for scans.
 * Why: reading and decoding a row costs ten times what a query does with it, and the tables that are scanned
 * over and over are small enough to keep.
 * Invariant: a chunk holds all rows with from ≤ key < to, as of every commit since `seq`; a write to a key in
 * between removes it when it is sequenced, before anyone could read around it.
 * Tables that would take more than half of the room are not kept at all: they would only drive the others
 * out.
 */

import type { StoredRecord } from '../model.ts'

/** Keys as latin1 text. */
export interface TableChunk {
  readonly from: string
  readonly to: string
  readonly seq: number
  readonly rows: readonly StoredRecord[]
  readonly bytes: number
}

interface TableChunks {
  readonly byFrom: Map<string, TableChunk>
  /** Sorted; made anew when a chunk has come or gone. */
  froms: string[] | undefined
  bytes: number
}

export class ScanCache {
  readonly #bytesMax: number
  /** Least recently scanned first. */
  readonly #tables = new Map<number, TableChunks>()
  readonly #tooLarge = new Set<number>()
  #bytes = 0

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  /** Whether rows of the table are kept at all. */
  accepts(tableId: number): boolean {
    return !this.#tooLarge.has(tableId)
  }

  /** Whether it has rows of the table. */
  holds(tableId: number): boolean {
    return this.#tables.has(tableId)
  }

  get(tableId: number, from: string): TableChunk | undefined {
    return this.#tables.get(tableId)?.byFrom.get(from)
  }

  set(tableId: number, chunk: TableChunk): void {
    if (this.#tooLarge.has(tableId)) return
    const chunks = this.#tables.get(tableId) ?? { byFrom: new Map(), froms: undefined, bytes: 0 }
    this.#tables.delete(tableId)
    this.#tables.set(tableId, chunks)
    this.#remove(chunks, chunk.from)
    chunks.byFrom.set(chunk.from, chunk)
    chunks.froms = undefined
    chunks.bytes += chunk.bytes
    this.#bytes += chunk.bytes
    if (chunks.bytes > this.#bytesMax / 2) {
      this.#tooLarge.add(tableId)
      this.#drop(tableId)
    }
    for (const oldest of this.#tables.keys()) {
      if (this.#bytes <= this.#bytesMax) break
      this.#drop(oldest)
    }
  }

  clear(): void {
    this.#tables.clear()
    this.#bytes = 0
  }

  /** A row under the key has been written. */
  invalidate(tableId: number, key: string): void {
    const chunks = this.#tables.get(tableId)
    if (chunks === undefined) return
    chunks.froms ??= [...chunks.byFrom.keys()].sort()
    const from = chunks.froms[lastNotAbove(chunks.froms, key)]
    const chunk = from === undefined ? undefined : chunks.byFrom.get(from)
    if (chunk !== undefined && key < chunk.to) this.#remove(chunks, chunk.from)
  }

  #remove(chunks: TableChunks, from: string): void {
    const chunk = chunks.byFrom.get(from)
    if (chunk === undefined) return
    chunks.byFrom.delete(from)
    chunks.froms = undefined
    chunks.bytes -= chunk.bytes
    this.#bytes -= chunk.bytes
  }

  #drop(tableId: number): void {
    this.#bytes -= this.#tables.get(tableId)?.bytes ?? 0
    this.#tables.delete(tableId)
  }
}

function lastNotAbove(sorted: readonly string[], key: string): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((sorted[middle] as string) <= key) low = middle + 1
    else high = middle
  }
  return low - 1
}
