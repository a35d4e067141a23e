/**
 * Tables that follow one another in the order of keys, read from front to back.
 */

import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import type { KeyRange } from '../../kv-store.ts'
import { bulkPieceBytes, bulkReadBytes } from '../../limits.ts'
import { type LiveTable, tableFile } from '../manifest-file.ts'
import { uncompressInto } from '../snappy.ts'
import {
  blockTrailerBytes,
  checksumHolds,
  footerBytes,
  type Handle,
  keyTailBytes,
  openBlock,
  readFooter,
  readIndexBlock,
} from '../table-file.ts'
import { readVarint } from '../varint.ts'
import { KeyBlocks } from './key-blocks.ts'
import { OddFiles, type Piece, type PieceSource } from './piece.ts'
import { TableEntries } from './table-entries.ts'

/** Without an entry. */
const minBlockBytes = 4
/** Of one that may be true: it may hold a single value of the greatest length. */
const blockBytesMax = 64 * 1024 * 1024

/** Blocks that lie one behind another and are read in one go. */
interface Stretch {
  readonly start: number
  readonly end: number
  readonly blocks: readonly Handle[]
}

/** Where tables lie, and the number of the newest write there is. */
export interface TableFolder {
  readonly folder: string
  readonly lastWrite: number
}

export class TableSource implements PieceSource {
  readonly #folder: TableFolder
  readonly #range: KeyRange
  readonly #tables: readonly LiveTable[]
  readonly #keyBlocks = new KeyBlocks()
  #tablesBegun = 0
  /** Of the table being read. */
  #file: FileHandle | undefined
  /** Of it, those that have not been asked for. */
  #stretches: Stretch[] = []
  /** Read while the one before is gone through. */
  #ahead: Promise<StoredStretch> | undefined
  #stretch: StoredStretch | undefined
  #isClosed = false

