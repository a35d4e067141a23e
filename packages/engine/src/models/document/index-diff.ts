/**
 * The index entries that a transaction adds and removes, net.
 * Why net: a record changed twice in one transaction must leave exactly the entries of its last state, and an
 * entry that comes back is no change at all.
 */

import { definedByOwnCommit } from '../../catalog/definition-codec.ts'
import type { IndexDefinition, TableDefinition } from '../../catalog/definitions.ts'
import type { LedgerHash } from '../../ledger/hash.ts'
import { decodeLiveEntry, encodeLiveEntry } from '../../ledger/index-entry.ts'
import { indexKey, mainBranch } from '../../ledger/key-space.ts'
import type { KvReader, Overlay } from '../../ledger/overlay.ts'
import type { VersionPlace } from '../../ledger/record-version.ts'
import type { IndexChange } from '../../ledger/write-request.ts'
import { chain } from '../../storage/chain.ts'
import { keyText } from '../../storage/key-text.ts'
import type { MaybePromise } from '../../storage/kv-store.ts'
import type { StoredRecord } from '../model.ts'
import { entriesOf, type RecordEntry, valuesOf } from './index-entries.ts'
import { indexErrors, sameValueError } from './index-errors.ts'
import { entriesBuiltPerTransactionMax } from './limits.ts'
import { NetChanges } from './net-changes.ts'
import { decodeId } from './record-codec.ts'
import { takenError } from './unique-holder.ts'

/** Its value may have to be decoded, so that it is asked for only where there are indexes. */
type Valued = Pick<StoredRecord, 'value'>

const nowhere: VersionPlace = { seq: 0, n: 0 }

interface EntryChange {
  readonly index: IndexDefinition
  readonly entry: RecordEntry
  readonly key: Buffer
  readonly op: 'add' | 'remove'
}

/** An entry as reads of the transaction find it. */
interface LaidEntry {
  readonly key: Buffer
  readonly entry: RecordEntry
  readonly idKey: Uint8Array
  /** `undefined`: it is gone. */
  readonly since: number | undefined
}

export class IndexDiff {
  readonly #hash: LedgerHash
  readonly #reader: KvReader
  readonly #overlay: Overlay
  readonly #net = new NetChanges()
  /** Changed since entries were last read, and not yet in the overlay. */
  #unlaid: LaidEntry[] = []
  /** Entries that came with a build. */
  #built = 0

  constructor(hash: LedgerHash, reader: KvReader, overlay: Overlay) {
    this.#hash = hash
    this.#reader = reader
    this.#overlay = overlay
  }

  /**
   * `base`: the version that the transaction found. @throws INDEX_UNIQUE_VIOLATION, INDEX_TOO_MANY_ENTRIES
   */
  change(
    table: TableDefinition,
    idKey: Uint8Array,
    base: VersionPlace | undefined,
    before: Valued | undefined,
    after: Valued | undefined,
    { isFirst }: { readonly isFirst: boolean },
  ): MaybePromise<void> {
    if (!isFirst) this.#net.nameAll()
    const changes: EntryChange[] = []
    for (const index of table.indexes) {
      if (index.state === 'failed') continue
      const old = before === undefined ? [] : entriesOf(this.#hash, index, before.value)
      const now = after === undefined ? [] : entriesOf(this.#hash, index, after.value)
      changes.push(...entryChanges(index, idKey, old, now))
    }
    if (changes.length === 0) return
    // Only removals (for their `since`) and unique claims must know what is there.
    const lookups = changes.filter(({ op, entry }) => op === 'remove' || entry.isUnique)
    if (lookups.length === 0) return this.#apply(changes, [], idKey, base)
    this.layOut()
    return chain(this.#reader.getMany(lookups.map(({ key }) => key)), (stored) => {
      const found = changes.map((each) => stored[lookups.indexOf(each)])
      if (after !== undefined) this.#refuseTaken(changes, found, idKey, after)
      this.#apply(changes, found, idKey, base)
    })
  }

  /**
   * Entries of a record that has none yet in the index, which is being built by the transaction itself.
   * @throws INDEX_BUILD_FAILED, INDEX_BUILD_TOO_LARGE, INDEX_TOO_MANY_ENTRIES
   */
  build(
    table: TableDefinition,
    index: IndexDefinition,
    { id, idKey, value }: StoredRecord,
  ): MaybePromise<void> {
    this.#net.nameAll()
    const entries = entriesOf(this.#hash, index, value)
    this.#built += entries.length
    if (this.#built > entriesBuiltPerTransactionMax) {
      const limit = entriesBuiltPerTransactionMax
      throw indexErrors.BUILD_TOO_LARGE({ index: index.name, table: table.name, limit })
    }
    const changes = entryChanges(index, idKey, [], entries)
    const claims = changes.filter(({ entry }) => entry.isUnique)
    if (claims.length === 0) return this.#apply(changes, [], idKey)
    this.layOut()
    return chain(this.#reader.getMany(claims.map(({ key }) => key)), (stored) => {
      for (const holder of stored) {
        const other = holder && decodeLiveEntry(holder).idKey
        if (other !== undefined && Buffer.compare(other, idKey) !== 0)
          throw sameValueError(index, decodeId(table.name, other), id)
      }
      this.#apply(changes, [], idKey)
    })
  }

  changes(): IndexChange[] {
    return this.#net.all()
  }

  /** Puts the changes so far where reads of the transaction find them. */
  layOut(): void {
    for (const { key, entry, idKey, since } of this.#unlaid) {
      const value = since === undefined ? null : encodeLiveEntry(since, entry.isCut, entry.isUnique, idKey)
      this.#overlay.set(keyText(key), value)
    }
    this.#unlaid = []
  }

  /** @throws INDEX_UNIQUE_VIOLATION */
  #refuseTaken(
    changes: readonly EntryChange[],
    found: readonly (Buffer | undefined)[],
    idKey: Uint8Array,
    after: Valued,
  ): void {
    for (const [at, { index, entry, op }] of changes.entries()) {
      const stored = found[at]
      const holder = op === 'add' && stored !== undefined ? decodeLiveEntry(stored).idKey : undefined
      if (holder === undefined || Buffer.compare(holder, idKey) === 0) continue
      const values = valuesOf(this.#hash, index, after.value, entry)
      throw takenError({ id: decodeId(index.table, holder), index: index.name, values })
    }
  }

  #apply(
    changes: readonly EntryChange[],
    found: readonly (Buffer | undefined)[],
    idKey: Uint8Array,
    base: VersionPlace = nowhere,
  ): void {
    for (const [at, change] of changes.entries()) {
      if (change.op === 'remove') this.#remove(change, found[at], idKey, base)
      else this.#add(change, idKey)
    }
  }

