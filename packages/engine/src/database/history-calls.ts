/**
 * The methods that look into the past and bring it back, the same for a database and for each of its
 * branches. Every one acts with the engine owner's rights.
 */

import type { RecordId, ValueObject } from '@dendrodb/protocol'
import type { RecordDiff } from '../models/branch/diff-states.ts'
import { type BringingBack, bringBack } from '../models/history/earlier-version.ts'
import type { ReadView, WriteTx } from '../models/model.ts'
import type { AsOf, ChangesBetween, DiffOptions, Receipt, WriteAnswer, WriteOptions } from '../query/host.ts'
import type { MaybePromise } from '../storage/kv-store.ts'
import { copyValue } from './copy-value.ts'
import { diffRecordsDefault } from './limits.ts'
import { type HistoryEntry, readHistory, readVersion } from './past.ts'
import { type IdInput, type RecordWriteOptions, toId } from './record-calls.ts'

export interface HistoryOptions {
  /** The newest so many. */
  readonly limit?: number
  /** Only versions of earlier commits than this: the next page begins before the last seq of this one. */
  readonly before?: number
  readonly asOf?: AsOf
}

/** The number of a commit, or a time. */
export type Moment = number | AsOf

export interface BroughtBack extends Receipt {
  /** The record as it is now; `undefined`: what was undone is that it was made, so it is gone. */
  readonly record: ValueObject | undefined
}

export interface DiffPageOptions {
  readonly from: Moment
  /** Default: now. */
  readonly to?: Moment
  /** Default: all. */
  readonly tables?: readonly string[]
  /** Records of the page. Default: 100. */
  readonly limit?: number
  /** The `next` of the page before. */
  readonly after?: IdInput
}

export interface DiffPage {
  readonly changes: readonly RecordDiff[]
  /** Where the next page begins; `undefined`: there is none. */
  readonly next: RecordId | undefined
}

export interface HistoryMethods {
  /**
   * The versions of a record, newest first, with the commits that wrote them.
   * @example const [latest, before] = await shop.history('product:1', { limit: 2 })
   */
  history(id: IdInput, options?: HistoryOptions): Promise<HistoryEntry[]>
  /**
   * The version that was in force then, with its commit; a deletion is one, too. `undefined`: there was none
   * yet. @throws LEDGER_AS_OF_UNKNOWN
   */
  version(id: IdInput, moment: Moment): Promise<HistoryEntry | undefined>
  /**
   * Writes what the record was then as its newest version, with the valid time of then.
   * @throws HISTORY_RECORD_UNKNOWN, HISTORY_VERSION_UNKNOWN where it was not there then, HISTORY_REFUSED,
   * INDEX_UNIQUE_VIOLATION, and what `put` may
   * @example await shop.restore('product:1', 12)
   */
  restore(id: IdInput, to: Moment, options?: RecordWriteOptions): Promise<BroughtBack>
  /**
   * Takes the newest change of the record back; undoing that brings the change back.
   * @throws HISTORY_RECORD_UNKNOWN, HISTORY_REFUSED, INDEX_UNIQUE_VIOLATION, and what `put` may
   */
  undo(id: IdInput, options?: RecordWriteOptions): Promise<BroughtBack>
  /** Brings a deleted record back. @throws HISTORY_NOT_DELETED, and as `undo` */
  undelete(id: IdInput, options?: RecordWriteOptions): Promise<BroughtBack>
  /**
   * Records that differ between two moments, in the order of tables and ids, page by page.
   * @throws LEDGER_AS_OF_UNKNOWN
   * @example const { changes, next } = await shop.diff({ from: 10, to: 20, tables: ['product'] })
   */
  diff(options: DiffPageOptions): Promise<DiffPage>
}

/** What the past is read from and written to. */
export interface HistoryScope {
  view(asOf?: AsOf): MaybePromise<ReadView>
  write<T>(work: (tx: WriteTx) => MaybePromise<T>, options?: WriteOptions): Promise<WriteAnswer<T>>
  changes(between: ChangesBetween): AsyncIterable<readonly RecordDiff[]>
}

export class HistoryCalls implements HistoryMethods {
  readonly #scope: HistoryScope

  constructor(scope: HistoryScope) {
    this.#scope = scope
  }

  history(id: IdInput, options: HistoryOptions = {}): Promise<HistoryEntry[]> {
    const { limit = Number.MAX_SAFE_INTEGER, before, asOf } = options
    return this.#onView(asOf, (view) => readHistory(view, toId(id), { limit, before }))
  }

  version(id: IdInput, moment: Moment): Promise<HistoryEntry | undefined> {
    return this.#onView(asOfMoment(moment), (view) => readVersion(view, toId(id)))
  }

  async restore(id: IdInput, to: Moment, options?: RecordWriteOptions): Promise<BroughtBack> {
    return this.#onView(asOfMoment(to), (then) => this.#bringBack(id, { kind: 'restore', then }, options))
  }

  undo(id: IdInput, options?: RecordWriteOptions): Promise<BroughtBack> {
    return this.#bringBack(id, { kind: 'undo' }, options)
  }

  undelete(id: IdInput, options?: RecordWriteOptions): Promise<BroughtBack> {
    return this.#bringBack(id, { kind: 'undelete' }, options)
  }

  async #bringBack(
    id: IdInput,
    asked: BringingBack,
    { ifSeq, ...meta }: RecordWriteOptions = {},
  ): Promise<BroughtBack> {
    const recordId = toId(id)
    const work = async (tx: WriteTx): Promise<ValueObject | undefined> => {
      if (ifSeq !== undefined) await tx.expectSeq(recordId, ifSeq)
      return bringBack(tx, recordId, asked)
    }
    const request = [asked.kind, recordId, asked.then?.seq, ifSeq]
    const { result, receipt } = await this.#scope.write(work, { meta, request })
    return { record: result && (copyValue(result) as ValueObject), ...receipt }
  }

  async diff({ from, to, tables, limit = diffRecordsDefault, after }: DiffPageOptions): Promise<DiffPage> {
    const between: ChangesBetween = {
      from: asOfMoment(from),
      ...(to !== undefined && { to: asOfMoment(to) }),
      ...(tables && { tables }),
      ...(after !== undefined && { after: toId(after) }),
    }
    const changes: RecordDiff[] = []
    for await (const chunk of this.#scope.changes(between)) {
      // One more than asked for tells whether there is another page.
      changes.push(...chunk.slice(0, limit + 1 - changes.length))
      if (changes.length > limit) break
    }
    const page = changes.slice(0, limit)
    return { changes: page.map(copyDiff), next: changes.length > limit ? page.at(-1)?.id : undefined }
  }

  async #onView<T>(asOf: AsOf | undefined, read: (view: ReadView) => MaybePromise<T>): Promise<T> {
    const view = await this.#scope.view(asOf)
    try {
      return await read(view)
    } finally {
      view.close()
    }
  }
}

function asOfMoment(moment: Moment): AsOf {
  return typeof moment === 'number' ? { seq: moment } : moment
}

function copyDiff({ before, after, ...diff }: RecordDiff): RecordDiff {
  return {
    ...diff,
    ...(before && { before: copyValue(before) as ValueObject }),
    ...(after && { after: copyValue(after) as ValueObject }),
  }
}

/** Two moments of one branch, as branches are compared. */
export function onBranch(branch: string, { from, to, ...rest }: ChangesBetween): DiffOptions {
  return { from: { branch, at: from }, to: { branch, ...(to && { at: to }) }, ...rest }
}
