/**
 * Small files that only the server's user may read.
 * Invariant: a file is whole or absent; it is written beside its place, synced, and moved there.
 */

import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { keyErrors } from './key-errors.ts'

/** The text, or `undefined` when there is no such file. @throws KEYS_SECRET_FILE */
export async function readSecretFile(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw unusable(file, error)
  }
}

/** @throws KEYS_SECRET_FILE */
export async function writeSecretFile(file: string, text: string): Promise<void> {
  try {
    await replaceFile(file, text)
  } catch (error) {
    throw unusable(file, error)
  }
}

function unusable(file: string, error: unknown): Error {
  const { code, message } = error as NodeJS.ErrnoException
  return keyErrors.SECRET_FILE({ file, problem: code ?? message }, { cause: error })
}

async function replaceFile(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  const unfinished = `${file}.new`
  const handle = await open(unfinished, 'w', 0o600)
  try {
    // The mode above counts only where the file was not there before.
    await handle.chmod(0o600)
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(unfinished, file)
}
