/**
 * Verification of one commit: that it follows from the one before it, that its contents are what it was made
 * with, and that the tree and everything after it stand on it.
 * Cost: that of a proof and of the commit's own contents.
 */

import { DbError, decodeCanonical, type ValueObject, verifyInclusion } from '@dendrodb/protocol'
import { decodeCommit, headOf } from '../ledger/commit.ts'
import {
  type ForgottenPlace,
  forgottenKey,
  metaPlace,
  payloadKey,
  placeOfVersion,
} from '../ledger/forgotten-mark.ts'
import { formatHead, type LedgerHash } from '../ledger/hash.ts'
import { formatKey, keyOf } from '../ledger/key-space.ts'
import { genesisHead, type Manifest } from '../ledger/manifest.ts'
import { leafHash, rootOf } from '../ledger/merkle/compact-range.ts'
import { MerkleReader } from '../ledger/merkle/merkle-reader.ts'
import type { KvReader } from '../ledger/overlay.ts'
import { commitmentOf, openVersion } from '../ledger/record-version.ts'
import { type Finding, Findings, isEndOfReading } from './findings.ts'

export interface CommitReport {
  readonly isIntact: boolean
  readonly seq: number
  /** Head that what follows the commit names for it. */
  readonly storedHead: string | undefined
  /** Head that follows from what is stored of it; `undefined` where that cannot be read. */
  readonly computedHead: string | undefined
  /** Records that it changed. */
  readonly versions: number
  /** Fields of these, as they now are: one fact each. */
  readonly fields: number
  /** Payloads, of its metadata or of versions, that were erased or have outlived their retention. */
  readonly forgotten: number
  readonly findings: readonly Finding[]
}

export interface CommitCheck {
  readonly reader: KvReader
  readonly hash: LedgerHash
  readonly manifest: Manifest
  /** From 1 to that of the manifest. */
  readonly seq: number
}

export async function verifyCommit(check: CommitCheck): Promise<CommitReport> {
  const { hash, seq } = check
  const one = new OneCommit(check)
  const stored = await one.read()
  const storedHead = await one.headAfter()
  const computedHead = stored && headOf(hash, stored)
  if (computedHead !== undefined) await one.checkPlace(computedHead, storedHead)
  if (stored !== undefined) await one.checkContents(stored)
  return {
    isIntact: one.findings.count === 0,
    seq,
    storedHead: storedHead && formatHead(hash, storedHead),
    computedHead: computedHead && formatHead(hash, computedHead),
    versions: one.versions,
    fields: one.fields,
    forgotten: one.forgotten,
    findings: one.findings.list,
  }
}

class OneCommit {
  readonly findings = new Findings()
  versions = 0
  fields = 0
  forgotten = 0
  readonly #check: CommitCheck
  readonly #what: string

  constructor(check: CommitCheck) {
    this.#check = check
    this.#what = `commit ${check.seq}`
  }

  read(): Promise<Buffer | undefined> {
    return this.#get(keyOf('commit', this.#check.seq), this.#what)
  }

  /** What the next commit says it follows, or, of the newest, the manifest. */
  async headAfter(): Promise<Uint8Array | undefined> {
    const { manifest, seq } = this.#check
    if (seq === manifest.seq) return manifest.head
    const what = `commit ${seq + 1}`
    const next = await this.#get(keyOf('commit', seq + 1), what)
    return next && (await this.#attempt(what, () => decodeCommit(next).prevHead))
  }

  async checkPlace(head: Uint8Array, storedHead: Uint8Array | undefined): Promise<void> {
    const { hash, reader, manifest, seq } = this.#check
    if (storedHead !== undefined && Buffer.compare(head, storedHead) !== 0) {
      this.#broken(this.#what, 'what follows it names another head for it')
    }
    await this.#attempt(`the place of ${this.#what} in the tree`, async () => {
      const path = await new MerkleReader(hash, reader).inclusion(seq - 1, manifest.seq)
      const root = rootOf(hash, manifest.merkle)
      verifyInclusion(hash.of, {
        leafIndex: seq - 1,
        treeSize: manifest.seq,
        leafHash: leafHash(hash, head),
        path,
        root,
      })
    })
  }

  async checkContents(stored: Buffer): Promise<void> {
    const { seq } = this.#check
    const commit = await this.#attempt(this.#what, () => decodeCommit(stored))
    if (commit === undefined) return
    if (commit.seq !== seq) this.#broken(this.#what, `it carries the number ${commit.seq}`)
    const before = await this.#headBefore()
    if (before !== undefined && Buffer.compare(before, commit.prevHead) !== 0) {
      this.#broken(this.#what, 'it does not follow from the commit before it')
    }
    if (commit.metaCommitment !== undefined) await this.#checkMeta(commit.metaCommitment)
    for (const [n, commitment] of commit.versionCommitments.entries()) await this.#checkVersion(n, commitment)
    this.versions = commit.versionCommitments.length
  }

  async #headBefore(): Promise<Uint8Array | undefined> {
    const { hash, seq } = this.#check
    if (seq === 1) {
      const format = await this.#get(formatKey, 'the format entry')
      return format && genesisHead(hash, format)
    }
    const before = await this.#get(keyOf('commit', seq - 1), `commit ${seq - 1}`)
    return before && headOf(hash, before)
  }

  async #checkMeta(commitment: Uint8Array): Promise<void> {
    const { hash, seq } = this.#check
    const what = `the metadata of ${this.#what}`
    const payload = await this.#payload({ seq, place: metaPlace }, what)
    if (payload !== undefined && Buffer.compare(hash.of(payload), commitment) !== 0) {
      this.#broken(what, 'its hash is not the one in the commit')
    }
  }

  async #checkVersion(n: number, commitment: Uint8Array): Promise<void> {
    const { hash, seq } = this.#check
    const what = `version ${n} of ${this.#what}`
    const payload = await this.#payload({ seq, place: placeOfVersion(n) }, what)
    if (payload === undefined) return
    await this.#attempt(what, () => {
      const version = openVersion(payload)
      if (Buffer.compare(commitmentOf(hash, payload, version.bytes), commitment) !== 0) {
        this.#broken(what, 'its hash is not the one in the commit')
      } else if (version.bytes !== undefined) {
        this.fields += Object.keys(decodeCanonical(version.bytes) as ValueObject).length
      }
    })
  }

  /** `undefined`: it was forgotten, or is missing, which is told. */
  async #payload(place: ForgottenPlace, what: string): Promise<Buffer | undefined> {
    const { reader } = this.#check
    const isForgotten = await this.#attempt(
      what,
      async () => (await reader.get(forgottenKey(place))) !== undefined,
    )
    if (isForgotten !== true) return this.#get(payloadKey(place), what)
    this.forgotten += 1
    return undefined
  }

  async #get(key: Buffer, what: string): Promise<Buffer | undefined> {
    const read = async () => {
      const value = await this.#check.reader.get(key)
      if (value === undefined) this.#broken(what, 'it is missing')
      return value
    }
    return this.#attempt(what, read)
  }

  async #attempt<T>(what: string, work: () => T | Promise<T>): Promise<T | undefined> {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof DbError) || isEndOfReading(error)) throw error
      this.#broken(what, error.message)
      return undefined
    }
  }

  #broken(what: string, reason: string): void {
    this.findings.add({ what, reason, seq: this.#check.seq })
  }
}
