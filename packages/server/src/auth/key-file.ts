/**
 * The file `keys/signing-keys.json` of the data folder: the private keys that sign access tokens, each
 * sealed.
 * Under `DDB_TMK` where it is set, otherwise under the random key of `keys/master.key`. When `DDB_TMK` is set
 * for the first time the keys are sealed anew under it and `master.key` is deleted.
 */

import { createPrivateKey, type KeyObject, randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { DbError } from '@dendrodb/protocol'
import { authErrors } from './auth-errors.ts'
import { KeySeal } from './key-seal.ts'
import { readSecretFile, writeSecretFile } from './secret-file.ts'

export interface SigningKey {
  readonly kid: string
  readonly createdAtMs: number
  readonly privateKey: KeyObject
}

export interface KeyFile {
  read(): Promise<readonly SigningKey[]>
  write(keys: readonly SigningKey[]): Promise<void>
}

interface SealedKey {
  readonly kid: string
  readonly createdAt: string
  readonly sealed: string
}

interface SealedKeys {
  readonly format: 1
  readonly sealedWith: 'tmk' | 'master.key'
  readonly keys: readonly SealedKey[]
}

export function keyFileIn(dataFolder: string, tmk: string | undefined): KeyFile {
  const file = join(dataFolder, 'keys', 'signing-keys.json')
  const masterFile = join(dataFolder, 'keys', 'master.key')
  const unreadable = (problem: string) => authErrors.KEYS_UNREADABLE({ file, problem })

  async function masterKey(): Promise<string> {
    const kept = (await readSecretFile(masterFile))?.trim()
    if (kept !== undefined && /^[0-9a-f]{64}$/.test(kept)) return kept
    if (kept !== undefined) throw unreadable('master.key beside it is damaged')
    const made = randomBytes(32).toString('hex')
    await writeSecretFile(masterFile, `${made}\n`)
    return made
  }

  async function write(keys: readonly SigningKey[]): Promise<void> {
    const seal = new KeySeal(tmk ?? (await masterKey()))
    const sealedWith = tmk === undefined ? 'master.key' : 'tmk'
    const content: SealedKeys = { format: 1, sealedWith, keys: keys.map((key) => sealKey(key, seal)) }
    await writeSecretFile(file, `${JSON.stringify(content, undefined, 2)}\n`)
  }

  return {
    write,
    async read() {
      const text = await readSecretFile(file)
      if (text === undefined) return []
      const content = parseKeys(text)
      if (content === undefined) throw unreadable('the file is damaged')
      if (content.sealedWith === 'tmk' && tmk === undefined) {
        throw unreadable('they are sealed with a master key; set DDB_TMK')
      }
      const isMoving = content.sealedWith === 'master.key' && tmk !== undefined
      const seal = new KeySeal(content.sealedWith === 'tmk' && tmk !== undefined ? tmk : await masterKey())
      const keys = content.keys.map((key) => openKey(key, seal))
      if (!keys.every((key) => key !== undefined)) throw unreadable('they are sealed with another master key')
      if (isMoving) {
        await write(keys)
        await rm(masterFile)
      }
      return keys
    },
  }
}

/**
 * Seals the keys of a data folder under another master key; without one, under a key of their own beside
 * them.
 * Doing it again after it was cut short does no harm.
 * @throws AUTH_KEYS_UNREADABLE when they are sealed with neither
 */
export async function resealKeys(
  dataFolder: string,
  from: string | undefined,
  to: string | undefined,
): Promise<void> {
  const target = keyFileIn(dataFolder, to)
  // Keys that are under the new one already need nothing; those under a key file move by being read.
  const isDone = await target.read().then(
    () => true,
    (error: unknown) => {
      if (error instanceof DbError && error.code === 'AUTH_KEYS_UNREADABLE') return false
      throw error
    },
  )
  if (!isDone) await target.write(await keyFileIn(dataFolder, from).read())
}

function sealKey({ kid, createdAtMs, privateKey }: SigningKey, seal: KeySeal): SealedKey {
  const plain = privateKey.export({ type: 'pkcs8', format: 'der' })
  const sealed = seal.seal(plain, purposeOf(kid)).toString('base64')
  return { kid, createdAt: new Date(createdAtMs).toISOString(), sealed }
}

function openKey({ kid, createdAt, sealed }: SealedKey, seal: KeySeal): SigningKey | undefined {
  const plain = seal.open(Buffer.from(sealed, 'base64'), purposeOf(kid))
  if (plain === undefined) return undefined
  const privateKey = createPrivateKey({ key: plain, type: 'pkcs8', format: 'der' })
  return { kid, createdAtMs: Date.parse(createdAt), privateKey }
}

function purposeOf(kid: string): string {
  return `access token signing key ${kid}`
}

function parseKeys(text: string): SealedKeys | undefined {
  try {
    const content = JSON.parse(text) as Partial<SealedKeys> | null
    const { format, sealedWith, keys } = content ?? {}
    const isGood =
      format === 1 &&
      (sealedWith === 'tmk' || sealedWith === 'master.key') &&
      Array.isArray(keys) &&
      keys.every(({ kid, createdAt, sealed }: Partial<SealedKey>) => {
        return (
          typeof kid === 'string' &&
          typeof sealed === 'string' &&
          !Number.isNaN(Date.parse(String(createdAt)))
        )
      })
    return isGood ? (content as SealedKeys) : undefined
  } catch {
    return undefined
  }
}
