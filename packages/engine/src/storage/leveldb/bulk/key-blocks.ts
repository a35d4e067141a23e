/**
 * Copies of keys, cut from blocks that many share: a buffer of its own costs several times as much.
 * A copy keeps its block alive; it is for those who go through entries and let go of them.
 */

const blockBytes = 64 * 1024

export class KeyBlocks {
  #block = Buffer.allocUnsafeSlow(blockBytes)
  #used = 0

  /** The first `length` bytes. */
  copy(bytes: Buffer, length: number): Buffer {
    if (this.#used + length > this.#block.length) {
      this.#block = Buffer.allocUnsafeSlow(Math.max(blockBytes, length))
      this.#used = 0
    }
    const block = this.#block
    const start = this.#used
    this.#used += length
    for (let at = 0; at < length; at += 1) block[start + at] = bytes[at] as number
    return block.subarray(start, this.#used)
  }
}
