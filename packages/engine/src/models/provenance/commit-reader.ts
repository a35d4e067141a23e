/**
 * Commits as the ledger has them: what they say of themselves, what they wrote, what they led to; and the
 * versions of a record.
 * Invariant: shows nothing behind the commit of its view. What has been erased is left out.
 */

import { Datetime, encodeExact, must, RecordId } from '@dendrodb/protocol'
import type { Catalog } from '../../catalog/definitions.ts'
import { decodeCommit } from '../../ledger/commit.ts'
import { decodeHistoryEntry } from '../../ledger/history-entry.ts'
import { historyKey, historyPrefix, keyOf, kindRange, mainBranch } from '../../ledger/key-space.ts'
import { ledgerErrors } from '../../ledger/ledger-errors.ts'
import { openVersion } from '../../ledger/record-version.ts'
import { readUvarint } from '../../ledger/uvarint.ts'
import { decodeMetaPayload } from '../../ledger/write-meta.ts'
import { chain } from '../../storage/chain.ts'
import type { KvEntry, MaybePromise } from '../../storage/kv-store.ts'
import { loadVersion, makeVersion, type VersionReader } from '../history/load-version.ts'
import type { CommitChange, CommitInfo, CommitReader, RecordVersion, StoredRecord } from '../model.ts'

export interface CommitReaderOptions extends VersionReader {
  /** Commit that the view shows. */
  readonly seq: number
  readonly catalog: Catalog
}

export class LedgerCommits implements CommitReader {
  readonly #options: CommitReaderOptions

  constructor(options: CommitReaderOptions) {
    this.#options = options
  }

  commits(seqs: readonly number[]): MaybePromise<(CommitInfo | undefined)[]> {
    const { reader, seq: newest } = this.#options
    const known = seqs.filter((seq) => seq > 0 && seq <= newest)
    const keys = known.flatMap((seq) => [keyOf('commit', seq), keyOf('meta', seq)])
    return chain(reader.getMany(keys), (values) => {
      const infos = new Map(known.map((seq, at) => [seq, infoOf(seq, values[2 * at], values[2 * at + 1])]))
      return seqs.map((seq) => infos.get(seq))
    })
  }

  async changes(seq: number, limit: number): Promise<readonly CommitChange[]> {
    const changes: CommitChange[] = []
    if (seq > this.#options.seq) return changes
    for await (const chunk of this.#options.reader.scan(kindRange('version', seq), { limit })) {
      for (const entry of chunk) changes.push(await this.#changeOf(seq, entry))
    }
    return changes
  }

  async effects(seq: number, limit: number): Promise<readonly number[]> {
    const { reader, seq: newest } = this.#options
    const range = { gte: keyOf('effect', seq), lt: keyOf('effect', seq, newest + 1) }
    const start = keyOf('effect', seq).length
    const effects: number[] = []
    for await (const chunk of reader.scan(range, { limit, values: false })) {
      for (const { key } of chunk) effects.push(readUvarint(key, start).value)
    }
    return effects
  }

  async versions(id: RecordId, limit: number): Promise<readonly RecordVersion[]> {
    const { reader, seq, catalog } = this.#options
    const table = catalog.table(id.table)
    const versions: RecordVersion[] = []
    if (table === undefined) return versions
    const idKey = encodeExact(id.key)
    const prefix = historyPrefix(mainBranch, table.id, idKey)
    const range = { gte: prefix, lt: historyKey(mainBranch, table.id, idKey, seq + 1) }
    for await (const chunk of reader.scan(range, { reverse: true, limit })) {
      for (const { key, value } of chunk) {
        const { isPut, ...entry } = decodeHistoryEntry(value)
        const ref = { ...entry, seq: readUvarint(key, prefix.length).value }
        versions.push({
          seq: ref.seq,
          record: isPut ? await loadVersion(this.#options, id, idKey, ref) : undefined,
          replaced: await this.#replaced(id, idKey, entry),
        })
      }
    }
    return versions
  }

  async #changeOf(seq: number, { key, value }: KvEntry): Promise<CommitChange> {
    const { tableId, table, key: recordKey, bytes } = openVersion(value)
    const id = new RecordId(table, recordKey)
    const idKey = encodeExact(recordKey)
    const n = readUvarint(key, readUvarint(key, 1).end).value
    const history = await this.#options.reader.get(historyKey(mainBranch, tableId, idKey, seq))
    const entry = decodeHistoryEntry(must(history, 'the history entry of a version'))
    const record = bytes === undefined ? undefined : makeVersion(id, idKey, { ...entry, seq, n }, value)
    return { id, n, record, replaced: await this.#replaced(id, idKey, entry) }
  }

  #replaced(
    id: RecordId,
    idKey: Uint8Array,
    { prevSeq, prevN }: { readonly prevSeq: number; readonly prevN: number },
  ): MaybePromise<StoredRecord | undefined> {
    if (prevSeq === 0) return undefined
    return loadVersion(this.#options, id, idKey, { seq: prevSeq, n: prevN, periodBefore: 0 })
  }
}

function infoOf(seq: number, stored: Buffer | undefined, meta: Buffer | undefined): CommitInfo {
  if (stored === undefined) throw ledgerErrors.CORRUPT({ what: `commit ${seq}`, reason: 'it is missing' })
  const { timeMicros, versionCommitments } = decodeCommit(stored)
  const seconds = Math.floor(timeMicros / 1_000_000)
  return {
    seq,
    time: new Datetime(seconds, (timeMicros - seconds * 1_000_000) * 1_000),
    meta: meta === undefined ? {} : decodeMetaPayload(meta),
    versionHashes: versionCommitments,
  }
}
