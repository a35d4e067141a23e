/**
 * Seals the server's own secrets under a master key: AES-256-GCM with a random nonce, the purpose as
 * associated data.
 * Why a derived key: the master key also wraps the data keys of databases; no key is used for two purposes.
 *
 * | offset | size | |
 * |---|---|---|
 * | 0 | 12 | nonce |
 * | 12 | n | ciphertext |
 * | 12 + n | 16 | tag |
 */

import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'

const nonceBytes = 12
const tagBytes = 16
const algorithm = 'aes-256-gcm'

export class KeySeal {
  readonly #key: Buffer

  /** @param masterKey 32 bytes as hexadecimal digits */
  constructor(masterKey: string) {
    const derived = hkdfSync('sha256', Buffer.from(masterKey, 'hex'), '', 'dendrodb server secrets', 32)
    this.#key = Buffer.from(derived)
  }

  seal(plain: Uint8Array, purpose: string): Buffer {
    const nonce = randomBytes(nonceBytes)
    const cipher = createCipheriv(algorithm, this.#key, nonce).setAAD(Buffer.from(purpose))
    return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()])
  }

  /** `undefined` when it was sealed under another key, for another purpose, or was changed. */
  open(sealed: Uint8Array, purpose: string): Buffer | undefined {
    if (sealed.length < nonceBytes + tagBytes) return undefined
    const nonce = sealed.subarray(0, nonceBytes)
    const decipher = createDecipheriv(algorithm, this.#key, nonce, { authTagLength: tagBytes })
    decipher.setAAD(Buffer.from(purpose)).setAuthTag(sealed.subarray(sealed.length - tagBytes))
    try {
      const plain = decipher.update(sealed.subarray(nonceBytes, sealed.length - tagBytes))
      return Buffer.concat([plain, decipher.final()])
    } catch {
      return undefined
    }
  }
}
