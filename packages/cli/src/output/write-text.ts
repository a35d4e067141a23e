/**
 * Output that waits for its reader, so that a long result is not gathered in memory.
 */

import { once } from 'node:events'
import type { OutputStream } from '../cli-io.ts'

/** Characters handed to the stream at a time. */
const chunkCharsMax = 64 * 1024

export async function writeLines(stream: OutputStream, lines: Iterable<string>): Promise<void> {
  let chunk = ''
  for (const line of lines) {
    chunk += `${line}\n`
    if (chunk.length < chunkCharsMax) continue
    await write(stream, chunk)
    chunk = ''
  }
  if (chunk !== '') await write(stream, chunk)
}

/** Resolves when what was written has left the process, or never can. */
export async function flush(stream: OutputStream): Promise<void> {
  if (stream.writableLength === 0 || stream.destroyed) return
  await new Promise<void>((resolve) => stream.write('', () => resolve()))
}

async function write(stream: OutputStream, text: string): Promise<void> {
  if (!stream.write(text) && !stream.destroyed) await once(stream, 'drain')
}
