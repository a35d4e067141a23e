/**
 * Merges what the files hold into the entries in force: of each key the newest write, unless it deleted the
 * key.
 */

import { setImmediate } from 'node:timers/promises'
import { must } from '@dendrodb/protocol'
import type { KvEntry } from '../../kv-store.ts'
import { chunkBytes } from '../../limits.ts'
import { unframeIn } from '../value-frame.ts'
import { OddFiles, type Piece, type PieceSource } from './piece.ts'

/** A source with the piece that it has come to. */
class Head {
  readonly #source: PieceSource
  piece: Piece
  at = 0

  private constructor(source: PieceSource, piece: Piece) {
    this.#source = source
    this.piece = piece
  }

  static readonly of = async (source: PieceSource): Promise<Head | undefined> => {
    const piece = await source.next()
    return piece && new Head(source, piece)
  }

  get key(): Buffer {
    return this.piece.keys[this.at] as Buffer
  }

  get isAtEnd(): boolean {
    return this.at === this.piece.keys.length
  }

  /** Whether there is more. */
  async load(): Promise<boolean> {
    // What is in memory already comes without a wait, and must not keep everybody else waiting.
    await setImmediate()
    const piece = await this.#source.next()
    if (piece === undefined) return false
    this.piece = piece
    this.at = 0
    return true
  }

  /** In which order their next entries come. */
  compare(other: Head): number {
    const order = Buffer.compare(this.key, other.key)
    return order !== 0
      ? order
      : (other.piece.writes[other.at] as number) - (this.piece.writes[this.at] as number)
  }
}

/**
 * Chunks of entries in the order of keys, none of them empty.
 * @throws OddFiles when something does not match its checksum
 */
export async function* mergePieces(
  sources: readonly PieceSource[],
  chunkEntries: number,
): AsyncGenerator<readonly KvEntry[]> {
  const heads = (await Promise.all(sources.map(Head.of))).filter((head) => head !== undefined)
  const merge = new Merge(chunkEntries)
  while (heads.length > 0) {
    const { first, second } = firstTwo(heads)
    merge.take(first, second?.key)
    if (merge.isFull) yield merge.chunk()
    if (first.isAtEnd && !(await first.load())) heads.splice(heads.indexOf(first), 1)
  }
  if (merge.hasEntries) yield merge.chunk()
}

function firstTwo([head, ...others]: readonly Head[]): {
  readonly first: Head
  readonly second: Head | undefined
} {
  let first = must(head, 'a source that is not at its end')
  let second: Head | undefined
  for (const other of others) {
    if (other.compare(first) < 0) {
      second = first
      first = other
    } else if (second === undefined || other.compare(second) < 0) {
      second = other
    }
  }
  return { first, second }
}

class Merge {
  readonly #chunkEntries: number
  #entries: KvEntry[] = []
  #bytes = 0
  /** What became of it is settled. */
  #key: Buffer | undefined

  constructor(chunkEntries: number) {
    this.#chunkEntries = chunkEntries
  }

  get hasEntries(): boolean {
    return this.#entries.length > 0
  }

  get isFull(): boolean {
    return this.#entries.length >= this.#chunkEntries || this.#bytes > chunkBytes
  }

  /** What was taken so far. */
  chunk(): readonly KvEntry[] {
    const entries = this.#entries
    this.#entries = []
    this.#bytes = 0
    return entries
  }

  /** Takes the entries of the head before `bound`, at least its first one, until the chunk is full. */
  take(head: Head, bound: Buffer | undefined): void {
    const { keys, bytes, frameStarts, frameEnds } = head.piece
    const isBounded = bound !== undefined && Buffer.compare(keys.at(-1) as Buffer, bound) >= 0
    const begin = head.at
    while (head.at < keys.length && !this.isFull) {
      const key = keys[head.at] as Buffer
      if (isBounded && head.at > begin && Buffer.compare(key, bound) >= 0) return
      const start = frameStarts[head.at] as number
      const end = frameEnds[head.at] as number
      head.at += 1
      if (this.#key !== undefined && areEqual(key, this.#key)) continue
      this.#key = key
      if (end < 0) continue
      const value = unframeIn(bytes, start, end, key)
      if (value === undefined) throw new OddFiles()
      this.#entries.push({ key, value })
      this.#bytes += key.length + value.length
    }
  }
}

/** The last byte first: keys that follow one another begin alike. */
function areEqual(one: Buffer, other: Buffer): boolean {
  const { length } = one
  return length === other.length && one[length - 1] === other[length - 1] && one.equals(other)
}
