/**
 * Checks a proof with no database at hand: from the record to its commit, to the leaf, to the root, to the
 * checkpoint that a database signed.
 * What is left to the reader is whom to trust: a public key, or a root, that came another way than the proof.
 */

import { decodeBase64 } from '../base64.ts'
import { compareBytes } from '../compare-values.ts'
import { Datetime } from '../datetime.ts'
import { DbError } from '../errors.ts'
import { formatHex } from '../format-value.ts'
import type { RecordId } from '../record-id.ts'
import type { Value, ValueObject } from '../values.ts'
import { type Checkpoint, parseCheckpoint, verifySignature } from './checkpoint.ts'
import { parseCheckpointKey } from './checkpoint-key.ts'
import {
  type CommitContents,
  decodeCommit,
  decodeMeta,
  decodeVersion,
  hashBytes,
  recordOfVersion,
  versionCommitment,
} from './commit-layout.ts'
import { formatHead, type HashName } from './hash-name.ts'
import { decodeHex } from './hex.ts'
import { hashLeaf, type ProofHash, verifyConsistency, verifyInclusion } from './merkle-proof.ts'
import { loadProofCrypto, type ProofCrypto } from './proof-crypto.ts'
import { proofErrors } from './proof-errors.ts'
import {
  type CommitProof,
  decodeProof,
  type GrowthProof,
  type Proof,
  type ProofFile,
  type RecordProof,
} from './proof-file.ts'

export interface VerifyProofOptions {
  /** The database's public key, which you got from somebody you trust: `name+hash+base64`. */
  readonly key?: string | undefined
  /**
   * A root that you trust, in hex or base64: the one that the proof is about or, for a proof of consistency,
   * the one you knew before.
   */
  readonly root?: string | undefined
}

/** What a tree with this root says, and who says so. */
export interface VerifiedCheckpoint {
  readonly size: number
  /** Hex digits. */
  readonly root: string
  readonly head: string
  readonly time: Datetime
  /** Key of the signature; it is the one you gave, or the one that the proof itself names. */
  readonly key: string
}

interface Verified {
  readonly databaseId: string
  readonly hash: HashName
  readonly checkpoint: VerifiedCheckpoint
  /** What of yours the proof was checked against; empty: it is sound in itself, and could be anybody's. */
  readonly trusted: readonly ('key' | 'root')[]
}

export interface VerifiedCommit extends Verified {
  readonly type: 'commit' | 'record'
  readonly seq: number
  readonly head: string
  readonly branch: number
  readonly time: Datetime
  /** Records that the commit changed. */
  readonly versions: number
  /** What the commit says about itself, where the proof holds it. */
  readonly meta?: ValueObject | undefined
  readonly record?: VerifiedRecord | undefined
}

export interface VerifiedRecord {
  readonly id: RecordId
  /** Without the id; `undefined`: the commit deleted it. */
  readonly fields: ValueObject | undefined
  readonly validFrom: Value
  readonly validTo: Value
}

export interface VerifiedGrowth extends Verified {
  readonly type: 'consistency'
  readonly fromSize: number
  /** Hex digits. */
  readonly fromRoot: string
}

export type VerifiedProof = VerifiedCommit | VerifiedGrowth

/**
 * Checks a proof file and says what it proves.
 * @throws PROOF_*. Details of a mismatch: `expected` and `computed`, in hex.
 * @example
 * const { record, seq, time } = await verifyProof(await readFile('proof.json', 'utf8'), { key })
 */
export async function verifyProof(
  file: string | ProofFile,
  options: VerifyProofOptions = {},
): Promise<VerifiedProof> {
  const proof = decodeProof(file)
  const crypto = await loadProofCrypto()
  try {
    return check(crypto, proof, options)
  } catch (error) {
    if (!(error instanceof DbError) || error.code.startsWith('PROOF_')) throw error
    throw proofErrors.MALFORMED({ problem: error.message }, { cause: error })
  }
}

function check(crypto: ProofCrypto, proof: Proof, options: VerifyProofOptions): VerifiedProof {
  const checkpoint = checkCheckpoint(crypto, proof, options.key)
  const hash = crypto.hashes[proof.hash]
  const about = proof.type === 'consistency' ? proof.fromRoot : checkpoint.root
  if (options.root !== undefined) checkTrustedRoot(options.root, about)
  const verified: Verified = {
    databaseId: checkpoint.databaseId,
    hash: proof.hash,
    checkpoint: describe(checkpoint, options.key ?? proof.key),
    trusted: (['key', 'root'] as const).filter((name) => options[name] !== undefined),
  }
  if (proof.type === 'consistency') return { ...verified, ...checkGrowth(hash, proof, checkpoint) }
  return { ...verified, ...checkCommit(hash, proof, checkpoint) }
}

