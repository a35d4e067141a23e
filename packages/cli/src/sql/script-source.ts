/**
 * The text of a script, from a file or another stream: bounded, and UTF-8 with or without a byte order mark.
 */

import { createReadStream } from 'node:fs'
import type { Readable } from 'node:stream'
import { DbError } from '@dendrodb/protocol'
import { cliErrors } from '../cli-errors.ts'
import { scriptBytesMax } from './limits.ts'

/** @throws CLI_FILE_UNREADABLE */
export function readScriptFile(file: string): Promise<string> {
  return readScript(createReadStream(file), file)
}

/** @throws CLI_FILE_UNREADABLE */
export async function readScript(
  stream: Readable,
  source: string,
  bytesMax: number = scriptBytesMax,
): Promise<string> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  try {
    for await (const chunk of stream) {
      const piece = Buffer.from(chunk)
      bytes += piece.length
      if (bytes > bytesMax) {
        throw cliErrors.FILE_UNREADABLE({
          file: source,
          problem: `it has more than ${bytesMax} bytes; split it`,
        })
      }
      chunks.push(piece)
    }
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks))
  } catch (error) {
    if (error instanceof DbError) throw error
    const problem = problemOf(error as NodeJS.ErrnoException)
    throw cliErrors.FILE_UNREADABLE({ file: source, problem }, { cause: error })
  }
}

function problemOf({ code, message }: NodeJS.ErrnoException): string {
  switch (code) {
    case 'ENOENT':
      return 'there is no such file'
    case 'EISDIR':
      return 'it is a folder'
    case 'EACCES':
      return 'permission denied'
    case 'ERR_ENCODING_INVALID_ENCODED_DATA':
      return 'it is not UTF-8 text'
    default:
      return message
  }
}
