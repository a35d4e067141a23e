/**
 * Private keys of a data folder, in `keys/<name>.json`, each sealed: under the master key where there is one,
 * otherwise under the random key of `keys/master.key`. When a master key is set for the first time the keys
 * are sealed anew under it, and `master.key` is deleted once no file needs it any more.
 * Why in turn: two files that are made at the same moment must find one `master.key`.
 * Format: docs/formats.md#keys-of-the-data-folder.
 */

import { createPrivateKey, type KeyObject, randomBytes } from 'node:crypto'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { DbError } from '@dendrodb/protocol'
import { keyErrors } from './key-errors.ts'
import { KeySeal } from './key-seal.ts'
import { readSecretFile, writeSecretFile } from './secret-file.ts'

export interface StoredKey {
  readonly kid: string
  readonly createdAtMs: number
  readonly privateKey: KeyObject
}

export interface KeyFile {
  /** Every key of the file; none when there is no file. @throws KEYS_UNREADABLE */
  read(): Promise<readonly StoredKey[]>
  /** Replaces the file. @throws KEYS_UNREADABLE */
  write(keys: readonly StoredKey[]): Promise<void>
}

export interface KeyFileOptions {
  readonly dataFolder: string
  /** Of the file, without `.json`. */
  readonly name: string
  /** What the keys are for: part of what is sealed, so that no key is taken for another. */
  readonly purpose: string
  /** 32 bytes as hexadecimal digits. */
  readonly masterKey: string | undefined
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

/** What is being done in a folder, until its end. */
const turns = new Map<string, Promise<unknown>>()

export function openKeyFile(options: KeyFileOptions): KeyFile {
  const { folder } = new KeyFolder(options)
  const inTurn = <T>(work: (files: KeyFolder) => Promise<T>): Promise<T> => {
    const before = turns.get(folder) ?? Promise.resolve()
    const done = before.then(() => work(new KeyFolder(options)))
    turns.set(
      folder,
      done.catch(() => undefined),
    )
    return done
  }
  return {
    read: () => inTurn((files) => files.read()),
    write: (keys) => inTurn((files) => files.write(keys)),
  }
}

/**
 * Seals the keys of a file under another master key; without one, under the random key beside it. Doing it
 * again after it was cut short does no harm.
 * @param fileOf the file, as one under that master key
 * @throws KEYS_UNREADABLE when they are sealed with neither
 */
export async function resealKeyFile(
  fileOf: (masterKey: string | undefined) => KeyFile,
  from: string | undefined,
  to: string | undefined,
): Promise<void> {
  const target = fileOf(to)
  // Keys that are under the new one already need nothing; those under the key beside them move by being read.
  const isDone = await target.read().then(
    () => true,
    (error: unknown) => {
      if (error instanceof DbError && error.code === 'KEYS_UNREADABLE') return false
      throw error
    },
  )
  if (!isDone) await target.write(await fileOf(from).read())
}

class KeyFolder {
  readonly folder: string
  readonly #file: string
  readonly #masterFile: string
  readonly #purpose: string
  readonly #masterKey: string | undefined

  constructor({ dataFolder, name, purpose, masterKey }: KeyFileOptions) {
    this.folder = join(dataFolder, 'keys')
    this.#file = join(this.folder, `${name}.json`)
    this.#masterFile = join(this.folder, 'master.key')
    this.#purpose = purpose
    this.#masterKey = masterKey
  }

  async read(): Promise<readonly StoredKey[]> {
    const text = await readSecretFile(this.#file)
    if (text === undefined) return []
    const content = parseKeys(text)
    if (content === undefined) throw this.#unreadable('the file is damaged')
    const isSealedWithMaster = content.sealedWith === 'tmk'
    if (isSealedWithMaster && this.#masterKey === undefined) {
      throw this.#unreadable('they are sealed with a master key; set DDB_TMK')
    }
    const seal = new KeySeal((isSealedWithMaster && this.#masterKey) || (await this.#keptKey()))
    const keys = content.keys.map((key) => this.#open(key, seal))
    if (!keys.every((key) => key !== undefined)) {
      throw this.#unreadable('they are sealed with another master key')
    }
    if (this.#masterKey !== undefined) {
      if (!isSealedWithMaster) await this.write(keys)
      await this.#dropKeptKey()
    }
    return keys
  }

  async write(keys: readonly StoredKey[]): Promise<void> {
    const seal = new KeySeal(this.#masterKey ?? (await this.#keptKey()))
    const sealedWith = this.#masterKey === undefined ? 'master.key' : 'tmk'
    const content: SealedKeys = { format: 1, sealedWith, keys: keys.map((key) => this.#seal(key, seal)) }
    await writeSecretFile(this.#file, `${JSON.stringify(content, undefined, 2)}\n`)
  }

  /** Unless another file is still sealed with it. */
  async #dropKeptKey(): Promise<void> {
    const names = (await readdir(this.folder)).filter((name) => name.endsWith('.json'))
    const texts = await Promise.all(names.map((name) => readSecretFile(join(this.folder, name))))
    const isNeeded = texts.some((text) => text !== undefined && parseKeys(text)?.sealedWith !== 'tmk')
    if (!isNeeded) await rm(this.#masterFile, { force: true })
  }

  /** The key beside the files, made when there is none. */
  async #keptKey(): Promise<string> {
    const kept = (await readSecretFile(this.#masterFile))?.trim()
    if (kept !== undefined && /^[0-9a-f]{64}$/.test(kept)) return kept
    if (kept !== undefined) throw this.#unreadable('master.key beside it is damaged')
    const made = randomBytes(32).toString('hex')
    await writeSecretFile(this.#masterFile, `${made}\n`)
    return made
  }

  #seal({ kid, createdAtMs, privateKey }: StoredKey, seal: KeySeal): SealedKey {
    const plain = privateKey.export({ type: 'pkcs8', format: 'der' })
    const sealed = seal.seal(plain, this.#purposeOf(kid)).toString('base64')
    return { kid, createdAt: new Date(createdAtMs).toISOString(), sealed }
  }

  #open({ kid, createdAt, sealed }: SealedKey, seal: KeySeal): StoredKey | undefined {
    const plain = seal.open(Buffer.from(sealed, 'base64'), this.#purposeOf(kid))
    if (plain === undefined) return undefined
    const privateKey = createPrivateKey({ key: plain, type: 'pkcs8', format: 'der' })
    return { kid, createdAtMs: Date.parse(createdAt), privateKey }
  }

  #purposeOf(kid: string): string {
    return `${this.#purpose} ${kid}`
  }

  #unreadable(problem: string): Error {
    return keyErrors.UNREADABLE({ file: this.#file, problem })
  }
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
