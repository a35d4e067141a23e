/**
 * What to do when a unique index refuses a record: find the record that holds its values.
 * Why after the refusal: a record without a conflict, by far the most frequent, then costs no search.
 */

import { DbError, type RecordId, type Value, type ValueObject } from '@dendrodb/protocol'
import type { IndexDefinition } from '../../../catalog/definitions.ts'
import { claimsKey } from '../../../models/document/index-entries.ts'
import type { IndexEntry } from '../../../models/model.ts'
import type { EvalContext } from '../../compile/eval-context.ts'
import { type Task, wait } from '../task.ts'
import { indexedTuples } from './indexed-values.ts'
import type { WrittenRecord } from './output.ts'
import { createAbsent, type RecordChange, writableTx } from './record-writer.ts'

export type Outcome = { readonly written: WrittenRecord } | { readonly holder: RecordId }

/** Creates the record, or names the one that a unique index already holds its values for. */
export function* createOrFindHolder(id: RecordId, change: RecordChange): Task<Outcome> {
  const made: Made = { object: undefined }
  const data = {
    ...change.data,
    apply: (base: ValueObject, ctx: EvalContext) => make(made, change, base, ctx),
  }
  try {
    return { written: yield* createAbsent(id, { ...change, data }) }
  } catch (error) {
    const name = violatedIndex(error)
    if (name === undefined || made.object === undefined) throw error
    const holder = yield* findHolder(id.table, name, made.object, change.ctx)
    if (holder === undefined) throw error
    return { holder }
  }
}

/** What the change was about to write. */
interface Made {
  object: ValueObject | undefined
}

function* make(made: Made, { data }: RecordChange, base: ValueObject, ctx: EvalContext): Task<ValueObject> {
  made.object = yield* data.apply(base, ctx)
  return made.object
}

/** Name of the unique index that refused a write. */
export function violatedIndex(error: unknown): string | undefined {
  if (!(error instanceof DbError) || error.code !== 'INDEX_UNIQUE_VIOLATION') return undefined
  return typeof error.details.index === 'string' ? error.details.index : undefined
}

function* findHolder(
  tableName: string,
  indexName: string,
  record: ValueObject,
  ctx: EvalContext,
): Task<RecordId | undefined> {
  const tx = writableTx(ctx, 'INSERT')
  const index = tx.catalog.table(tableName)?.indexes.find((each) => each.name === indexName)
  if (index === undefined) return undefined
  for (const equals of indexedTuples(index, record).filter(claimsKey)) {
    const holder = yield* firstEntry(index, equals, ctx)
    if (holder !== undefined && (yield* wait(tx.getRecord(holder))) !== undefined) return holder
  }
  return undefined
}

function* firstEntry(
  index: IndexDefinition,
  equals: readonly Value[],
  ctx: EvalContext,
): Task<RecordId | undefined> {
  const iterator = ctx.view.scanIndex(index, { equals }, { limit: 1 })[Symbol.asyncIterator]()
  try {
    const step = (yield iterator.next()) as IteratorResult<readonly IndexEntry[]>
    return step.done === true ? undefined : step.value[0]?.id
  } finally {
    if (iterator.return !== undefined) yield iterator.return()
  }
}
