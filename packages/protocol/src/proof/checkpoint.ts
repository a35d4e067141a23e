/**
 * A checkpoint: what a database says its whole history is at a size, signed. The text is a C2SP
 * tlog-checkpoint in a signed note, so that programs and witnesses that know these can read and countersign
 * it.
 *
 *   dendrodb/<database id>        origin
 *   1234                          commits: size of the Merkle tree
 *   <base64>                      its root
 *   head b2:<hex>                 head of the newest of them
 *   time 2026-01-31T09:30:00Z     when that one was made
 *
 *   — dendrodb/<database id> <base64 of key hash and Ed25519 signature of the lines above>
 *
 * Why nothing of the moment of signing is in it: two checkpoints of one size are the same text, so that a
 * database that tells two people two histories is caught by comparing them.
 * Format: docs/formats.md#checkpoint.
 */

import { decodeBase64, encodeBase64 } from '../base64.ts'
import { compareBytes } from '../compare-values.ts'
import { Datetime } from '../datetime.ts'
import { concatBytes, textBytes } from './bytes.ts'
import { type CheckpointKey, formatCheckpointKey, isNoteName, keyHashBytes } from './checkpoint-key.ts'
import { hashBytes } from './commit-layout.ts'
import { formatHead, type HashName, hashNames, headPrefixes } from './hash-name.ts'
import { decodeHex } from './hex.ts'
import { proofLimits } from './limits.ts'
import { proofErrors } from './proof-errors.ts'

export interface Checkpoint {
  readonly databaseId: string
  readonly hash: HashName
  readonly size: number
  readonly root: Uint8Array
  /** Head of the newest commit; of a database without commits, what its first one will follow. */
  readonly head: Uint8Array
  /** Of the newest commit, in microseconds since 1970-01-01T00:00:00Z; 0 without one. */
  readonly timeMicros: number
}

export interface NoteSignature {
  readonly name: string
  readonly keyHash: Uint8Array
  readonly signature: Uint8Array
}

export interface SignedCheckpoint {
  readonly checkpoint: Checkpoint
  /** The lines that are signed. */
  readonly body: string
  readonly signatures: readonly NoteSignature[]
}

export type VerifyEd25519 = (signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array) => boolean

const originPrefix = 'dendrodb/'
const signatureBytes = 64
const databaseIdPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

export function originOf(databaseId: string): string {
  return originPrefix + databaseId
}

/** The lines to sign. */
export function checkpointBody({ databaseId, hash, size, root, head, timeMicros }: Checkpoint): string {
  const lines = [
    originOf(databaseId),
    String(size),
    encodeBase64(root),
    `head ${formatHead(hash, head)}`,
    `time ${Datetime.fromEpochNanos(BigInt(timeMicros) * 1000n)}`,
  ]
  return `${lines.join('\n')}\n`
}

/** @param signature Ed25519 over the UTF-8 bytes of the body */
export function formatCheckpoint(body: string, key: CheckpointKey, signature: Uint8Array): string {
  return `${body}\n— ${key.name} ${encodeBase64(concatBytes(key.keyHash, signature))}\n`
}

/** Reads the text; whoever signed it is still to be checked. @throws PROOF_MALFORMED */
export function parseCheckpoint(text: string): SignedCheckpoint {
  if (text.length > proofLimits.checkpointCharsMax) throw malformed('it is too long')
  const end = text.indexOf('\n\n') + 1
  if (end === 0) throw malformed('it has no signature')
  const body = text.slice(0, end)
  const checkpoint = readBody(body)
  if (checkpoint === undefined || checkpointBody(checkpoint) !== body) throw malformed('its lines are others')
  return { checkpoint, body, signatures: readSignatures(text.slice(end + 1)) }
}

/**
 * The checkpoint, which one of its signatures says is the key's owner's.
 * @throws PROOF_SIGNATURE, PROOF_OTHER_DATABASE
 */
export function verifySignature(
  verify: VerifyEd25519,
  signed: SignedCheckpoint,
  key: CheckpointKey,
): Checkpoint {
  const { checkpoint, body, signatures } = signed
  const origin = originOf(checkpoint.databaseId)
  if (key.name !== origin) throw proofErrors.OTHER_DATABASE({ origin, expected: key.name })
  const isOurs = signatures.some(({ name, keyHash, signature }) => {
    const isByKey = name === key.name && compareBytes(keyHash, key.keyHash) === 0
    return isByKey && verify(signature, textBytes(body), key.publicKey)
  })
  if (!isOurs) throw proofErrors.SIGNATURE({ key: formatCheckpointKey(key) })
  return checkpoint
}

function readBody(body: string): Checkpoint | undefined {
  const [origin = '', size = '', root = '', head = '', time = ''] = body.split('\n')
  const databaseId = origin.slice(originPrefix.length)
  const rootBytes = decodeBase64(root)
  const hash = hashNames.find((name) => head.startsWith(`head ${headPrefixes[name]}:`))
  const headBytes = decodeHex(head.slice(head.indexOf(':') + 1))
  const timeMicros = microsOf(time)
  const isGood =
    databaseIdPattern.test(databaseId) &&
    /^\d{1,16}$/.test(size) &&
    Number.isSafeInteger(Number(size)) &&
    rootBytes?.length === hashBytes &&
    headBytes?.length === hashBytes
  if (!isGood || hash === undefined || timeMicros === undefined) return undefined
  return { databaseId, hash, size: Number(size), root: rootBytes, head: headBytes, timeMicros }
}

function microsOf(line: string): number | undefined {
  const text = /^time (\S{1,40})$/.exec(line)?.[1]
  if (text === undefined) return undefined
  try {
    const { seconds, nanos } = Datetime.parse(text)
    return seconds * 1_000_000 + Math.floor(nanos / 1000)
  } catch {
    return undefined
  }
}

/** Signatures in a form that is not ours are witnesses' and are passed over. */
function readSignatures(text: string): NoteSignature[] {
  const lines = text.split('\n')
  if (lines.pop() !== '' || lines.length === 0 || lines.length > proofLimits.signaturesMax) {
    throw malformed('its signatures are others')
  }
  const signatures = lines.map(readSignature)
  return signatures.filter(({ signature }) => signature.length === signatureBytes)
}

function readSignature(line: string): NoteSignature {
  const [, name = '', encoded = ''] = /^— (\S+) (\S+)$/.exec(line) ?? []
  const bytes = decodeBase64(encoded)
  if (!isNoteName(name) || bytes === undefined || bytes.length <= keyHashBytes) {
    throw malformed('its signatures are others')
  }
  return { name, keyHash: bytes.subarray(0, keyHashBytes), signature: bytes.subarray(keyHashBytes) }
}

function malformed(problem: string): Error {
  return proofErrors.MALFORMED({ problem: `the checkpoint: ${problem}` })
}
