/**
 * Signs checkpoints with the Ed25519 key of the data folder, made when it is first used.
 * Why one key for all its databases: a key that somebody has to hand on a safe way is worth having once; the
 * database's id is part of every signed text and of the public key's name.
 */

import { createPublicKey, generateKeyPairSync, hash, type KeyObject, sign } from 'node:crypto'
import {
  type Checkpoint,
  type CheckpointKey,
  checkpointBody,
  checkpointKeyOf,
  formatCheckpoint,
  originOf,
} from '@dendrodb/protocol'
import { type KeyFile, openKeyFile } from './key-file.ts'

/** Bytes of an Ed25519 key at the end of its SubjectPublicKeyInfo (RFC 8410). */
const publicKeyBytes = 32

/** The file `keys/checkpoint-keys.json` of the data folder. */
export function checkpointKeyFile(dataFolder: string, masterKey: string | undefined): KeyFile {
  return openKeyFile({ dataFolder, name: 'checkpoint-keys', purpose: 'checkpoint signing key', masterKey })
}

export class CheckpointSigner {
  readonly #file: KeyFile | undefined
  #key: Promise<KeyObject> | undefined

  /** @param file without it the key lives as long as the process */
  constructor(file: KeyFile | undefined) {
    this.#file = file
  }

  /** The text of the signed checkpoint. @throws KEYS_UNREADABLE */
  async sign(checkpoint: Checkpoint): Promise<string> {
    const body = checkpointBody(checkpoint)
    const signature = sign(undefined, Buffer.from(body), await this.#privateKey())
    return formatCheckpoint(body, await this.publicKey(checkpoint.databaseId), signature)
  }

  /** What the signatures of the database are checked with. @throws KEYS_UNREADABLE */
  async publicKey(databaseId: string): Promise<CheckpointKey> {
    const spki = createPublicKey(await this.#privateKey()).export({ type: 'spki', format: 'der' })
    const publicKey = new Uint8Array(spki.subarray(-publicKeyBytes))
    return checkpointKeyOf((bytes) => hash('sha256', bytes, 'buffer'), originOf(databaseId), publicKey)
  }

  #privateKey(): Promise<KeyObject> {
    if (this.#key === undefined) {
      this.#key = this.#readOrMake()
      this.#key.catch(() => {
        this.#key = undefined
      })
    }
    return this.#key
  }

  async #readOrMake(): Promise<KeyObject> {
    const [kept] = (await this.#file?.read()) ?? []
    if (kept !== undefined) return kept.privateKey
    const { privateKey, publicKey } = generateKeyPairSync('ed25519')
    const spki = publicKey.export({ type: 'spki', format: 'der' })
    const kid = hash('sha256', spki, 'base64url').slice(0, 22)
    await this.#file?.write([{ kid, createdAtMs: Date.now(), privateKey }])
    return privateKey
  }
}
