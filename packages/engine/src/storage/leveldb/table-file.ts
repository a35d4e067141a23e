/**
 * Checks all block checksums of a LevelDB table (.ldb).
 * Why: LevelDB never does so when it reads. The frames around values find damaged values; only the checksums
 * of the blocks find a key that damage has hidden.
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

const footerBytes = 48
const magic = Buffer.from('57fb808b247547db', 'hex')
/** Of an index that may be true: LevelDB's are a hundredth of their file. */
const indexBytesMax = 1024 * 1024 * 1024

interface Handle {
  readonly offset: number
  readonly size: number
}

/** Why the table is damaged; `undefined` when it is not. */
export function findTableDamage(bytes: Buffer): string | undefined {
  const footer = bytes.subarray(bytes.length - footerBytes)
  if (bytes.length < footerBytes || !footer.subarray(footerBytes - 8).equals(magic))
    return 'it does not end as a table'
  const meta = readHandle(footer, 0)
  const index = readHandle(footer, meta.end)
  if (footer.subarray(index.end, footerBytes - 8).some((byte) => byte !== 0)) return 'its footer was changed'
  for (const top of [meta.handle, index.handle]) {
    const block = soundBlock(bytes, top)
    const handles = block === undefined ? undefined : handlesIn(block)
    if (handles === undefined) return `its index block at byte ${top.offset} does not match its checksum`
    for (const handle of handles) {
      if (checksumHolds(bytes, handle)) continue
      return `the block at byte ${handle.offset} does not match its checksum`
    }
  }
  return undefined
}

function checksumHolds(bytes: Buffer, { offset, size }: Handle): boolean {
  const end = offset + size + 1
  if (!(end + 4 <= bytes.length - footerBytes)) return false
  return maskedCrc32c(bytes, offset, end) === bytes.readUInt32LE(end)
}

function soundBlock(bytes: Buffer, handle: Handle): Buffer | undefined {
  if (!checksumHolds(bytes, handle)) return undefined
  const { offset, size } = handle
  const block = bytes.subarray(offset, offset + size)
  return bytes[offset + size] === 0 ? block : uncompressSnappy(block, indexBytesMax)
}

function handlesIn(block: Buffer): Handle[] | undefined {
  if (block.length < 4) return undefined
  const restarts = block.readUInt32LE(block.length - 4)
  const end = block.length - 4 * (restarts + 1)
  const handles: Handle[] = []
  for (let at = 0; at < end; ) {
    const shared = readVarint(block, at)
    const rest = readVarint(block, shared.end)
    const value = readVarint(block, rest.end)
    const handle = readHandle(block, value.end + rest.value)
    handles.push(handle.handle)
    at = value.end + rest.value + value.value
    if (handle.end !== at) return undefined
  }
  return handles
}

function readHandle(bytes: Buffer, at: number): { readonly handle: Handle; readonly end: number } {
  const offset = readVarint(bytes, at)
  const size = readVarint(bytes, offset.end)
  return { handle: { offset: offset.value, size: size.value }, end: size.end }
}
