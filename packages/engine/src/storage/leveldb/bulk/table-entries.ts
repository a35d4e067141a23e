/**
 * Reads data blocks of tables into a piece.
 *
 * A block is entries: bytes that the key shares with the one before, bytes that it does not share, bytes of
 * the value (varints), the rest of the key, the value. Behind them come restart points (4 bytes each) and
 * their number (4 bytes). A key ends with 8 bytes, little-endian: 1 for a put and 0 for a delete, and the
 * number of the write in the other seven.
 */

import { keyTailBytes } from '../table-file.ts'
import { readVarint } from '../varint.ts'
import type { KeyBlocks } from './key-blocks.ts'
import { kinds, OddFiles, type Piece } from './piece.ts'

export class TableEntries implements Piece {
  readonly keys: Buffer[] = []
  readonly writes: number[] = []
  readonly bytes: Buffer
  readonly frameStarts: number[] = []
  readonly frameEnds: number[] = []
  readonly #keyBlocks: KeyBlocks
  readonly #lastWrite: number
  /** The key at hand with its tail. */
  #whole = Buffer.allocUnsafe(512)

  /** @param lastWrite number of the newest write there is */
  constructor(bytes: Buffer, keyBlocks: KeyBlocks, lastWrite: number) {
    this.bytes = bytes
    this.#keyBlocks = keyBlocks
    this.#lastWrite = lastWrite
  }

  /** Adds the entries of the block between the two places. @throws OddFiles */
  add(start: number, end: number): void {
    const { bytes } = this
    const entriesEnd = end - 4 - 4 * bytes.readUInt32LE(end - 4)
    let length = 0
    for (let at = start; at < entriesEnd; ) {
      let shared = bytes[at] as number
      let rest = bytes[at + 1] as number
      let valueBytes = bytes[at + 2] as number
      at += 3
      if ((shared | rest | valueBytes) >= 0x80) {
        const ofShared = readVarint(bytes, at - 3)
        const ofRest = readVarint(bytes, ofShared.end)
        const ofValue = readVarint(bytes, ofRest.end)
        shared = ofShared.value
        rest = ofRest.value
        valueBytes = ofValue.value
        at = ofValue.end
      }
      const isSound =
        shared <= length && shared + rest >= keyTailBytes && at + rest + valueBytes <= entriesEnd
      // What is not a number is not sound.
      if (!isSound) throw new OddFiles()
      length = shared + rest
      this.#takeRest(shared, at, rest)
      at += rest
      this.#push(length - keyTailBytes, at, at + valueBytes)
      at += valueBytes
    }
  }

  #takeRest(shared: number, at: number, rest: number): void {
    if (shared + rest > this.#whole.length) {
      const larger = Buffer.allocUnsafe(2 * (shared + rest))
      larger.set(this.#whole.subarray(0, shared))
      this.#whole = larger
    }
    const whole = this.#whole
    const { bytes } = this
    for (let n = 0; n < rest; n += 1) whole[shared + n] = bytes[at + n] as number
  }

  #push(keyBytes: number, frameStart: number, frameEnd: number): void {
    const whole = this.#whole
    const kind = whole[keyBytes] as number
    const write = writeNumber(whole, keyBytes + 1)
    // LevelDB does not show what seems to be written later than its newest write.
    if (kind > kinds.put || write > this.#lastWrite) throw new OddFiles()
    this.keys.push(this.#keyBlocks.copy(whole, keyBytes))
    this.writes.push(write)
    this.frameStarts.push(frameStart)
    this.frameEnds.push(kind === kinds.put ? frameEnd : -1)
  }
}

/** Seven bytes. */
function writeNumber(bytes: Buffer, at: number): number {
  const low = (bytes[at] as number) | ((bytes[at + 1] as number) << 8) | ((bytes[at + 2] as number) << 16)
  return low + bytes.readUInt32LE(at + 3) * 2 ** 24
}
