/**
 * The versions of a record as rows, newest first, read in batches: a hot record may have a million of them.
 * Invariant: each is shown only to whom today's rules would show the record as it was then; of a deletion
 * counts what was deleted.
 */

import type { RecordId, Value, ValueObject } from '@dendrodb/protocol'
import { versionIn } from '../../models/history/earlier-version.ts'
import type { CommitInfo, RecordVersion } from '../../models/model.ts'
import type { EvalContext } from '../compile/eval-context.ts'
import { estimateBytes } from '../execute/estimate-bytes.ts'
import { type Batch, type Cursor, noClose } from '../execute/operator.ts'
import { type Task, wait } from '../execute/task.ts'
import { queryLimits } from '../limits.ts'
import { commitValue, validValue } from './commit-value.ts'
import { maySee } from './visible-changes.ts'

export class HistoryCursor implements Cursor {
  readonly #id: RecordId
  readonly #ctx: EvalContext
  #before: number | undefined
  #limit = 1
  #isDone = false

  /** @param before only versions of earlier commits */
  constructor(id: RecordId, before: number | undefined, ctx: EvalContext) {
    this.#id = id
    this.#before = before
    this.#ctx = ctx
  }

  *next(): Task<Batch | undefined> {
    const { run, view } = this.#ctx
    while (!this.#isDone) {
      yield* run.pause()
      // Begins small, as most want the newest few, and ends small, as versions may be large.
      this.#limit = Math.min(2 * this.#limit, queryLimits.historyBatchVersionsMax)
      const page = { limit: this.#limit, before: this.#before }
      const versions = (yield view.commits.versions(this.#id, page)) as RecordVersion[]
      this.#isDone = versions.length < this.#limit
      this.#before = versions.at(-1)?.seq
      const rows = yield* visibleRows(this.#id, versions, this.#ctx)
      if (rows.length > 0) return rows
    }
    return undefined
  }

  close(): Task<void> {
    return noClose()
  }
}

/** The newest `historyVersionsMax` of them at once. */
export function* recordHistory(id: RecordId, before: number | undefined, ctx: EvalContext): Task<Value> {
  const cursor = new HistoryCursor(id, before, ctx)
  const rows: ValueObject[] = []
  let bytes = 0
  try {
    while (rows.length < queryLimits.historyVersionsMax) {
      const batch = (yield* cursor.next()) as readonly ValueObject[] | undefined
      if (batch === undefined) break
      const size = estimateBytes(batch)
      ctx.run.retain(size)
      bytes += size
      rows.push(...batch)
    }
    return rows.slice(0, queryLimits.historyVersionsMax)
  } finally {
    ctx.run.release(bytes)
  }
}

/**
 * The version in force after the commit `seq`; NONE where there was none, or none to be seen. A view of the
 * past shows none behind itself. @throws LEDGER_AS_OF_UNKNOWN where there is no such commit yet
 */
export function* recordVersion(id: RecordId, seq: number, ctx: EvalContext): Task<Value> {
  if (seq > ctx.view.seq) (yield* wait(ctx.database.view({ seq }))).close()
  const view = yield* wait(ctx.database.view({ seq: Math.min(seq, ctx.view.seq) }))
  try {
    const version = (yield versionIn(view, id)) as RecordVersion | undefined
    return version && (yield* visibleRows(id, [version], ctx))[0]
  } finally {
    view.close()
  }
}

function* visibleRows(
  id: RecordId,
  versions: readonly RecordVersion[],
  ctx: EvalContext,
): Task<readonly ValueObject[]> {
  const visible: RecordVersion[] = []
  for (const version of versions) {
    yield* ctx.run.pause()
    if (yield* maySee(id.table, version.record ?? version.replaced, ctx)) visible.push(version)
  }
  const infos = yield* wait(ctx.view.commits.commits(visible.map(({ seq }) => seq)))
  return visible.map((version, at) => versionRow(version, infos[at] as CommitInfo))
}

function versionRow({ record }: RecordVersion, commit: CommitInfo): ValueObject {
  const known = commitValue(commit)
  if (record === undefined) return { ...known, operation: 'delete' }
  return { ...known, operation: 'put', valid: validValue(record), value: record.value }
}
