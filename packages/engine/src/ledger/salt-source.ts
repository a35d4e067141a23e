/**
 * Random salts for commitments, drawn from a pool because one call to the system per salt costs more than a
 * hash.
 * Why: without its salt, a commitment to a short value could be guessed back; with it, erasing payload and
 * salt erases the knowledge.
 */

import { randomFillSync } from 'node:crypto'

export const saltBytes = 16
const poolBytes = saltBytes * 4096

export class SaltSource {
  #pool = Buffer.alloc(0)
  #offset = 0

  next(): Buffer {
    if (this.#offset === this.#pool.length) {
      this.#pool = randomFillSync(Buffer.allocUnsafeSlow(poolBytes))
      this.#offset = 0
    }
    this.#offset += saltBytes
    return this.#pool.subarray(this.#offset - saltBytes, this.#offset)
  }
}
