/**
 * Encryption of a backup's blocks, under a key that is derived from the master key for this one file.
 * Why a key per file: with a random salt each file has its own, so that the number of a frame can be its
 * nonce and no nonce comes twice under one key.
 * Format: docs/formats/backup.md#encryption
 */

import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'

export interface BlockSealHeader {
  readonly salt: Uint8Array
  /** Tag of no bytes under the largest nonce: tells a wrong key from a damaged file. */
  readonly check: Uint8Array
}

/** A transformation of the bodies of frames and back. */
export interface BlockSeal {
  seal(body: Uint8Array, frame: number): Buffer
  /** `undefined` when the body was changed. */
  open(body: Uint8Array, frame: number): Buffer | undefined
}

const algorithm = 'aes-256-gcm'
const saltBytes = 32
const tagBytes = 16
const nonceBytes = 12
const purpose = 'dendrodb backup'
const checkFrame = Number.MAX_SAFE_INTEGER

export function createBlockSeal(masterKey: Uint8Array): { seal: BlockSeal; header: BlockSealHeader } {
  const salt = randomBytes(saltBytes)
  const seal = new FileSeal(masterKey, salt)
  return { seal, header: { salt, check: seal.seal(new Uint8Array(), checkFrame) } }
}

/** `undefined`: it was made with another key. */
export function openBlockSeal(masterKey: Uint8Array, header: BlockSealHeader): BlockSeal | undefined {
  const seal = new FileSeal(masterKey, header.salt)
  return seal.open(header.check, checkFrame) === undefined ? undefined : seal
}

class FileSeal implements BlockSeal {
  readonly #key: Buffer

  constructor(masterKey: Uint8Array, salt: Uint8Array) {
    this.#key = Buffer.from(hkdfSync('sha256', masterKey, salt, purpose, 32))
  }

  seal(body: Uint8Array, frame: number): Buffer {
    const cipher = createCipheriv(algorithm, this.#key, nonceOf(frame))
    return Buffer.concat([cipher.update(body), cipher.final(), cipher.getAuthTag()])
  }

  open(body: Uint8Array, frame: number): Buffer | undefined {
    if (body.length < tagBytes) return undefined
    const cut = body.length - tagBytes
    const decipher = createDecipheriv(algorithm, this.#key, nonceOf(frame), { authTagLength: tagBytes })
    decipher.setAuthTag(body.subarray(cut))
    try {
      return Buffer.concat([decipher.update(body.subarray(0, cut)), decipher.final()])
    } catch {
      return undefined
    }
  }
}

function nonceOf(frame: number): Buffer {
  const nonce = Buffer.alloc(nonceBytes)
  nonce.writeBigUInt64BE(BigInt(frame), nonceBytes - 8)
  return nonce
}
