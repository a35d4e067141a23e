/**
 * Proofs of what a database holds, for people who have no access to it: made from a snapshot, checked by
 * `verifyProof` of the protocol.
 * Cost: O(log n) reads and at most 32 commits; of a record, its one version.
 */

import {
  Datetime,
  encodeExact,
  encodeProof,
  formatCheckpointKey,
  type ProofFile,
  proofErrors,
  type RecordId,
} from '@dendrodb/protocol'
import type { CheckpointSigner } from '../keys/checkpoint-signer.ts'
import { decodeCommit, headOf } from '../ledger/commit.ts'
import { formatHead } from '../ledger/hash.ts'
import { decodeHistoryEntry } from '../ledger/history-entry.ts'
import { formatKey, historyKey, historyPrefix, keyOf, mainBranch } from '../ledger/key-space.ts'
import { ledgerErrors } from '../ledger/ledger-errors.ts'
import { genesisHead } from '../ledger/manifest.ts'
import { MerkleReader } from '../ledger/merkle/merkle-reader.ts'
import type { KvReader } from '../ledger/overlay.ts'
import { readUvarint } from '../ledger/uvarint.ts'
import type { AsOf } from '../query/host.ts'
import { seqAsOf } from './commit-time.ts'
import type { DatabaseCore } from './database-core.ts'
import type { HeldSnapshot } from './shared-snapshot.ts'

export interface ProofOptions {
  /** Size of the tree that the proof leads to. Default: every commit so far. */
  readonly size?: number
  /** Whether the proof shows who wrote and why, as well. */
  readonly meta?: boolean
}

/** What the database says its history is at a size. */
export interface DatabaseCheckpoint {
  /** Signed: for `verifyCheckpoint` and for whoever knows signed notes. */
  readonly text: string
  /** Public key of the signature. */
  readonly key: string
  /** Commits. */
  readonly size: number
  /** Of the Merkle tree over them, in hex. */
  readonly root: string
  readonly head: string
  /** Of the newest of them. */
  readonly time: Datetime
}

interface VersionRef {
  readonly seq: number
  readonly n: number
}

export class DatabaseProofs {
  readonly #core: DatabaseCore
  readonly #signer: CheckpointSigner

  constructor(core: DatabaseCore, signer: CheckpointSigner) {
    this.#core = core
    this.#signer = signer
  }

  async publicKey(): Promise<string> {
    return formatCheckpointKey(await this.#signer.publicKey(this.#core.format.databaseId))
  }

  checkpoint(size?: number): Promise<DatabaseCheckpoint> {
    return this.#withSnapshot((held) => new ProofMaker(this.#core, this.#signer, held, size).checkpoint())
  }

  commit(seq: number, options: ProofOptions): Promise<ProofFile> {
    return this.#withSnapshot(async (held) => {
      const maker = new ProofMaker(this.#core, this.#signer, held, options.size)
      return maker.commit(seq, options.meta === true)
    })
  }

  record(id: RecordId, asOf: AsOf | undefined, options: ProofOptions): Promise<ProofFile> {
    return this.#withSnapshot(async (held) => {
      const maker = new ProofMaker(this.#core, this.#signer, held, options.size)
      const seq = asOf === undefined ? maker.size : await seqAsOf(held, asOf)
      const [version] = await this.#versions(held, id, seq, 1)
      if (version === undefined) throw proofErrors.RECORD_UNKNOWN({ id })
      return maker.record(id, version, options.meta === true)
    })
  }

  versions(id: RecordId, limit: number): Promise<ProofFile[]> {
    return this.#withSnapshot(async (held) => {
      const maker = new ProofMaker(this.#core, this.#signer, held, undefined)
      const proofs: ProofFile[] = []
      for (const version of await this.#versions(held, id, maker.size, limit)) {
        proofs.push(await maker.recordOrCommit(id, version))
      }
      return proofs
    })
  }

  consistency(fromSize: number, toSize?: number): Promise<ProofFile> {
    return this.#withSnapshot((held) =>
      new ProofMaker(this.#core, this.#signer, held, toSize).consistency(fromSize),
    )
  }

  /** Heads of the commits `from` to `to`, in order, in chunks. @throws PROOF_SEQ_UNKNOWN, LEDGER_CORRUPT */
  async *heads(from: number, to: number): AsyncGenerator<readonly Uint8Array[]> {
    const held = await this.#core.holdSnapshot()
    try {
      checkSeq(to, 1, held.manifest.seq)
      checkSeq(from, 1, to)
      let next = from
      const range = { gte: keyOf('commit', from), lt: keyOf('commit', to + 1) }
      for await (const chunk of held.snapshot.scan(range)) {
        for (const { key } of chunk) {
          if (!key.equals(keyOf('commit', next))) throw missing(`commit ${next}`)
          next += 1
        }
        yield chunk.map(({ value }) => headOf(this.#core.hash, value))
      }
      if (next <= to) throw missing(`commit ${next}`)
    } finally {
      held.release()
    }
  }

  /** The newest versions not newer than `seq`, newest first. */
  async #versions(held: HeldSnapshot, id: RecordId, seq: number, limit: number): Promise<VersionRef[]> {
    const { snapshot, manifest } = held
    const { catalogs } = this.#core
    const catalog = await catalogs.past(snapshot, seq, manifest.seq)
    const table = catalog.table(id.table)
    if (table === undefined) return []
    const idKey = encodeExact(id.key)
    const prefix = historyPrefix(mainBranch, table.id, idKey)
    const range = { gte: prefix, lt: historyKey(mainBranch, table.id, idKey, seq + 1) }
    const versions: VersionRef[] = []
    for await (const chunk of snapshot.scan(range, { reverse: true, limit })) {
      for (const { key, value } of chunk) {
        versions.push({ seq: readUvarint(key, prefix.length).value, n: decodeHistoryEntry(value).n })
      }
    }
    return versions
  }

  async #withSnapshot<T>(work: (held: HeldSnapshot) => Promise<T>): Promise<T> {
    const held = await this.#core.holdSnapshot()
    try {
      return await work(held)
    } finally {
      held.release()
    }
  }
}

