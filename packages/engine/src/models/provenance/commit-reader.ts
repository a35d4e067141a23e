/**
 * Commits as the ledger has them: what they say of themselves, what they wrote, what they led to; and the
 * versions of a record.
 * Invariant: shows nothing behind the commit of its view. What has been erased is left out.
 */

import { Datetime, encodeExact, RecordId } from '@dendrodb/protocol'
import type { Catalog } from '../../catalog/definitions.ts'
import { decodeCommit } from '../../ledger/commit.ts'
import { decodeHistoryEntry } from '../../ledger/history-entry.ts'
import { historyKey, historyPrefix, keyOf, kindRange, mainBranch } from '../../ledger/key-space.ts'
import { ledgerErrors } from '../../ledger/ledger-errors.ts'
import type { KvReader } from '../../ledger/overlay.ts'
import { openVersion } from '../../ledger/record-version.ts'
import { readUvarint } from '../../ledger/uvarint.ts'
import { decodeMetaPayload } from '../../ledger/write-meta.ts'
import { chain } from '../../storage/chain.ts'
import type { KvEntry, MaybePromise } from '../../storage/kv-store.ts'
import { loadVersion, makeVersion, type VersionReader } from '../history/load-version.ts'
import type {
  CommitChange,
  CommitInfo,
  CommitReader,
  RecordVersion,
  StoredRecord,
  VersionsOptions,
} from '../model.ts'

export interface CommitReaderOptions extends VersionReader {
  /** Shows the histories of all branches; default: `reader`, which is the view's own. */
  readonly log?: KvReader | undefined
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
    const { reader, seq: newest } = this.#options
    const stored = seq > newest ? undefined : await reader.get(keyOf('commit', seq))
    if (stored === undefined) return changes
    const { branch } = decodeCommit(stored)
    for await (const chunk of reader.scan(kindRange('version', seq), { limit })) {
      for (const entry of chunk) changes.push(await this.#changeOf(branch, seq, entry))
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

  async versions(id: RecordId, { limit, before }: VersionsOptions): Promise<readonly RecordVersion[]> {
    const { reader, seq, catalog } = this.#options
    const end = Math.min(seq + 1, before ?? seq + 1)
    const table = catalog.table(id.table)
    const versions: RecordVersion[] = []
    if (table === undefined || end <= 0) return versions
    const idKey = encodeExact(id.key)
    const prefix = historyPrefix(mainBranch, table.id, idKey)
    const range = { gte: prefix, lt: historyKey(mainBranch, table.id, idKey, end) }
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

  async #changeOf(branch: number, seq: number, { key, value }: KvEntry): Promise<CommitChange> {
    const { tableId, table, key: recordKey, bytes } = openVersion(value)
    const id = new RecordId(table, recordKey)
    const idKey = encodeExact(recordKey)
    const n = readUvarint(key, readUvarint(key, 1).end).value
    const { reader, log = reader } = this.#options
    const history = await log.get(historyKey(branch, tableId, idKey, seq))
    if (history === undefined) {
      throw ledgerErrors.CORRUPT({ what: `the history of ${id}`, reason: `commit ${seq} is missing from it` })
    }
    const entry = decodeHistoryEntry(history)
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
