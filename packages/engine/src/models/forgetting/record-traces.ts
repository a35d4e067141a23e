/**
 * Everything that a database keeps of one record, on main and on every branch: its versions, its history, its
 * current state and the index entries that follow from it.
 * Why derived and not looked for: index keys are ordered by what was indexed; those of one record follow from
 * its versions, by the same code that verification and replay trust.
 */

import { decodeCanonical, RecordId, type ValueObject } from '@dendrodb/protocol'
import type { IndexDefinition, TableDefinition } from '../../catalog/definitions.ts'
import { decodeCountDifference } from '../../ledger/count-difference.ts'
import { decodeHistory, type HistoryItem } from '../../ledger/history-entry.ts'
import { decodeLiveEntry } from '../../ledger/index-entry.ts'
import { historyPrefix, indexKey, keyOf, mainBranch, prefixRange, recordKey } from '../../ledger/key-space.ts'
import { openVersion, type RecordVersion } from '../../ledger/record-version.ts'
import type { CountChange } from '../../ledger/write-request.ts'
import { keyText } from '../../storage/key-text.ts'
import { deriveBranch } from '../branch/derive-branch.ts'
import {
  type BranchTables,
  inheritedVersions,
  type StoredBranches,
  tablesOfBranch,
} from '../branch/stored-branches.ts'
import { EntryRuns } from '../document/entry-runs.ts'
import { entriesOf } from '../document/index-entries.ts'

export interface TracedRecord {
  readonly tableId: number
  readonly idKey: Uint8Array
}

export interface RecordTraces {
  readonly versions: readonly { readonly seq: number; readonly n: number }[]
  /** Current records and index entries in force, of all branches; not all need be there. */
  readonly liveKeys: readonly Buffer[]
  /** History and past index entries. */
  readonly keys: readonly Buffer[]
  readonly counts: readonly CountChange[]
}

const [recordLetter] = keyOf('record')
const [indexLetter] = keyOf('index')
const [countLetter] = keyOf('count')

export class RecordTracer {
  readonly #source: StoredBranches
  readonly #tables = new Map<number, Promise<BranchTables | undefined>>()

  constructor(source: StoredBranches) {
    this.#source = source
  }

  /** Tables of a branch by number; `undefined`: it was removed. */
  tablesOn(branch: number): Promise<BranchTables | undefined> {
    const found = this.#tables.get(branch) ?? this.#readTables(branch)
    this.#tables.set(branch, found)
    return found
  }

  async trace(record: TracedRecord): Promise<RecordTraces> {
    const traces = new Traces()
    await this.#traceMain(record, traces)
    for (const branch of this.#source.known.keys()) await this.#traceBranch(branch, record, traces)
    await this.#dropClaimsOfOthers(record, traces)
    return traces.found()
  }

  async #readTables(branch: number): Promise<BranchTables | undefined> {
    const definition = this.#source.known.get(branch)
    return definition && tablesOfBranch(this.#source, definition)
  }

  async #traceMain({ tableId, idKey }: TracedRecord, traces: Traces): Promise<void> {
    const { reader, hash, catalog } = this.#source
    const table = catalog.tableById(tableId)
    const runs = new EntryRuns(hash, {
      live: (key) => traces.live(key),
      past: (key) => traces.other(key),
    })
    const ready = table?.indexes.filter(({ state }) => state === 'ready') ?? []
    for await (const chunk of reader.scan(prefixRange(historyPrefix(mainBranch, tableId, idKey)))) {
      for (const entry of chunk) {
        const item = decodeHistory(entry)
        traces.version(item)
        const payload = await reader.get(keyOf('version', item.seq, item.n))
        const record = table && payload && recordOf(table, openVersion(payload))
        runs.step(ready, item, record)
        // An index that is being built, or has failed, may hold whatever the record ever was.
        if (record !== undefined) this.#liveEntries(table?.indexes ?? [], record, idKey, traces)
      }
    }
    runs.finish(idKey)
    const key = recordKey(mainBranch, tableId, idKey)
    traces.live(key)
    if (table !== undefined && (await reader.get(key)) !== undefined) {
      traces.count({ branch: mainBranch, tableId, difference: -1 })
    }
  }

  #liveEntries(
    indexes: readonly IndexDefinition[],
    record: ValueObject,
    idKey: Uint8Array,
    traces: Traces,
  ): void {
    for (const index of indexes) {
      for (const entry of entriesOf(this.#source.hash, index, record)) {
        traces.live(indexKey(mainBranch, index.id, entry.entry, entry.isUnique ? undefined : idKey))
      }
    }
  }

  async #traceBranch(branch: number, { tableId, idKey }: TracedRecord, traces: Traces): Promise<void> {
    const { reader, hash, known } = this.#source
    const definition = known.get(branch)
    if (definition === undefined) return
    const tables = await this.tablesOn(branch)
    const range = prefixRange(historyPrefix(branch, tableId, idKey))
    await deriveBranch({
      reader,
      hash,
      definition,
      parent: inheritedVersions(this.#source, definition),
      tableById: (id) => tables?.get(id),
      range,
      sink: {
        version: (item) => traces.version(item),
        put: (key, value) => {
          // Of a branch that was removed nothing but the history is left.
          if (tables === undefined) return
          if (key[0] === recordLetter || key[0] === indexLetter) traces.live(key)
          else if (key[0] !== countLetter) traces.other(key)
          else traces.count({ branch, tableId, difference: -decodeCountDifference(value) })
        },
      },
    })
    if (tables !== undefined) traces.live(recordKey(branch, tableId, idKey))
  }

  /** A unique key that follows from an old version may be another record's by now. */
  async #dropClaimsOfOthers({ idKey }: TracedRecord, traces: Traces): Promise<void> {
    const keys = traces.liveKeys.filter((key) => key[0] === indexLetter)
    const stored = await this.#source.reader.getMany(keys)
    for (const [at, key] of keys.entries()) {
      const value = stored[at]
      const holder = value && decodeLiveEntry(value).idKey
      const isOther = holder !== undefined && Buffer.compare(holder, idKey) !== 0
      if (value === undefined || isOther) traces.forgetLive(key)
    }
  }
}

/** Keys of one record, each once. */
class Traces {
  readonly #versions: HistoryItem[] = []
  readonly #live = new Map<string, Buffer>()
  readonly #keys: Buffer[] = []
  readonly #counts: CountChange[] = []

  get liveKeys(): Buffer[] {
    return [...this.#live.values()]
  }

  version(item: HistoryItem): void {
    this.#versions.push(item)
    this.#keys.push(item.key)
  }

  live(key: Buffer): void {
    this.#live.set(keyText(key), key)
  }

  forgetLive(key: Buffer): void {
    this.#live.delete(keyText(key))
  }

  other(key: Buffer): void {
    this.#keys.push(key)
  }

  count(change: CountChange): void {
    if (change.difference !== 0) this.#counts.push(change)
  }

  found(): RecordTraces {
    return {
      versions: this.#versions.map(({ seq, n }) => ({ seq, n })),
      liveKeys: this.liveKeys,
      keys: this.#keys,
      counts: this.#counts,
    }
  }
}

function recordOf(table: TableDefinition, { key, bytes }: RecordVersion): ValueObject | undefined {
  if (bytes === undefined) return undefined
  return { id: new RecordId(table.name, key), ...(decodeCanonical(bytes) as ValueObject) }
}
