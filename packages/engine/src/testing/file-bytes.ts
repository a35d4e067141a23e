/**
 * What stands in the files of a folder, for tests that search them: tables of LevelDB with their blocks
 * uncompressed, everything else as it is.
 */

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { uncompressSnappy } from '../storage/leveldb/snappy.ts'
import { readVarint } from '../storage/leveldb/varint.ts'

const footerBytes = 48
const blockBytesMax = 64 * 1024 * 1024

type Needles = Readonly<Record<string, Uint8Array | string>>

const searchesMax = 20

/** Each needle that stands in a file of the folder, with the file's name. */
export function findBytes(folder: string, needles: Needles): string[] {
  for (let search = 1; ; search += 1) {
    try {
      return searchFiles(folder, needles)
    } catch (error) {
      // LevelDB replaces tables in the background: what is in one may be in the next one then.
      if (search === searchesMax) throw error
    }
  }
}

function searchFiles(folder: string, needles: Needles): string[] {
  const hits: string[] = []
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    const stored = readFileSync(path)
    const parts = /\.(ldb|sst)$/.test(entry.name) ? [stored, ...blocksOf(stored)] : [stored]
    for (const [name, needle] of Object.entries(needles)) {
      if (parts.some((part) => part.includes(needle))) hits.push(`${name} in ${path.slice(folder.length)}`)
    }
  }
  return hits
}

/** Blocks of data and the two indexes. */
function blocksOf(table: Buffer): Buffer[] {
  const footer = table.length - footerBytes
  const meta = handleAt(table, footer)
  const index = handleAt(table, meta.end)
  const top = [blockAt(table, meta), blockAt(table, index)]
  return [...top, ...top.flatMap((block) => handlesIn(block).map((handle) => blockAt(table, handle)))]
}

interface Handle {
  readonly offset: number
  readonly size: number
  readonly end: number
}

function handleAt(bytes: Buffer, at: number): Handle {
  const offset = readVarint(bytes, at)
  const size = readVarint(bytes, offset.end)
  return { offset: offset.value, size: size.value, end: size.end }
}

function blockAt(table: Buffer, { offset, size }: Handle): Buffer {
  const block = table.subarray(offset, offset + size)
  if (table[offset + size] === 0) return block
  return uncompressSnappy(block, blockBytesMax) ?? Buffer.alloc(0)
}

function handlesIn(block: Buffer): Handle[] {
  const end = block.length - 4 * (block.readUInt32LE(block.length - 4) + 1)
  const handles: Handle[] = []
  for (let at = 0; at < end; ) {
    const shared = readVarint(block, at)
    const rest = readVarint(block, shared.end)
    const value = readVarint(block, rest.end)
    handles.push(handleAt(block, value.end + rest.value))
    at = value.end + rest.value + value.value
  }
  return handles
}
