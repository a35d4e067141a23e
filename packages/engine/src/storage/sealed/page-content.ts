/**
 * What is sealed of a page: a byte that says how it is packed, and the page.
 * Why packed before it is sealed: nothing behind us can compress it any more. Its length then tells how well
 * it compressed; docs/security.md says so.
 *
 * | offset | bytes | what                                                             |
 * |--------|-------|------------------------------------------------------------------|
 * | 0      | 1     | 0 as it is, 1 Zstandard (RFC 8878), 2 as in lz-page.ts           |
 * | 1      | n     | the page                                                         |
 */

import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { decodeLzPage, encodeLzPage, lzPageBytesMax } from './lz-page.ts'

const asItIs = Buffer.from([0])
const packedLong = Buffer.from([1])
const packedShort = Buffer.from([2])
const options = { params: { [constants.ZSTD_c_compressionLevel]: 1 } }

/** Shorter pages gain less than the call costs. */
const packedBytesMin = 128

export function packPage(page: Uint8Array): readonly [Uint8Array, Uint8Array] {
  if (page.length < packedBytesMin) return [asItIs, page]
  const isShort = page.length <= lzPageBytesMax
  const smaller = isShort ? encodeLzPage(page) : zstdCompressSync(page, options)
  if (smaller.length >= page.length - page.length / 8) return [asItIs, page]
  return [isShort ? packedShort : packedLong, smaller]
}

export function unpackPage(content: Buffer): Buffer {
  const rest = content.subarray(1)
  if (content[0] === packedShort[0]) return decodeLzPage(rest)
  return content[0] === packedLong[0] ? zstdDecompressSync(rest) : rest
}
