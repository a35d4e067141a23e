/**
 * What is sealed of a page: a byte that says how it is packed, and the page.
 * Why packed before it is sealed: nothing behind us can compress it any more. Its length then tells how well
 * it compressed; docs/security.md says so.
 *
 * | offset | bytes | what                                   |
 * |--------|-------|----------------------------------------|
 * | 0      | 1     | 0 as it is, 1 Zstandard (RFC 8878)     |
 * | 1      | n     | the page                               |
 */

import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'

const asItIs = Buffer.from([0])
const packed = Buffer.from([1])
const options = { params: { [constants.ZSTD_c_compressionLevel]: 1 } }
/** Unpacked pages are views of pieces of this size, which are kept with them: most leaves fit into one. */
const unpacking = { chunkSize: 10 * 1024 }

/** Shorter pages gain less than the call costs. */
const packedBytesMin = 128

export function packPage(page: Uint8Array): readonly [Uint8Array, Uint8Array] {
  if (page.length < packedBytesMin) return [asItIs, page]
  const smaller = zstdCompressSync(page, options)
  return smaller.length < page.length - page.length / 8 ? [packed, smaller] : [asItIs, page]
}

export function unpackPage(content: Buffer): Buffer {
  const rest = content.subarray(1)
  return content[0] === packed[0] ? zstdDecompressSync(rest, unpacking) : rest
}
