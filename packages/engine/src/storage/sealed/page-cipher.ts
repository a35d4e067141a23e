/**
 * Seals what the store below keeps: AES-256-GCM, one call per value.
 * Why derived keys: random nonces are safe for a bounded number of calls per key (NIST SP 800-38D §8.3), and
 * a counter would repeat itself when a copy of the files is restored. So every opening, and every
 * `sealsPerKeyMax` calls, draws a random salt, and the key is HKDF-SHA256 of data key and salt.
 *
 * | offset | bytes | what                                                    |
 * |--------|-------|---------------------------------------------------------|
 * | 0      | 1     | 1, the format                                           |
 * | 1      | 16    | salt of the derived key                                 |
 * | 17     | 12    | nonce                                                   |
 * | 29     | n     | ciphertext                                              |
 * | 29 + n | 16    | tag                                                     |
 *
 * Associated data: kind (1 byte) and id (8 bytes, big-endian), so that nothing can be moved.
 */

import {
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  randomBytes,
  randomFillSync,
} from 'node:crypto'
import { derivedKeysMax, sealsPerKeyMax } from './limits.ts'

const format = 1
const saltBytes = 16
const nonceBytes = 12
export const tagBytes = 16
const headerBytes = 1 + saltBytes + nonceBytes
export const sealBytes = headerBytes + tagBytes
const algorithm = 'aes-256-gcm'
const tagOptions = { authTagLength: tagBytes } as const

export const sealedKinds = { root: 1, log: 2, page: 3, overflow: 4 } as const
export type SealedKind = keyof typeof sealedKinds

/** Random bytes are cheaper by the thousand. */
const nonces = Buffer.alloc(nonceBytes * 512)
let nonceAt = nonces.length

export class PageCipher {
  readonly #dataKey: Buffer
  /** By salt in hex, oldest first. */
  readonly #keys = new Map<string, KeyObject>()
  readonly #associated = Buffer.alloc(9)
  #salt = randomBytes(saltBytes)
  #key: KeyObject
  /** Calls under the present key. */
  #seals: number

  /** @param dataKey 32 bytes */
  constructor(dataKey: Uint8Array, seals = 0) {
    this.#seals = seals
    this.#dataKey = Buffer.from(dataKey)
    this.#key = this.#derive(this.#salt)
  }

  /** The parts, one behind the other, sealed. */
  seal(kind: SealedKind, id: number, parts: readonly Uint8Array[]): Buffer {
    if (this.#seals >= sealsPerKeyMax) this.#renewKey()
    this.#seals += 1
    let plainBytes = 0
    for (const part of parts) plainBytes += part.length
    const sealed = Buffer.allocUnsafe(sealBytes + plainBytes)
    sealed[0] = format
    sealed.set(this.#salt, 1)
    const nonce = nextNonce()
    sealed.set(nonce, 1 + saltBytes)
    const cipher = createCipheriv(algorithm, this.#key, nonce, tagOptions)
    cipher.setAAD(this.#associate(kind, id))
    let at = headerBytes
    for (const part of parts) {
      sealed.set(cipher.update(part), at)
      at += part.length
    }
    cipher.final()
    sealed.set(cipher.getAuthTag(), at)
    return sealed
  }

  /** `undefined` when it was sealed under another key or as something else, or was changed. */
  open(kind: SealedKind, id: number, sealed: Buffer): Buffer | undefined {
    const end = sealed.length - tagBytes
    if (end < headerBytes || sealed[0] !== format) return undefined
    const key = this.#keyOf(sealed.subarray(1, 1 + saltBytes))
    const nonce = sealed.subarray(1 + saltBytes, headerBytes)
    const decipher = createDecipheriv(algorithm, key, nonce, tagOptions)
    decipher.setAAD(this.#associate(kind, id)).setAuthTag(sealed.subarray(end))
    const plain = decipher.update(sealed.subarray(headerBytes, end))
    try {
      decipher.final()
      return plain
    } catch {
      return undefined
    }
  }

  #associate(kind: SealedKind, id: number): Buffer {
    this.#associated[0] = sealedKinds[kind]
    this.#associated.writeUIntBE(Math.floor(id / 2 ** 32), 1, 4)
    this.#associated.writeUInt32BE(id >>> 0, 5)
    return this.#associated
  }

  #renewKey(): void {
    this.#salt = randomBytes(saltBytes)
    this.#key = this.#derive(this.#salt)
    this.#seals = 0
  }

  #keyOf(salt: Buffer): KeyObject {
    if (salt.equals(this.#salt)) return this.#key
    const text = salt.toString('latin1')
    const known = this.#keys.get(text)
    if (known !== undefined) return known
    const key = this.#derive(salt)
    const [oldest] = this.#keys.keys()
    if (this.#keys.size >= derivedKeysMax && oldest !== undefined) this.#keys.delete(oldest)
    this.#keys.set(text, key)
    return key
  }

  #derive(salt: Uint8Array): KeyObject {
    return createSecretKey(Buffer.from(hkdfSync('sha256', this.#dataKey, salt, 'dendrodb sealed page', 32)))
  }
}

/** What binds a parent to exactly this sealing of a child. */
export function tagOf(sealed: Buffer): Buffer {
  return Buffer.from(sealed.subarray(sealed.length - tagBytes))
}

function nextNonce(): Buffer {
  if (nonceAt === nonces.length) {
    randomFillSync(nonces)
    nonceAt = 0
  }
  nonceAt += nonceBytes
  return nonces.subarray(nonceAt - nonceBytes, nonceAt)
}
