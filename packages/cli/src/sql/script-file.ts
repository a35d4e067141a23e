/** A file of statements. */

import { readFile, stat } from 'node:fs/promises'
import { DbError } from '@dendrodb/protocol'
import { cliErrors } from '../cli-errors.ts'
import { scriptBytesMax } from './limits.ts'

/** @throws CLI_FILE_UNREADABLE */
export async function readScript(file: string): Promise<string> {
  try {
    const { size } = await stat(file)
    if (size > scriptBytesMax) {
      throw cliErrors.FILE_UNREADABLE({ file, problem: `it has more than ${scriptBytesMax} bytes; split it` })
    }
    // A byte order mark is no part of the first statement.
    return (await readFile(file, 'utf8')).replace(/^\ufeff/, '')
  } catch (error) {
    if (error instanceof DbError) throw error
    throw cliErrors.FILE_UNREADABLE(
      { file, problem: problemOf(error as NodeJS.ErrnoException) },
      { cause: error },
    )
  }
}

function problemOf({ code, message }: NodeJS.ErrnoException): string {
  switch (code) {
    case 'ENOENT':
      return 'there is none'
    case 'EISDIR':
      return 'it is a folder'
    case 'EACCES':
      return 'you may not read it'
    default:
      return message
  }
}