/**
 * Checks that a checkpoint is signed by the owner of the key, and gives what it says.
 * @throws PROOF_MALFORMED, PROOF_SIGNATURE, PROOF_OTHER_DATABASE, PROOF_KEY_MALFORMED
 */
export async function verifyCheckpoint(text: string, key: string): Promise<VerifiedCheckpoint> {
  const { sha256, verifyEd25519 } = await loadProofCrypto()
  const signed = parseCheckpoint(text)
  return describe(verifySignature(verifyEd25519, signed, parseCheckpointKey(sha256, key)), key)
}

function checkCheckpoint(crypto: ProofCrypto, proof: Proof, trustedKey: string | undefined): Checkpoint {
  const signed = parseCheckpoint(proof.checkpoint)
  const key = parseCheckpointKey(crypto.sha256, trustedKey ?? proof.key)
  const checkpoint = verifySignature(crypto.verifyEd25519, signed, key)
  if (checkpoint.hash !== proof.hash) {
    throw proofErrors.MALFORMED({ problem: 'it names another hash function than its checkpoint' })
  }
  return checkpoint
}

/** @throws PROOF_NOT_TRUSTED_ROOT, PROOF_MALFORMED */
function checkTrustedRoot(trusted: string, root: Uint8Array): void {
  const expected = decodeHex(trusted.toLowerCase()) ?? decodeBase64(trusted)
  if (expected?.length !== hashBytes) {
    throw proofErrors.MALFORMED({ problem: `the root to trust is not ${hashBytes} bytes in hex or base64` })
  }
  if (compareBytes(expected, root) === 0) return
  throw proofErrors.NOT_TRUSTED_ROOT({ computed: formatHex(root), expected: formatHex(expected) })
}

function checkGrowth(hash: ProofHash, proof: GrowthProof, { size: toSize, root: toRoot }: Checkpoint) {
  const { fromSize, fromRoot, path } = proof
  verifyConsistency(hash, { fromSize, fromRoot, toSize, toRoot, path })
  return { type: 'consistency', fromSize, fromRoot: formatHex(fromRoot) } as const
}

function checkCommit(hash: ProofHash, proof: CommitProof | RecordProof, checkpoint: Checkpoint) {
  const commit = decodeCommit(proof.commit)
  const head = hash(proof.commit)
  const { size, root } = checkpoint
  const leafHash = hashLeaf(hash, head)
  verifyInclusion(hash, { leafIndex: commit.seq - 1, treeSize: size, leafHash, path: proof.path, root })
  if (commit.seq === size && compareBytes(head, checkpoint.head) !== 0) {
    throw proofErrors.HEAD_MISMATCH({ computed: formatHex(head), expected: formatHex(checkpoint.head) })
  }
  const meta = proof.meta === undefined ? {} : { meta: checkMeta(hash, commit, proof.meta) }
  const record = proof.type === 'commit' ? {} : { record: checkRecord(hash, commit, proof) }
  return {
    type: proof.type,
    seq: commit.seq,
    head: formatHead(proof.hash, head),
    branch: commit.branch,
    time: timeOf(commit.timeMicros),
    versions: commit.versionCommitments.length,
    ...meta,
    ...record,
  }
}

function checkMeta(hash: ProofHash, { metaCommitment }: CommitContents, payload: Uint8Array): ValueObject {
  expectCommitment('the metadata', hash(payload), metaCommitment)
  return decodeMeta(payload)
}

function checkRecord(hash: ProofHash, commit: CommitContents, { n, payload }: RecordProof): VerifiedRecord {
  const { version, salt } = decodeVersion(payload)
  const computed = versionCommitment(hash, version, salt)
  expectCommitment('the record version', computed, commit.versionCommitments[n])
  const { validFrom, validTo } = version
  return { ...recordOfVersion(version), validFrom: validFrom ?? undefined, validTo: validTo ?? undefined }
}

function expectCommitment(what: string, computed: Uint8Array, expected: Uint8Array | undefined): void {
  if (expected === undefined) throw proofErrors.MALFORMED({ problem: `the commit does not hold ${what}` })
  if (compareBytes(computed, expected) === 0) return
  throw proofErrors.COMMITMENT_MISMATCH({
    what,
    computed: formatHex(computed),
    expected: formatHex(expected),
  })
}

function describe({ size, root, hash, head, timeMicros }: Checkpoint, key: string): VerifiedCheckpoint {
  return { size, root: formatHex(root), head: formatHead(hash, head), time: timeOf(timeMicros), key }
}

function timeOf(micros: number): Datetime {
  return Datetime.fromEpochNanos(BigInt(micros) * 1000n)
}
