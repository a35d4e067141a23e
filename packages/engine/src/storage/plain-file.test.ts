/** Plain files beside a store: written while the next bytes are made, and there as a whole or not at all. */

import { readdirSync, statSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { saveFile } from './plain-file.ts'

const mib = 1024 * 1024

async function inFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'plain-file-'))
  try {
    await run(folder)
  } finally {
    await rm(folder, { recursive: true })
  }
}

async function* chunksOf(bytes: Buffer, chunkBytes: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes)
}

test.each([0, 1, 3 * mib, 21 * mib + 5])('a file of %d bytes has its chunks in their order', (length) =>
  inFolder(async (folder) => {
    const bytes = Buffer.alloc(length)
    for (let at = 0; at + 4 <= length; at += 4_096) bytes.writeUInt32LE(at, at)
    await saveFile(join(folder, 'file'), chunksOf(bytes, 700_000))
    expect((await readFile(join(folder, 'file'))).equals(bytes)).toBe(true)
    expect(await readdir(folder)).toEqual(['file'])
  }),
)

test('a chunk is made while the one before it is being written', () =>
  inFolder(async (folder) => {
    let writtenBytes: number | undefined
    async function* twoChunks(): AsyncGenerator<Buffer> {
      yield Buffer.alloc(32 * mib)
      const [name = ''] = readdirSync(folder)
      writtenBytes = statSync(join(folder, name)).size
      yield Buffer.alloc(1)
    }
    await saveFile(join(folder, 'file'), twoChunks())
    expect(writtenBytes).toBeLessThan(32 * mib)
  }))

test('a stream that fails leaves nothing behind, though a chunk is still being written', () =>
  inFolder(async (folder) => {
    async function* failing(): AsyncGenerator<Buffer> {
      yield Buffer.alloc(16 * mib)
      throw new Error('no more')
    }
    await expect(saveFile(join(folder, 'file'), failing())).rejects.toThrow('no more')
    expect(await readdir(folder)).toEqual([])
  }))
