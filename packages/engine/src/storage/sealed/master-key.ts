/**
 * The master key: wraps the data keys of sealed stores, and encrypts nothing else.
 * Why derived: the same 32 bytes also seal the server's own secrets; no key is used for two purposes.
 * Its id tells which master key a data key was wrapped with, and nothing about the key.
 */

import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import { assert } from '@dendrodb/protocol'

export const masterKeyBytes = 32
const nonceBytes = 12
const tagBytes = 16
const algorithm = 'aes-256-gcm'

export class MasterKey {
  /** 16 hexadecimal digits. */
  readonly id: string
  readonly #wrapping: Buffer

  /** @param key 32 bytes */
  constructor(key: Uint8Array) {
    assert(key.length === masterKeyBytes, 'a master key of another size')
    const derive = (purpose: string, bytes: number) =>
      Buffer.from(hkdfSync('sha256', key, Buffer.alloc(0), purpose, bytes))
    this.#wrapping = derive('dendrodb data keys', 32)
    this.id = derive('dendrodb master key id', 8).toString('hex')
  }

  /** nonce (12) ‖ ciphertext (32) ‖ tag (16); `purpose` is associated data. */
  wrap(dataKey: Uint8Array, purpose: string): Buffer {
    const nonce = randomBytes(nonceBytes)
    const cipher = createCipheriv(algorithm, this.#wrapping, nonce).setAAD(Buffer.from(purpose))
    return Buffer.concat([nonce, cipher.update(dataKey), cipher.final(), cipher.getAuthTag()])
  }

  /** `undefined` when it was wrapped with another key or for another purpose, or was changed. */
  unwrap(wrapped: Buffer, purpose: string): Buffer | undefined {
    if (wrapped.length !== nonceBytes + masterKeyBytes + tagBytes) return undefined
    const decipher = createDecipheriv(algorithm, this.#wrapping, wrapped.subarray(0, nonceBytes), {
      authTagLength: tagBytes,
    })
    decipher.setAAD(Buffer.from(purpose)).setAuthTag(wrapped.subarray(-tagBytes))
    const dataKey = decipher.update(wrapped.subarray(nonceBytes, -tagBytes))
    try {
      decipher.final()
      return dataKey
    } catch {
      return undefined
    }
  }
}
