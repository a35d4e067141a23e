/**
 * The RSA keys behind access tokens. The newest signs; older ones verify what they have signed until it has
 * expired.
 * Why in the background: making a key takes some hundred milliseconds, and serving need not wait for it;
 * whoever needs a key waits here.
 */

import { createHash, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import { type KeyFile, openKeyFile, type StoredKey } from '@dendrodb/engine'
import { must } from '@dendrodb/protocol'
import { signingKeyAgeMs, signingKeyBits } from './limits.ts'

export interface SigningKeysOptions {
  /** Without it the keys live as long as the process. */
  readonly file?: KeyFile | undefined
  readonly now: () => number
}

/** The file `keys/signing-keys.json` of the data folder. */
export function signingKeyFile(dataFolder: string, masterKey: string | undefined): KeyFile {
  return openKeyFile({ dataFolder, name: 'signing-keys', purpose: 'access token signing key', masterKey })
}

/** Newest first, never empty. */
type Ring = readonly StoredKey[]

export class SigningKeys {
  readonly #ring: Promise<Ring>
  readonly #publicKeys = new Map<string, KeyObject>()

  private constructor(ring: Promise<Ring>) {
    this.#ring = ring
    // Whoever asks for a key gets the error.
    ring.catch(() => {})
  }

  /** @throws KEYS_UNREADABLE */
  static async open(options: SigningKeysOptions): Promise<SigningKeys> {
    const kept = [...((await options.file?.read()) ?? [])].sort((a, b) => b.createdAtMs - a.createdAtMs)
    const newest = kept[0]
    const isFresh = newest !== undefined && options.now() - newest.createdAtMs < signingKeyAgeMs
    return new SigningKeys(isFresh ? Promise.resolve(kept) : extendRing(kept, options))
  }

  /** Resolves when the keys are there and written. */
  async ready(): Promise<void> {
    await this.#ring
  }

  async newest(): Promise<StoredKey> {
    return must((await this.#ring)[0], 'a signing key')
  }

  async publicKey(kid: string): Promise<KeyObject | undefined> {
    const known = this.#publicKeys.get(kid)
    if (known !== undefined) return known
    const key = (await this.#ring).find((each) => each.kid === kid)
    if (key === undefined) return undefined
    const publicKey = createPublicKey(key.privateKey)
    this.#publicKeys.set(kid, publicKey)
    return publicKey
  }
}

/** Of the older keys only the last can have signed a token that is still valid. */
async function extendRing(kept: Ring, { file, now }: SigningKeysOptions): Promise<Ring> {
  const ring = [await generateKey(now()), ...kept.slice(0, 1)]
  await file?.write(ring)
  return ring
}

async function generateKey(createdAtMs: number): Promise<StoredKey> {
  const { privateKey, publicKey } = await promisify(generateKeyPair)('rsa', { modulusLength: signingKeyBits })
  const spki = publicKey.export({ type: 'spki', format: 'der' })
  const kid = createHash('sha256').update(spki).digest('base64url').slice(0, 22)
  return { kid, createdAtMs, privateKey }
}
