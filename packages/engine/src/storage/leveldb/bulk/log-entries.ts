/**
 * What LevelDB has in memory and in its logs: the writes since tables were last made, in the order of keys.
 * How: places in the bytes of the logs, as numbers. Keys with the same first byte are put in order when they
 * are first asked for; many are already.
 *
 * A record of a log is a batch: the number of its first write (8 bytes, little-endian), the number of its
 * writes (4 bytes), then each write: 1 for a put and 0 for a delete, the key and, of a put, the value, each
 * behind its length (varint).
 */

import { asBuffer } from '../../as-buffer.ts'
import type { KeyRange } from '../../kv-store.ts'
import { readLog } from '../log-file.ts'
import { readVarint } from '../varint.ts'
import { kinds, OddFiles, type Piece, type PieceSource } from './piece.ts'

const batchHeadBytes = 12
const entriesPerPiece = 512

/** Writes whose keys have the same first byte: their places in the lists of all. */
interface Order {
  readonly places: number[]
  isSorted: boolean
}

/**
 * The records of logs, one behind another, in the memory of the logs; `undefined` where one is not whole.
 * @param lengths of the logs, the oldest first
 */
export function recordsIn(content: Uint8Array, lengths: readonly number[]): Uint8Array | undefined {
  let start = 0
  let end = 0
  for (const length of lengths) {
    // What a record is moved to has been read before: there are headers between them.
    const state = readLog(asBuffer(content.subarray(start, start + length)), (record) => {
      content.set(record, end)
      end += record.length
    })
    if (state.type !== 'whole') return undefined
    start += length
  }
  return content.subarray(0, end)
}

export class LogEntries {
  readonly #bytes: Buffer
  readonly #keyStarts: number[] = []
  readonly #keyEnds: number[] = []
  readonly #frameStarts: number[] = []
  readonly #frameEnds: number[] = []
  readonly #writes: number[] = []
  readonly #orders = new Map<number, Order>()

  /** @param records as `recordsIn` gives them. @throws OddFiles */
  constructor(records: Uint8Array) {
    this.#bytes = asBuffer(records)
    for (let at = 0; at < records.length; ) at = this.#addBatch(at)
  }

  /** Number of the newest write; 0: there is none. */
  get lastWrite(): number {
    return this.#writes.at(-1) ?? 0
  }

  source(range: KeyRange): PieceSource {
    const places = this.#placesIn(range)
    let at = 0
    return {
      next: async () => {
        const taken = places.slice(at, at + entriesPerPiece)
        at += taken.length
        return taken.length === 0 ? undefined : this.#piece(taken)
      },
      close: () => undefined,
    }
  }

  /** Gives where the next one begins. */
  #addBatch(start: number): number {
    const bytes = this.#bytes
    if (start + batchHeadBytes > bytes.length) throw new OddFiles()
    const first = bytes.readUInt32LE(start) + bytes.readUInt32LE(start + 4) * 2 ** 32
    const count = bytes.readUInt32LE(start + 8)
    let at = start + batchHeadBytes
    for (let n = 0; n < count; n += 1) {
      const kind = bytes[at]
      const key = readVarint(bytes, at + 1)
      const keyEnd = key.end + key.value
      const value = kind === kinds.put ? readVarint(bytes, keyEnd) : { value: 0, end: keyEnd }
      at = value.end + value.value
      if ((kind !== kinds.put && kind !== kinds.delete) || !(at <= bytes.length)) throw new OddFiles()
      const place = this.#writes.push(first + n) - 1
      this.#keyStarts.push(key.end)
      this.#keyEnds.push(keyEnd)
      this.#frameStarts.push(value.end)
      this.#frameEnds.push(kind === kinds.put ? at : -1)
      this.#orderOf(key.value === 0 ? 0 : (bytes[key.end] as number)).places.push(place)
    }
    return at
  }

  #orderOf(firstByte: number): Order {
    const known = this.#orders.get(firstByte)
    if (known !== undefined) return known
    const order: Order = { places: [], isSorted: false }
    this.#orders.set(firstByte, order)
    return order
  }

  /** In the order of keys, of equal ones the newest first. */
  #placesIn({ gte, lt }: KeyRange): number[] {
    const found: number[] = []
    for (let firstByte = gte[0] ?? 0; firstByte <= (lt[0] ?? -1); firstByte += 1) {
      const order = this.#orders.get(firstByte)
      if (order === undefined) continue
      if (!order.isSorted) order.places.sort((one, other) => this.#compare(one, other))
      order.isSorted = true
      const { places } = order
      const from = this.#firstNotBefore(places, gte)
      const to = this.#firstNotBefore(places, lt)
      for (let at = from; at < to; at += 1) found.push(places[at] as number)
    }
    return found
  }

  #compare(one: number, other: number): number {
    const bytes = this.#bytes
    const start = this.#keyStarts[one] as number
    const end = this.#keyEnds[one] as number
    const offset = (this.#keyStarts[other] as number) - start
    const otherEnd = (this.#keyEnds[other] as number) - offset
    for (let at = start; at < end && at < otherEnd; at += 1) {
      const difference = (bytes[at] as number) - (bytes[at + offset] as number)
      if (difference !== 0) return difference
    }
    if (end !== otherEnd) return end - otherEnd
    return (this.#writes[other] as number) - (this.#writes[one] as number)
  }

  /** Place in `places` of the first key that is not smaller. */
  #firstNotBefore(places: readonly number[], key: Uint8Array): number {
    let from = 0
    let to = places.length
    while (from < to) {
      const middle = (from + to) >> 1
      if (Buffer.compare(this.#key(places[middle] as number), key) < 0) from = middle + 1
      else to = middle
    }
    return from
  }

  #key(place: number): Buffer {
    return this.#bytes.subarray(this.#keyStarts[place], this.#keyEnds[place])
  }

  /** Copied out: not all that is done with bytes can be done with those that threads share. */
  #piece(places: readonly number[]): Piece {
    const keys: Buffer[] = []
    const frameStarts: number[] = []
    const frameEnds: number[] = []
    const bytes = Buffer.allocUnsafeSlow(places.reduce((sum, place) => sum + this.#bytesOf(place), 0))
    let end = 0
    const copy = (from: number, to: number) => {
      end += this.#bytes.copy(bytes, end, from, to)
    }
    for (const place of places) {
      const start = end
      copy(this.#keyStarts[place] as number, this.#keyEnds[place] as number)
      keys.push(bytes.subarray(start, end))
      frameStarts.push(end)
      const frameEnd = this.#frameEnds[place] as number
      if (frameEnd >= 0) copy(this.#frameStarts[place] as number, frameEnd)
      frameEnds.push(frameEnd < 0 ? -1 : end)
    }
    return {
      keys,
      writes: places.map((place) => this.#writes[place] as number),
      bytes,
      frameStarts,
      frameEnds,
    }
  }

  #bytesOf(place: number): number {
    const keyBytes = (this.#keyEnds[place] as number) - (this.#keyStarts[place] as number)
    return keyBytes + Math.max(0, (this.#frameEnds[place] as number) - (this.#frameStarts[place] as number))
  }
}
