/**
 * Writes a stream of log items under their keys, with the Merkle nodes, a history key per version, a key per
 * cause and what repeated requests are recognised by, and gathers what else follows from the log alone: the
 * manifest and the definitions.
 */

import { decodeCanonical, encodeExact, type ValueObject } from '@dendrodb/protocol'
import { type CatalogChange, StoredCatalog } from '../catalog/stored-catalog.ts'
import { catalogTableIds, firstFreeNumber, systemTables } from '../catalog/system-tables.ts'
import { effectKeys } from '../ledger/causes.ts'
import { decodeForgottenMark, forgottenKey, metaPlace, placeOfVersion } from '../ledger/forgotten-mark.ts'
import { encodeHistoryEntry } from '../ledger/history-entry.ts'
import { historyKey, keyOf, mainBranch, merkleStoredLevelMin } from '../ledger/key-space.ts'
import { ledgerErrors } from '../ledger/ledger-errors.ts'
import { formatVersion, type Manifest } from '../ledger/manifest.ts'
import { appendLeaf, emptyRange, leafHash } from '../ledger/merkle/compact-range.ts'
import { openVersion, type RecordVersion } from '../ledger/record-version.ts'
import { guardEntries } from '../ledger/replay.ts'
import { decodeMetaPayload } from '../ledger/write-meta.ts'
import { keyText } from '../storage/key-text.ts'
import type { BulkWriter } from './bulk-writer.ts'
import { type ChainPoint, decodeNamed, LogChain } from './log-chain.ts'
import type { LogItem, LogPayload } from './log-item.ts'

export interface WrittenLog {
  readonly manifest: Manifest
  /** Definitions in force behind the last commit. */
  readonly catalog: StoredCatalog
  readonly versions: number
  readonly erased: number
}

const noValue = Buffer.alloc(0)

export class LogWriter {
  readonly #writer: Pick<BulkWriter, 'put'>
  readonly #chain: LogChain
  #merkle = emptyRange
  #nextNumber = firstFreeNumber
  #versions = 0
  #erased = 0
  /** Of the present commit. */
  #branch = mainBranch
  /** Numbers of all branches that there have been. */
  readonly #branches = new Set<number>()
  /** The newest state of each record of main's catalog, by table and key. */
  readonly #definitions = new Map<string, CatalogChange & { readonly seq: number }>()

  constructor(writer: Pick<BulkWriter, 'put'>, genesis: ChainPoint) {
    this.#writer = writer
    this.#chain = new LogChain(genesis)
  }

  get seq(): number {
    return this.#chain.point.seq
  }

  /** @throws LEDGER_CORRUPT */
  add(item: LogItem): void {
    switch (item.type) {
      case 'commit':
        return this.#addCommit(item.stored)
      case 'meta':
        this.#chain.meta(item.payload)
        if (item.payload === undefined) this.#addMark(metaPlace, item.mark)
        else this.#addMeta(item.payload)
        return
      case 'version':
        return this.#addVersion(item)
      default:
        item satisfies never
    }
  }

  /** @throws LEDGER_CORRUPT when the last commit is not whole */
  finish(): WrittenLog {
    const { seq, head, timeMicros } = this.#chain.finish()
    const definitions = [...this.#definitions.values()]
    const catalogSeq = definitions.reduce((newest, change) => Math.max(newest, change.seq), 0)
    return {
      manifest: {
        format: formatVersion,
        seq,
        head: Buffer.from(head),
        timeMicros,
        merkle: this.#merkle,
        nextNumber: this.#nextNumber,
      },
      catalog: StoredCatalog.empty.with(catalogSeq, definitions),
      versions: this.#versions,
      erased: this.#erased,
    }
  }

  #addCommit(stored: Buffer): void {
    const { branch } = this.#chain.commit(stored)
    const { hash, seq, head } = this.#chain.point
    if (branch !== mainBranch && !this.#branches.has(branch)) {
      const reason = `it belongs to an unknown branch, ${branch}`
      throw ledgerErrors.CORRUPT({ what: `commit ${seq}`, reason })
    }
    this.#branch = branch
    this.#writer.put(keyOf('commit', seq), stored)
    this.#merkle = appendLeaf(hash, this.#merkle, leafHash(hash, head), ({ level, index, hash: node }) => {
      if (level >= merkleStoredLevelMin) this.#writer.put(keyOf('merkle', level, index), node)
    })
  }

  #addMeta(payload: Buffer): void {
    const { seq } = this
    this.#writer.put(keyOf('meta', seq), payload)
    const meta = decodeNamed(`the metadata of commit ${seq}`, () => decodeMetaPayload(payload))
    for (const key of effectKeys(seq, meta)) this.#writer.put(key, noValue)
    const { hash, timeMicros } = this.#chain.point
    for (const { key, value } of guardEntries(hash, meta, { seq, timeMicros })) this.#writer.put(key, value)
  }

  #addMark(place: number, mark: Buffer): void {
    decodeNamed(`what was forgotten of commit ${this.seq}`, () => decodeForgottenMark(mark))
    this.#writer.put(forgottenKey({ seq: this.seq, place }), mark)
  }

  #addVersion(item: LogPayload): void {
    const { n, point } = this.#chain
    this.#chain.version()
    if (item.payload === undefined) {
      this.#erased += 1
      this.#addMark(placeOfVersion(n), item.mark)
      return
    }
    const { payload } = item
    this.#versions += 1
    this.#writer.put(keyOf('version', point.seq, n), payload)
    const version = decodeNamed(`version ${n} of commit ${point.seq}`, () => openVersion(payload))
    const { tableId, key, bytes } = version
    const idKey = encodeExact(key)
    // Of a table that was dropped by the commit that made it there is no definition.
    this.#nextNumber = Math.max(this.#nextNumber, tableId + 1)
    // Which version it replaced is known, and put right, when the record's whole history is at hand.
    const entry = encodeHistoryEntry({ isPut: bytes !== undefined, n, prevSeq: 0, prevN: 0, periodBefore: 0 })
    this.#writer.put(historyKey(this.#branch, tableId, idKey, point.seq), entry)
    if (catalogTableIds.has(tableId)) this.#noteDefinition(version, idKey, point.seq)
  }

  #noteDefinition({ tableId, key, bytes }: RecordVersion, idKey: Uint8Array, seq: number): void {
    const value = bytes === undefined ? undefined : (decodeCanonical(bytes) as ValueObject)
    for (const number of [value?.number, value?.outward, value?.inward]) {
      if (typeof number === 'number') this.#nextNumber = Math.max(this.#nextNumber, number + 1)
    }
    if (this.#branch !== mainBranch) return
    this.#definitions.set(`${tableId}:${keyText(idKey)}`, { tableId, key, value, seq })
    if (tableId === systemTables.branch.id && typeof value?.number === 'number') {
      this.#branches.add(value.number)
    }
  }
}