  #add({ index, entry, key }: EntryChange, idKey: Uint8Array): void {
    const added = indexChange('add', index, entry, idKey, { since: 0, base: nowhere })
    const removed = this.#net.find(added)
    if (removed?.op === 'remove') this.#net.delete(added)
    else this.#net.set(added)
    // For reads of this transaction, where it says nothing if the index is defined by it.
    const since = Math.max(removed?.since ?? 0, 0)
    this.#unlaid.push({ key, entry, idKey, since })
  }

  #remove(
    { index, entry, key }: EntryChange,
    stored: Buffer | undefined,
    idKey: Uint8Array,
    base: VersionPlace,
  ): void {
    const held = stored === undefined ? undefined : decodeLiveEntry(stored)
    if (held?.idKey !== undefined && Buffer.compare(held.idKey, idKey) !== 0) {
      // Only while a unique index is being built can another record stand under the key: its entry stays.
      this.#net.set(indexChange('expire', index, entry, idKey, { since: index.sinceSeq, base }))
      return
    }
    // An entry that a running build has not reached yet counts from the index's definition on, as the build
    // would.
    const isNew = index.sinceSeq === definedByOwnCommit
    const since = isNew ? definedByOwnCommit : (held?.since ?? index.sinceSeq)
    const removed = indexChange('remove', index, entry, idKey, { since, base })
    if (this.#net.find(removed)?.op === 'add') this.#net.delete(removed)
    else this.#net.set(removed)
    this.#unlaid.push({ key, entry, idKey, since: undefined })
  }
}

function entryChanges(
  index: IndexDefinition,
  idKey: Uint8Array,
  old: readonly RecordEntry[],
  now: readonly RecordEntry[],
): EntryChange[] {
  const change = (entry: RecordEntry, op: EntryChange['op']): EntryChange => {
    return {
      index,
      entry,
      op,
      key: indexKey(mainBranch, index.id, entry.entry, entry.isUnique ? undefined : idKey),
    }
  }
  const removed = old.filter((entry) => !now.some((other) => other.text === entry.text))
  const added = now.filter((entry) => !old.some((other) => other.text === entry.text))
  return [...removed.map((entry) => change(entry, 'remove')), ...added.map((entry) => change(entry, 'add'))]
}

function indexChange(
  op: IndexChange['op'],
  index: IndexDefinition,
  { entry, isCut, isUnique }: RecordEntry,
  idKey: Uint8Array,
  { since, base }: { readonly since: number; readonly base: VersionPlace },
): IndexChange {
  const { seq: lastSeq, n: lastN } = base
  return { indexId: index.id, op, entry, idKey, isUnique, isCut, since, lastSeq, lastN }
}
