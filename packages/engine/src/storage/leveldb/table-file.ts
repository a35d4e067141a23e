/**
 * LevelDB's tables (.ldb): where their blocks lie, and whether those match their checksums.
 * Why checked here: LevelDB never does so when it reads. The frames around values find damaged values; only
 * the checksums of the blocks find a key that damage has hidden.
 *
 * A table is blocks one behind another: data, filter, index of filters ("meta"), index of data; then the
 * footer.
 * After each block: its compression (1 byte: 0 none, 1 Snappy), and the masked CRC-32C over block and that
 * byte.
 *
 * | offset   | bytes | footer                                                                       |
 * |----------|-------|------------------------------------------------------------------------------|
 * | 0        | …     | handle of the meta index: offset and size, varints                            |
 * | …        | …     | handle of the index                                                          |
 * | …        | …     | zeros up to 40 bytes                                                         |
 * | 40       | 8     | 57 fb 80 8b 24 75 47 db                                                      |
 *
 * An index block is entries: bytes shared with the key before, bytes not shared, bytes of the value
 * (varints), the rest of the key, the value, which is a handle; then restart points (4 bytes each) and their
 * number (4 bytes).
 */

import { maskedCrc32c } from './log-file.ts'
import { uncompressSnappy } from './snappy.ts'
import { readVarint } from './varint.ts'

const magic = Buffer.from('57fb808b247547db', 'hex')
/** Of an index that may be true: LevelDB's are a hundredth of their file. */
const indexBytesMax = 1024 * 1024 * 1024

/** Where a block lies; behind it come 5 more bytes. */
export interface Handle {
  readonly offset: number
  readonly size: number
}

/** An entry of an index: no key of the block is greater, and none of the next block smaller or equal. */
export interface IndexedBlock {
  readonly key: Buffer
  readonly handle: Handle
}

/** LevelDB has so many bytes of its own behind each key. */
export const keyTailBytes = 8
export const footerBytes = 48
/** Compression and checksum. */
export const blockTrailerBytes = 5

/** Why the table is damaged; `undefined` when it is not. */
export function findTableDamage(bytes: Buffer): string | undefined {
  const footer = readFooter(bytes.subarray(-footerBytes))
  if (footer === undefined) return 'it does not end as a table'
  const blocksEnd = bytes.length - footerBytes
  for (const top of [footer.meta, footer.index]) {
    const block = isWithin(top, blocksEnd) ? openBlock(bytes, top) : undefined
    const blocks = block === undefined ? undefined : readIndexBlock(block)
    if (blocks === undefined) return `its index block at byte ${top.offset} does not match its checksum`
    for (const { handle } of blocks) {
      if (isWithin(handle, blocksEnd) && checksumHolds(bytes, handle)) continue
      return `the block at byte ${handle.offset} does not match its checksum`
    }
  }
  return undefined
}

/** `undefined` when the bytes are not the end of a table. */
export function readFooter(footer: Buffer): { readonly meta: Handle; readonly index: Handle } | undefined {
  if (footer.length < footerBytes || !footer.subarray(footerBytes - 8).equals(magic)) return undefined
  const meta = readHandle(footer, 0)
  const index = readHandle(footer, meta.end)
  if (footer.subarray(index.end, footerBytes - 8).some((byte) => byte !== 0)) return undefined
  return { meta: meta.handle, index: index.handle }
}

/**
 * The content of the block at the handle in `bytes`; `undefined` when it is damaged.
 */
export function openBlock(bytes: Buffer, { offset, size }: Handle): Buffer | undefined {
  if (!checksumHolds(bytes, { offset, size })) return undefined
  const block = bytes.subarray(offset, offset + size)
  return bytes[offset + size] === 0 ? block : uncompressSnappy(block, indexBytesMax)
}

export function checksumHolds(bytes: Buffer, { offset, size }: Handle): boolean {
  const end = offset + size + 1
  return end + 4 <= bytes.length && maskedCrc32c(bytes, offset, end) === bytes.readUInt32LE(end)
}

/** Its entries, whose keys share nothing; `undefined` where they make no sense. */
export function readIndexBlock(block: Buffer): IndexedBlock[] | undefined {
  if (block.length < 4) return undefined
  const restarts = block.readUInt32LE(block.length - 4)
  const end = block.length - 4 * (restarts + 1)
  const blocks: IndexedBlock[] = []
  for (let at = 0; at < end; ) {
    const shared = readVarint(block, at)
    const rest = readVarint(block, shared.end)
    const value = readVarint(block, rest.end)
    const keyEnd = value.end + rest.value
    const handle = readHandle(block, keyEnd)
    blocks.push({ key: block.subarray(value.end, keyEnd), handle: handle.handle })
    at = keyEnd + value.value
    if (handle.end !== at) return undefined
  }
  return blocks
}

function isWithin({ offset, size }: Handle, end: number): boolean {
  return offset + size + blockTrailerBytes <= end
}

function readHandle(bytes: Buffer, at: number): { readonly handle: Handle; readonly end: number } {
  const offset = readVarint(bytes, at)
  const size = readVarint(bytes, offset.end)
  return { handle: { offset: offset.value, size: size.value }, end: size.end }
}
