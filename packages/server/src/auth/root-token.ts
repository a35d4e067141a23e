/**
 * The token of the server's own administrator, from the configuration or generated at the first start.
 * Invariant: it is compared by its hash, so that neither its length nor its text shows in the time this
 * takes.
 */

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { join } from 'node:path'
import { readSecretFile, writeSecretFile } from '@dendrodb/engine'
import { authErrors } from './auth-errors.ts'

const rootTokenFile = 'root-token'
/** 16 to 512 visible ASCII characters: what a header can carry and nobody guesses. */
export const rootTokenPattern = /^[\x21-\x7e]{16,512}$/

export class RootToken {
  readonly #hash: Buffer

  constructor(token: string) {
    this.#hash = sha256(token)
  }

  matches(token: string): boolean {
    return timingSafeEqual(this.#hash, sha256(token))
  }
}

/**
 * Reads the token of the data folder, or makes one; without a folder it lives as long as the process.
 * @throws AUTH_ROOT_TOKEN_UNUSABLE, KEYS_SECRET_FILE
 */
export async function readRootToken(dataFolder: string | undefined): Promise<string> {
  if (dataFolder === undefined) return generateToken()
  const file = join(dataFolder, rootTokenFile)
  const kept = (await readSecretFile(file))?.trim()
  // A file that was cut short must not make a token that can be guessed.
  if (kept !== undefined && kept !== '') return checkToken(kept, file)
  const token = generateToken()
  await writeSecretFile(file, `${token}\n`)
  return token
}

function checkToken(token: string, file: string): string {
  if (!rootTokenPattern.test(token)) throw authErrors.ROOT_TOKEN_UNUSABLE({ file })
  return token
}

function generateToken(): string {
  return `ddb_root_${randomBytes(32).toString('hex')}`
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
