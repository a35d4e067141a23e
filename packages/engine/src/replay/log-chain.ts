/**
 * Follows the chain through a stream of log items.
 * Why: whoever copies a log, or makes a store of one, must not pass on what does not hold together, and must
 * say which object is broken.
 * Invariant: an item is accepted only where the commits before it call for it. Payloads may be missing (they
 * can be erased); a commit cannot. Versions are not opened: whether they are what the commit says is for the
 * verification of what is made of them.
 */

import type { CommitContents } from '@dendrodb/protocol'
import { decodeCommit, headOf } from '../ledger/commit.ts'
import { type LedgerHash, ledgerHashes } from '../ledger/hash.ts'
import { mainBranch } from '../ledger/key-space.ts'
import { ledgerErrors } from '../ledger/ledger-errors.ts'
import { decodeFormat, genesisHead } from '../ledger/manifest.ts'

/** A place in a chain. */
export interface ChainPoint {
  /** What the chain is built with. */
  readonly hash: LedgerHash
  readonly seq: number
  readonly head: Uint8Array
  readonly timeMicros: number
}

/** Before the first commit. @param format format entry of the database, as it is stored */
export function genesisOf(format: Uint8Array): ChainPoint {
  const hash = ledgerHashes[decodeFormat(format).hash]
  return { hash, seq: 0, head: genesisHead(hash, format), timeMicros: 0 }
}

export class LogChain {
  #point: ChainPoint
  #commit: CommitContents | undefined
  /** Whether the metadata of the present commit is still to come. */
  #awaitsMeta = false
  /** Versions of the present commit that have come. */
  #n = 0

  constructor(start: ChainPoint) {
    this.#point = start
  }

  /** Behind the newest commit, which may still lack payloads. */
  get point(): ChainPoint {
    return this.#point
  }

  /** Whether everything that the newest commit names has come. */
  get isComplete(): boolean {
    return !this.#awaitsMeta && this.#n === (this.#commit?.versionCommitments.length ?? 0)
  }

  /** What has to come next. */
  get expected(): 'commit' | 'meta' | 'version' {
    if (this.#awaitsMeta) return 'meta'
    return this.isComplete ? 'commit' : 'version'
  }

  /** Number of the next version within its commit. */
  get n(): number {
    return this.#n
  }

  /** @throws LEDGER_CORRUPT */
  commit(stored: Buffer): CommitContents {
    this.#expect('commit')
    const { hash, seq, head, timeMicros } = this.#point
    const what = `commit ${seq + 1}`
    const commit = decodeNamed(what, () => decodeCommit(stored))
    if (commit.seq !== seq + 1) throw broken(what, `it carries the number ${commit.seq}`)
    if (Buffer.compare(commit.prevHead, head) !== 0) {
      throw broken(what, 'it does not follow from the commit before it')
    }
    if (!(commit.timeMicros > timeMicros)) throw broken(what, 'its time is not later than the one before')
    if (commit.branch !== mainBranch) throw broken(what, `it belongs to an unknown branch, ${commit.branch}`)
    this.#commit = commit
    this.#awaitsMeta = commit.metaCommitment !== undefined
    this.#n = 0
    this.#point = { hash, seq: commit.seq, head: headOf(hash, stored), timeMicros: commit.timeMicros }
    return commit
  }

  /** @throws LEDGER_CORRUPT */
  meta(payload: Buffer | undefined): void {
    this.#expect('meta')
    this.#awaitsMeta = false
    const commitment = this.#commit?.metaCommitment
    if (payload === undefined || commitment === undefined) return
    if (Buffer.compare(this.#point.hash.of(payload), commitment) !== 0) {
      throw broken(`the metadata of commit ${this.#point.seq}`, 'its hash is not the one in the commit')
    }
  }

  /** The next version of the commit has come, or is known to be erased. */
  version(): void {
    this.#expect('version')
    this.#n += 1
  }

  /** @throws LEDGER_CORRUPT unless the newest commit is whole */
  finish(): ChainPoint {
    this.#expect('commit')
    return this.#point
  }

  #expect(type: 'commit' | 'meta' | 'version'): void {
    const { expected } = this
    if (type === expected) return
    throw broken(`the log behind commit ${this.#point.seq}`, `${names[expected]} is missing`)
  }
}

const names = { commit: 'a commit', meta: 'the metadata', version: 'a version' }

function broken(what: string, reason: string): Error {
  return ledgerErrors.CORRUPT({ what, reason })
}

/** Whatever is wrong with the bytes, the error names the object. @throws LEDGER_CORRUPT */
export function decodeNamed<T>(what: string, decode: () => T): T {
  try {
    return decode()
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw ledgerErrors.CORRUPT({ what, reason }, { cause })
  }
}
