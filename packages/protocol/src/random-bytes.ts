/**
 * Random bytes from the platform's cryptographic source, fetched in blocks.
 * Why: one call per id costs more than all the rest of making the id.
 */

interface CryptoSource {
  getRandomValues(into: Uint8Array): Uint8Array
}

const blockBytes = 8192
const block = new Uint8Array(blockBytes)
let used = blockBytes

/** `count` bytes (at most 256), each handed out once. A view: copy what must outlive the next call. */
export function randomBytes(count: number): Uint8Array {
  if (used + count > blockBytes) {
    const { crypto } = globalThis as unknown as { readonly crypto: CryptoSource }
    crypto.getRandomValues(block)
    used = 0
  }
  used += count
  return block.subarray(used - count, used)
}
