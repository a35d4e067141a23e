/**
 * Records with what is known of their versions: `_seq`, `_hash`, `_evidence` and the others.
 * A row whose record is not there, or that is none, stays as it is.
 */

import { RecordId, type Value } from '@dendrodb/protocol'
import type { CommitInfo } from '../../../models/model.ts'
import type { EvalContext } from '../../compile/eval-context.ts'
import { isPlainObject, ownField } from '../../compile/read-field.ts'
import type { MetadataNode } from '../../plan/plan-node.ts'
import { withMetadata } from '../../provenance/record-metadata.ts'
import { mapBatches, type Operator } from '../operator.ts'
import { type Task, wait } from '../task.ts'

export function createMetadata(node: MetadataNode, input: Operator): Operator {
  return mapBatches(node, input, function* (batch, ctx) {
    yield* ctx.run.pause()
    const ids = batch.map(idOf)
    const records = yield* wait(ctx.view.getRecords(ids.filter((id) => id !== undefined)))
    const commits = yield* commitsOf(
      records.flatMap((record) => (record === undefined ? [] : [record.seq])),
      ctx,
    )
    let at = 0
    return batch.map((row, i) => {
      const record = ids[i] === undefined ? undefined : records[at++]
      return record === undefined ? row : withMetadata(record, commits.get(record.seq))
    })
  })
}

function* commitsOf(
  seqs: readonly number[],
  ctx: EvalContext,
): Task<ReadonlyMap<number, CommitInfo | undefined>> {
  const distinct = [...new Set(seqs)]
  const commits = yield* wait(ctx.view.commits.commits(distinct))
  return new Map(distinct.map((seq, i) => [seq, commits[i]]))
}

function idOf(row: Value): RecordId | undefined {
  const id = isPlainObject(row) ? ownField(row, 'id') : undefined
  return id instanceof RecordId ? id : undefined
}
