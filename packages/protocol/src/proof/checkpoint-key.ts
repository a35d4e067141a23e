/**
 * The public key that checks a database's checkpoints, as one line of text: `name+hash+base64`, the verifier
 * key of C2SP's signed notes.
 * Why the name is part of it: it is the origin of the checkpoints, so that a key says for which database it
 * speaks, and a checkpoint of another one under the same key is refused.
 * Format: docs/formats.md#checkpoint.
 */

import { decodeBase64, encodeBase64 } from '../base64.ts'
import { compareBytes } from '../compare-values.ts'
import { formatHex } from '../format-value.ts'
import { concatBytes, textBytes } from './bytes.ts'
import { decodeHex } from './hex.ts'
import { proofLimits } from './limits.ts'
import type { ProofHash } from './merkle-proof.ts'
import { proofErrors } from './proof-errors.ts'

/** Signature type of a note: Ed25519. */
const ed25519Type = 1
const publicKeyBytes = 32
export const keyHashBytes = 4

export interface CheckpointKey {
  /** Origin of the checkpoints. */
  readonly name: string
  /** The first 4 bytes of SHA-256(name ‖ newline ‖ 1 ‖ public key): which key a signature is by. */
  readonly keyHash: Uint8Array
  readonly publicKey: Uint8Array
}

/** @param publicKey the 32 bytes of an Ed25519 key (RFC 8032) */
export function checkpointKeyOf(sha256: ProofHash, name: string, publicKey: Uint8Array): CheckpointKey {
  const digest = sha256(concatBytes(textBytes(`${name}\n`), Uint8Array.of(ed25519Type), publicKey))
  return { name, keyHash: digest.slice(0, keyHashBytes), publicKey }
}

export function formatCheckpointKey({ name, keyHash, publicKey }: CheckpointKey): string {
  return `${name}+${formatHex(keyHash)}+${encodeBase64(concatBytes(Uint8Array.of(ed25519Type), publicKey))}`
}

/** @throws PROOF_KEY_MALFORMED */
export function parseCheckpointKey(sha256: ProofHash, text: string): CheckpointKey {
  const [, name = '', hash = '', encoded = ''] =
    /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(text) ?? []
  if (!isNoteName(name)) throw proofErrors.KEY_MALFORMED({ problem: 'the text has another form' })
  const typed = decodeBase64(encoded)
  if (typed?.[0] !== ed25519Type || typed.length !== 1 + publicKeyBytes) {
    throw proofErrors.KEY_MALFORMED({ problem: 'it is not one for Ed25519' })
  }
  const key = checkpointKeyOf(sha256, name, typed.subarray(1))
  if (compareBytes(key.keyHash, decodeHex(hash) ?? new Uint8Array()) !== 0) {
    throw proofErrors.KEY_MALFORMED({ problem: 'its hash does not belong to its name and bytes' })
  }
  return key
}

/** Names have no blanks and no plus, which separate them from what follows. */
export function isNoteName(name: string): boolean {
  return name !== '' && name.length <= proofLimits.originCharsMax && /^[^\s+\p{Cc}]+$/u.test(name)
}
