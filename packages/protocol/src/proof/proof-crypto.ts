/**
 * The functions that checking a proof takes, from libraries that run in every browser.
 * Why loaded when first asked for: whoever only wants values and errors pays nothing. Why not the platform's
 * own: Web Crypto has no BLAKE2b, and none of its functions on a page that came over plain HTTP.
 */

import type { VerifyEd25519 } from './checkpoint.ts'
import { hashBytes } from './commit-layout.ts'
import type { HashName } from './hash-name.ts'
import type { ProofHash } from './merkle-proof.ts'

export interface ProofCrypto {
  /** What chains are built with. */
  readonly hashes: Readonly<Record<HashName, ProofHash>>
  readonly sha256: ProofHash
  readonly verifyEd25519: VerifyEd25519
}

let loaded: Promise<ProofCrypto> | undefined

export function loadProofCrypto(): Promise<ProofCrypto> {
  loaded ??= load()
  return loaded
}

async function load(): Promise<ProofCrypto> {
  const [{ blake2b }, { sha256, sha512 }, ed25519] = await Promise.all([
    import('@noble/hashes/blake2.js'),
    import('@noble/hashes/sha2.js'),
    import('@noble/ed25519'),
  ])
  ed25519.hashes.sha512 = sha512
  return {
    hashes: {
      blake2b: (bytes) => blake2b(bytes).subarray(0, hashBytes),
      sha512: (bytes) => sha512(bytes).subarray(0, hashBytes),
    },
    sha256,
    verifyEd25519: (signature, message, publicKey) => {
      try {
        return ed25519.verify(signature, message, publicKey, { zip215: false })
      } catch {
        // Bytes that are no point of the curve.
        return false
      }
    },
  }
}