  /** @param tables in the order of their keys */
  constructor(folder: TableFolder, tables: readonly LiveTable[], range: KeyRange) {
    this.#folder = folder
    this.#range = range
    this.#tables = tables.filter(
      ({ smallest, largest }) =>
        Buffer.compare(largest, range.gte) >= 0 && Buffer.compare(smallest, range.lt) < 0,
    )
  }

  async next(): Promise<Piece | undefined> {
    for (;;) {
      const blocks = this.#stretch?.take() ?? []
      const piece = blocks.length === 0 ? undefined : trimmed(this.#open(blocks), this.#range)
      if (piece !== undefined && piece.keys.length > 0) return piece
      if (blocks.length === 0 && !(await this.#nextStretch())) return undefined
    }
  }

  close(): void {
    this.#isClosed = true
    this.#closeFile()
  }

  #open(blocks: readonly StoredBlock[]): Piece {
    const content = Buffer.allocUnsafeSlow(blocks.reduce((sum, { bytes }) => sum + bytes, 0))
    const entries = new TableEntries(content, this.#keyBlocks, this.#folder.lastWrite)
    let end = 0
    for (const { stored, from, to, isCompressed, bytes } of blocks) {
      const begin = end
      end = isCompressed ? uncompressInto(content, begin, stored, from, to) : begin + bytes
      if (!isCompressed) stored.copy(content, begin, from, to)
      if (end !== begin + bytes) throw new OddFiles()
      entries.add(begin, end)
    }
    return entries
  }

  async #nextStretch(): Promise<boolean> {
    while (this.#ahead === undefined) {
      if (!(await this.#nextTable())) return false
      this.#readAhead()
    }
    const done = this.#stretch
    this.#stretch = await this.#ahead
    this.#readAhead(done?.bytes)
    return true
  }

  async #nextTable(): Promise<boolean> {
    this.#closeFile()
    const table = this.#tables[this.#tablesBegun]
    if (table === undefined) return false
    this.#tablesBegun += 1
    const file = await open(join(this.#folder.folder, tableFile(table.number)))
    this.#file = file
    if (this.#isClosed) this.#closeFile()
    this.#stretches = stretchesOf(await blocksIn(file, table.bytes, this.#range))
    return true
  }

  /** @param spare memory that nobody needs any more */
  #readAhead(spare?: Buffer): void {
    const stretch = this.#stretches.shift()
    // Closed meanwhile.
    if (stretch !== undefined && this.#file === undefined) throw new OddFiles()
    this.#ahead = stretch && this.#file && readStretch(this.#file, stretch, spare)
    // Whoever comes to need it is told.
    this.#ahead?.catch(() => undefined)
  }

  /** Waits for what is being read. */
  #closeFile(): void {
    this.#file?.close().catch(() => undefined)
    this.#file = undefined
  }
}

function stretchesOf(blocks: readonly Handle[]): Stretch[] {
  const stretches: { start: number; end: number; blocks: Handle[] }[] = []
  for (const block of blocks) {
    const last = stretches.at(-1)
    const end = block.offset + block.size + blockTrailerBytes
    if (last === undefined || last.end !== block.offset || end - last.start > bulkReadBytes) {
      stretches.push({ start: block.offset, end, blocks: [block] })
    } else {
      last.blocks.push(block)
      last.end = end
    }
  }
  return stretches
}

async function readStretch(
  file: FileHandle,
  { start, end, blocks }: Stretch,
  spare: Buffer | undefined,
): Promise<StoredStretch> {
  const bytes = await readExactly(file, start, end - start, spare)
  return new StoredStretch(
    bytes,
    blocks.map(({ offset, size }) => ({ offset: offset - start, size })),
  )
}

/** A stretch that was read, whose blocks are opened a few at a time. */
class StoredStretch {
  readonly bytes: Buffer
  readonly #blocks: readonly Handle[]
  #taken = 0

  constructor(bytes: Buffer, blocks: readonly Handle[]) {
    this.bytes = bytes
    this.#blocks = blocks
  }

  /** The next ones; none at the end. @throws OddFiles */
  take(): StoredBlock[] {
    const blocks: StoredBlock[] = []
    for (let bytes = 0; bytes < bulkPieceBytes; ) {
      const handle = this.#blocks[this.#taken]
      if (handle === undefined) break
      this.#taken += 1
      const block = storedBlock(this.bytes, handle)
      blocks.push(block)
      bytes += block.bytes
    }
    return blocks
  }
}

/** The data blocks that may have keys of the range. @throws OddFiles */
async function blocksIn(file: FileHandle, bytes: number, { gte, lt }: KeyRange): Promise<Handle[]> {
  const footer = readFooter(await readExactly(file, bytes - footerBytes, footerBytes))
  if (footer === undefined) throw new OddFiles()
  const { offset, size } = footer.index
  const stored = await readExactly(file, offset, size + blockTrailerBytes)
  const index = openBlock(stored, { offset: 0, size })
  const blocks = index && readIndexBlock(index)
  if (blocks === undefined) throw new OddFiles()
  const ends = blocks.map(({ key }) => key.subarray(0, -keyTailBytes))
  const first = ends.findIndex((key) => Buffer.compare(key, gte) >= 0)
  const last = ends.findIndex((key) => Buffer.compare(key, lt) >= 0)
  if (first < 0) return []
  return blocks.slice(first, last < 0 ? undefined : last + 1).map(({ handle }) => handle)
}

interface StoredBlock {
  /** What it lies in, and where. */
  readonly stored: Buffer
  readonly from: number
  readonly to: number
  readonly isCompressed: boolean
  /** Of its content. */
  readonly bytes: number
}

/** @throws OddFiles */
function storedBlock(stored: Buffer, handle: Handle): StoredBlock {
  if (!checksumHolds(stored, handle)) throw new OddFiles()
  const from = handle.offset
  const to = from + handle.size
  if (stored[to] === 0) return { stored, from, to, isCompressed: false, bytes: handle.size }
  const { value, end } = readVarint(stored, from)
  if (!(value >= minBlockBytes && value <= blockBytesMax)) throw new OddFiles()
  return { stored, from: end, to, isCompressed: true, bytes: value }
}

/** Without the entries outside of the range, which only its first and its last block may have. */
function trimmed(piece: Piece, { gte, lt }: KeyRange): Piece {
  const { keys, writes, bytes, frameStarts, frameEnds } = piece
  const begin = keys.findIndex((key) => Buffer.compare(key, gte) >= 0)
  const last = keys.at(-1)
  const isWithin = last === undefined || Buffer.compare(last, lt) < 0
  if (begin === 0 && isWithin) return piece
  const end = isWithin ? keys.length : keys.findIndex((key) => Buffer.compare(key, lt) >= 0)
  const from = begin < 0 ? end : begin
  return {
    keys: keys.slice(from, end),
    writes: writes.slice(from, end),
    bytes,
    frameStarts: frameStarts.slice(from, end),
    frameEnds: frameEnds.slice(from, end),
  }
}

/**
 * @param spare memory to read into, if it is large enough
 * @throws OddFiles where the file has not so many bytes
 */
async function readExactly(file: FileHandle, start: number, bytes: number, spare?: Buffer): Promise<Buffer> {
  if (!(start >= 0 && bytes <= blockBytesMax)) throw new OddFiles()
  const isEnough = spare !== undefined && spare.length >= bytes
  const buffer = isEnough ? spare : Buffer.allocUnsafeSlow(bytes)
  const { bytesRead } = await file.read(buffer, 0, bytes, start)
  if (bytesRead !== bytes) throw new OddFiles()
  return buffer
}
