/**
 * What is sealed of a page: a byte that says how it is packed, and the page.
 * Why packed before it is sealed: nothing behind us can compress it any more. Its length then tells how well
 * it compressed; docs/security.md says so.
 *
 * | offset | bytes | what                                                       |
 * |--------|-------|------------------------------------------------------------|
 * | 0      | 1     | 0 as it is, 1 Zstandard (RFC 8878), 2 LZ4 block            |
 * | 1      | 2     | of 2: bytes of the page, little-endian                     |
 * | …      | n     | the page                                                   |
 */

import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { decodeLz4Block, encodeLz4Block, lz4InputBytesMax } from './lz4-block.ts'

const kinds = { asItIs: 0, zstandard: 1, lz4: 2 } as const
const asItIs = Buffer.from([kinds.asItIs])
const packedLong = Buffer.from([kinds.zstandard])
const lz4HeadBytes = 3
const options = { params: { [constants.ZSTD_c_compressionLevel]: 1 } }

/** Shorter pages gain less than the call costs. */
const packedBytesMin = 128

export function packPage(page: Uint8Array): readonly [Uint8Array, Uint8Array] {
  if (page.length < packedBytesMin) return [asItIs, page]
  const [head, packed] = page.length <= lz4InputBytesMax ? packShort(page) : packLong(page)
  return head.length + packed.length < page.length - page.length / 8 ? [head, packed] : [asItIs, page]
}

function packShort(page: Uint8Array): readonly [Uint8Array, Uint8Array] {
  const head = Buffer.allocUnsafe(lz4HeadBytes)
  head.writeUInt16LE(page.length, head.writeUInt8(kinds.lz4))
  return [head, encodeLz4Block(page)]
}

function packLong(page: Uint8Array): readonly [Uint8Array, Uint8Array] {
  return [packedLong, zstdCompressSync(page, options)]
}

export function unpackPage(content: Buffer): Buffer {
  switch (content[0]) {
    case kinds.lz4:
      return decodeLz4Block(content.subarray(lz4HeadBytes), content.readUInt16LE(1))
    case kinds.zstandard:
      return zstdDecompressSync(content.subarray(1))
    default:
      return content.subarray(1)
  }
}
