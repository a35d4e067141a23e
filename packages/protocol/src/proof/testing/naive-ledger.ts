/**
 * A chain of commits as docs/formats.md describes it, and proofs of it, made with nothing but the
 * description: what the engine makes is compared with it, and what checks proofs is tried on it.
 */

import { createPrivateKey, createPublicKey, hash, type KeyObject, sign } from 'node:crypto'
import { encodeCanonical } from '../../cbor.ts'
import type { RecordKey, Value, ValueObject } from '../../values.ts'
import { type Checkpoint, checkpointBody, formatCheckpoint, originOf } from '../checkpoint.ts'
import { checkpointKeyOf, formatCheckpointKey } from '../checkpoint-key.ts'
import type { HashName } from '../hash-name.ts'
import { hashLeaf, type ProofHash } from '../merkle-proof.ts'
import { encodeProof, type Proof, type ProofFile } from '../proof-file.ts'
import { NaiveTree } from './naive-tree.ts'

export const nodeHashes: Readonly<Record<HashName | 'sha256', ProofHash>> = {
  blake2b: (bytes) => digest('blake2b512', bytes).subarray(0, 32),
  sha512: (bytes) => digest('sha512', bytes).subarray(0, 32),
  sha256: (bytes) => digest('sha256', bytes),
}

function digest(algorithm: string, bytes: Uint8Array): Uint8Array {
  return new Uint8Array(hash(algorithm, bytes, 'buffer'))
}

export interface NaiveWrite {
  readonly table: string
  readonly key: RecordKey
  /** `undefined` deletes. */
  readonly fields: ValueObject | undefined
}

interface NaiveCommit {
  readonly stored: Uint8Array
  readonly head: Uint8Array
  readonly timeMicros: number
  readonly payloads: readonly Uint8Array[]
  readonly meta: Uint8Array
}

/** A key whose seed is the same byte 32 times. */
function testKey(seed: number): KeyObject {
  const prefix = Buffer.from('302e020100300506032b657004220420', 'hex')
  const key = Buffer.concat([prefix, Buffer.alloc(32, seed)])
  return createPrivateKey({ key, format: 'der', type: 'pkcs8' })
}

export class NaiveLedger {
  readonly databaseId: string
  readonly commits: NaiveCommit[] = []
  readonly #hashName: HashName
  readonly #hash: ProofHash
  readonly #privateKey: KeyObject
  readonly #genesis: Uint8Array
  #salts = 0

  constructor(name: HashName = 'blake2b', databaseId = '6f9619ff-8b86-4011-b42d-00c04fc964ff', keySeed = 1) {
    this.databaseId = databaseId
    this.#hashName = name
    this.#hash = nodeHashes[name]
    this.#privateKey = testKey(keySeed)
    this.#genesis = this.#hash(encodeCanonical({ format: 1, databaseId, hash: name }))
  }

  get key(): string {
    return formatCheckpointKey(this.#checkpointKey())
  }

  append(writes: readonly NaiveWrite[], meta: ValueObject = { actor: 'test' }): void {
    const seq = this.commits.length + 1
    const timeMicros = 1_700_000_000_000_000 + seq
    const versions = writes.map((write) => this.#version(write))
    const metaPayload = Buffer.concat([this.#salt(), encodeCanonical(meta)])
    const body: Value[] = [
      1,
      seq,
      0,
      timeMicros,
      this.#hash(metaPayload),
      Buffer.concat(versions.map(({ commitment }) => commitment)),
    ]
    const prevHead = this.commits.at(-1)?.head ?? this.#genesis
    const stored = Buffer.concat([prevHead, encodeCanonical(body)])
    const payloads = versions.map(({ payload }) => payload)
    this.commits.push({ stored, head: this.#hash(stored), timeMicros, payloads, meta: metaPayload })
  }

  tree(): NaiveTree {
    return new NaiveTree(
      this.#hash,
      this.commits.map(({ head }) => hashLeaf(this.#hash, head)),
    )
  }

  checkpoint(size = this.commits.length, change: Partial<Checkpoint> = {}): string {
    const newest = this.commits[size - 1]
    const body = checkpointBody({
      databaseId: this.databaseId,
      hash: this.#hashName,
      size,
      root: this.tree().root(size),
      head: newest?.head ?? this.#genesis,
      timeMicros: newest?.timeMicros ?? 0,
      ...change,
    })
    return this.sign(body)
  }

  sign(body: string): string {
    const signature = sign(undefined, Buffer.from(body), this.#privateKey)
    return formatCheckpoint(body, this.#checkpointKey(), signature)
  }

  commitProof(seq: number, size = this.commits.length): Extract<Proof, { type: 'commit' }> {
    const { stored, meta } = this.#commit(seq)
    return { type: 'commit', ...this.#parts(seq, size), commit: stored, meta }
  }

  recordProof(seq: number, n = 0, size = this.commits.length): Extract<Proof, { type: 'record' }> {
    const { stored, payloads } = this.#commit(seq)
    const payload = payloads[n] as Uint8Array
    return { type: 'record', ...this.#parts(seq, size), commit: stored, n, payload }
  }

  growthProof(fromSize: number, toSize = this.commits.length): Extract<Proof, { type: 'consistency' }> {
    const tree = this.tree()
    const path = tree.consistency(fromSize, toSize)
    const [checkpoint, key] = [this.checkpoint(toSize), this.key]
    const fromRoot = tree.root(fromSize)
    return { type: 'consistency', hash: this.#hashName, path, checkpoint, key, fromSize, fromRoot }
  }

  #parts(seq: number, size: number) {
    const path = this.tree().inclusion(seq - 1, size)
    return { hash: this.#hashName, path, checkpoint: this.checkpoint(size), key: this.key }
  }

  #commit(seq: number): NaiveCommit {
    return this.commits[seq - 1] as NaiveCommit
  }

  #version({ table, key, fields }: NaiveWrite) {
    const salt = this.#salt()
    const bytes = fields === undefined ? null : encodeCanonical(fields)
    const versionId = bytes === null ? null : this.#hash(Buffer.concat([salt, bytes]))
    const parts = [16, table, key, bytes === null ? 0 : 1, null, null]
    const payload = Buffer.concat([salt, encodeCanonical([...parts, bytes])])
    const commitment = this.#hash(Buffer.concat([salt, encodeCanonical([...parts, versionId])]))
    return { payload, commitment }
  }

  #salt(): Uint8Array {
    this.#salts += 1
    return nodeHashes.sha256(Buffer.from([this.#salts])).subarray(0, 16)
  }

  #checkpointKey() {
    const der = createPublicKey(this.#privateKey).export({ format: 'der', type: 'spki' })
    return checkpointKeyOf(nodeHashes.sha256, originOf(this.databaseId), new Uint8Array(der.subarray(-32)))
  }
}

/** The file's fields with some changed; one that is `undefined` is left out. */
export function changed(proof: Proof, change: Readonly<Record<string, unknown>> = {}): ProofFile {
  const fields = Object.entries({ ...encodeProof(proof), ...change }).filter(
    ([, value]) => value !== undefined,
  )
  return Object.fromEntries(fields) as ProofFile
}
