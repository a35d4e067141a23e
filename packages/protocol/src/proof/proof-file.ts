/**
 * A proof as it is handed on: one flat JSON object with everything that checking it takes but trust in a key.
 * Read as from a stranger: nothing unknown, nothing twice, every text in its one form, and bounded.
 * Format: docs/formats.md#proof.
 */

import { decodeBase64, encodeBase64 } from '../base64.ts'
import { formatHex } from '../format-value.ts'
import { repeatedField } from '../json-fields.ts'
import { hashBytes } from './commit-layout.ts'
import { type HashName, isHashName } from './hash-name.ts'
import { decodeHex } from './hex.ts'
import { proofLimits } from './limits.ts'
import { proofErrors } from './proof-errors.ts'

const proofFormat = 'dendrodb-proof'
const proofVersion = 1

interface ProofParts {
  readonly hash: HashName
  /** Hashes from the leaf, or from the smaller tree, to the root. */
  readonly path: readonly Uint8Array[]
  /** Signed, of the tree that the path leads to. */
  readonly checkpoint: string
  /** Key that the maker says the checkpoint is signed by; checking it is up to the reader. */
  readonly key: string
}

export interface CommitProof extends ProofParts {
  readonly type: 'commit'
  /** As it is stored: what its head is the hash of. */
  readonly commit: Uint8Array
  /** Salt and metadata; left out where nobody needs to know, there was none, or it was erased. */
  readonly meta?: Uint8Array | undefined
}

export interface RecordProof extends ProofParts {
  readonly type: 'record'
  readonly commit: Uint8Array
  readonly meta?: Uint8Array | undefined
  /** Which of the commit's versions it is, from 0. */
  readonly n: number
  /** Salt and version of the record. */
  readonly payload: Uint8Array
}

export interface GrowthProof extends ProofParts {
  readonly type: 'consistency'
  readonly fromSize: number
  readonly fromRoot: Uint8Array
}

export type Proof = CommitProof | RecordProof | GrowthProof

/** The object of a proof file, which `JSON.stringify` writes. */
export type ProofFile = Readonly<Record<string, string | number | readonly string[]>>

export function encodeProof(proof: Proof): ProofFile {
  const head = { format: proofFormat, version: proofVersion, type: proof.type, hash: proof.hash }
  const tail = { path: proof.path.map(formatHex), checkpoint: proof.checkpoint, key: proof.key }
  switch (proof.type) {
    case 'consistency':
      return { ...head, from_size: proof.fromSize, from_root: formatHex(proof.fromRoot), ...tail }
    case 'commit':
      return { ...head, ...encodeCommitParts(proof), ...tail }
    case 'record':
      return {
        ...head,
        ...encodeCommitParts(proof),
        n: proof.n,
        payload: encodeBase64(proof.payload),
        ...tail,
      }
  }
}

function encodeCommitParts({ commit, meta }: CommitProof | RecordProof): ProofFile {
  return { commit: encodeBase64(commit), ...(meta && { meta: encodeBase64(meta) }) }
}

/** @param file the text of a proof file, or its object. @throws PROOF_MALFORMED, PROOF_VERSION */
export function decodeProof(file: string | ProofFile): Proof {
  const fields = new ProofFields(typeof file === 'string' ? parseObject(file) : asObject(file))
  if (fields.text('format') !== proofFormat) throw malformed('it is none of DendroDB')
  const version = fields.count('version')
  if (version > proofVersion) throw proofErrors.VERSION({ version, supported: proofVersion })
  const proof = readProof(fields)
  fields.end()
  return proof
}

function readProof(fields: ProofFields): Proof {
  const hash = fields.text('hash')
  if (!isHashName(hash)) throw malformed('it names no hash function that we know')
  const parts = {
    hash,
    path: fields.hashes('path'),
    checkpoint: fields.text('checkpoint'),
    key: fields.text('key'),
  }
  const type = fields.text('type')
  switch (type) {
    case 'consistency':
      return { type, ...parts, fromSize: fields.count('from_size'), fromRoot: fields.hash('from_root') }
    case 'commit':
      return { type, ...parts, commit: fields.bytes('commit'), meta: fields.optionalBytes('meta') }
    case 'record': {
      const commit = fields.bytes('commit')
      const meta = fields.optionalBytes('meta')
      return { type, ...parts, commit, meta, n: fields.count('n'), payload: fields.bytes('payload') }
    }
    default:
      throw malformed('its type is not known')
  }
}

/** The fields of the object, each read once. */
class ProofFields {
  readonly #fields: ReadonlyMap<string, unknown>
  readonly #read = new Set<string>()

  constructor(object: object) {
    this.#fields = new Map(Object.entries(object))
  }

  text(name: string): string {
    const value = this.#take(name)
    if (typeof value !== 'string') throw malformed(`its ${name} is no text`)
    return value
  }

  count(name: string): number {
    const value = this.#take(name)
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value
    throw malformed(`its ${name} is no number from 0 to 2^53`)
  }

  bytes(name: string): Uint8Array {
    const bytes = decodeBase64(this.text(name))
    if (bytes === undefined) throw malformed(`its ${name} is not base64`)
    return bytes
  }

  optionalBytes(name: string): Uint8Array | undefined {
    return this.#fields.has(name) ? this.bytes(name) : undefined
  }

  hash(name: string): Uint8Array {
    return hashOf(this.text(name), name)
  }

  hashes(name: string): readonly Uint8Array[] {
    const value = this.#take(name)
    if (!Array.isArray(value) || value.length > proofLimits.pathHashesMax) {
      throw malformed(`its ${name} is no list of at most ${proofLimits.pathHashesMax} hashes`)
    }
    return value.map((each) => hashOf(each, name))
  }

  end(): void {
    const unknown = [...this.#fields.keys()].find((name) => !this.#read.has(name))
    if (unknown !== undefined) throw malformed(`it has a field that does not belong there: ${unknown}`)
  }

  #take(name: string): unknown {
    this.#read.add(name)
    return this.#fields.get(name)
  }
}

function hashOf(value: unknown, name: string): Uint8Array {
  const bytes = typeof value === 'string' && value.length === 2 * hashBytes ? decodeHex(value) : undefined
  if (bytes === undefined) throw malformed(`its ${name} is not made of ${2 * hashBytes} small hex digits`)
  return bytes
}

function asObject(value: unknown): object {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
  throw malformed('it is not a JSON object')
}

function parseObject(text: string): object {
  if (text.length > proofLimits.fileCharsMax) throw malformed('it is too long')
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch (error) {
    throw proofErrors.MALFORMED({ problem: 'it is not JSON' }, { cause: error })
  }
  const object = asObject(parsed)
  // `JSON.parse` lets the last of two fields with one name win, where another program may take the first.
  const repeated = repeatedField(text)
  if (repeated !== undefined) throw malformed(`it has the field ${repeated} twice`)
  return object
}

function malformed(problem: string): Error {
  return proofErrors.MALFORMED({ problem })
}