/** Proofs in one tree: that of the first `size` commits of a snapshot. */
class ProofMaker {
  readonly size: number
  readonly #core: DatabaseCore
  readonly #signer: CheckpointSigner
  readonly #held: HeldSnapshot
  readonly #reader: KvReader
  readonly #tree: MerkleReader
  #signed: Promise<DatabaseCheckpoint> | undefined

  /** @throws PROOF_SEQ_UNKNOWN */
  constructor(core: DatabaseCore, signer: CheckpointSigner, held: HeldSnapshot, size: number | undefined) {
    const newest = held.manifest.seq
    this.#core = core
    this.#signer = signer
    this.#held = held
    this.#reader = held.snapshot
    this.#tree = new MerkleReader(core.hash, held.snapshot)
    this.size = size === undefined ? newest : checkSeq(size, 0, newest)
  }

  checkpoint(): Promise<DatabaseCheckpoint> {
    this.#signed ??= this.#sign()
    return this.#signed
  }

  async commit(seq: number, withMeta: boolean): Promise<ProofFile> {
    return encodeProof({ type: 'commit', ...(await this.#commitParts(seq, withMeta)) })
  }

  async record(id: RecordId, { seq, n }: VersionRef, withMeta: boolean): Promise<ProofFile> {
    const parts = await this.#commitParts(seq, withMeta)
    const payload = await this.#reader.get(keyOf('version', seq, n))
    if (payload === undefined) throw proofErrors.VERSION_ERASED({ id, seq })
    return encodeProof({ type: 'record', ...parts, n, payload })
  }

  /** Where the contents were erased, at least that there was a commit. */
  async recordOrCommit(id: RecordId, version: VersionRef): Promise<ProofFile> {
    const payload = await this.#reader.get(keyOf('version', version.seq, version.n))
    return payload === undefined ? this.commit(version.seq, false) : this.record(id, version, false)
  }

  async consistency(fromSize: number): Promise<ProofFile> {
    checkSeq(fromSize, 0, this.size)
    const { text: checkpoint, key } = await this.checkpoint()
    const path = await this.#tree.consistency(fromSize, this.size)
    const fromRoot = await this.#tree.root(fromSize)
    return encodeProof({
      type: 'consistency',
      hash: this.#core.hash.name,
      fromSize,
      fromRoot,
      path,
      checkpoint,
      key,
    })
  }

  async #commitParts(seq: number, withMeta: boolean) {
    checkSeq(seq, 1, this.size)
    const { text: checkpoint, key } = await this.checkpoint()
    const path = await this.#tree.inclusion(seq - 1, this.size)
    const meta = withMeta ? await this.#reader.get(keyOf('meta', seq)) : undefined
    return { hash: this.#core.hash.name, commit: await this.#stored(seq), meta, path, checkpoint, key }
  }

  async #sign(): Promise<DatabaseCheckpoint> {
    const { databaseId } = this.#core.format
    const { hash } = this.#core
    const { size } = this
    const [root, { head, timeMicros }] = [await this.#tree.root(size), await this.#newest()]
    const text = await this.#signer.sign({ databaseId, hash: hash.name, size, root, head, timeMicros })
    return {
      text,
      key: formatCheckpointKey(await this.#signer.publicKey(databaseId)),
      size,
      root: root.toString('hex'),
      head: formatHead(hash, head),
      time: Datetime.fromEpochNanos(BigInt(timeMicros) * 1000n),
    }
  }

  /** Head and time of the tree's newest commit. */
  async #newest(): Promise<{ readonly head: Uint8Array; readonly timeMicros: number }> {
    const { manifest } = this.#held
    if (this.size === manifest.seq) return manifest
    if (this.size > 0) {
      const stored = await this.#stored(this.size)
      return { head: headOf(this.#core.hash, stored), timeMicros: decodeCommit(stored).timeMicros }
    }
    const format = await this.#reader.get(formatKey)
    if (format === undefined) throw missing('the format entry')
    return { head: genesisHead(this.#core.hash, format), timeMicros: 0 }
  }

  async #stored(seq: number): Promise<Buffer> {
    const stored = await this.#reader.get(keyOf('commit', seq))
    if (stored === undefined) throw missing(`commit ${seq}`)
    return stored
  }
}

/** @throws PROOF_SEQ_UNKNOWN */
export function checkSeq(seq: number, first: number, newest: number): number {
  if (Number.isSafeInteger(seq) && seq >= first && seq <= newest) return seq
  throw proofErrors.SEQ_UNKNOWN({ seq, newest })
}

function missing(what: string): Error {
  return ledgerErrors.CORRUPT({ what, reason: 'it is missing' })
}
