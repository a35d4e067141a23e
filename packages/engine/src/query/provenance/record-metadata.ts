/**
 * A row with what is known of its version beside its fields: the names begin with `_`, and what is empty is
 * left out.
 */

import { RecordId, setField, type Value, type ValueObject } from '@dendrodb/protocol'
import type { CommitInfo, StoredRecord } from '../../models/model.ts'

/** Fields that tell of a version; `_id` and `_coll` follow from the record's id. */
const metadataFields = [
  '_id',
  '_coll',
  '_seq',
  '_hash',
  '_caused_by',
  '_evidence',
  '_confidence',
  '_valid_from',
  '_valid_to',
] as const

export function isMetadataField(name: string): boolean {
  return (metadataFields as readonly string[]).includes(name)
}

/** `commit`: the one that wrote the version. */
export function withMetadata(record: StoredRecord, commit: CommitInfo | undefined): ValueObject {
  const { id, seq, n, value, validFrom, validTo } = record
  const { causedBy = [], evidence, confidence } = commit?.meta ?? {}
  const hash = commit?.versionHashes[n]
  const row: Record<string, Value> = { ...value }
  const set = (name: (typeof metadataFields)[number], field: Value) => {
    if (field !== undefined) setField(row, name, field)
  }
  set('_id', keyValue(id))
  set('_coll', id.table)
  set('_seq', seq > 0 ? seq : undefined)
  set('_hash', hash && Buffer.from(hash).toString('hex'))
  set('_caused_by', causedBy.length > 0 ? causedBy : undefined)
  set('_evidence', evidence)
  set('_confidence', confidence)
  set('_valid_from', validFrom)
  set('_valid_to', validTo)
  return row
}

/** Text and numbers as they are; other keys as they stand behind the colon of the id. */
function keyValue({ table, key }: RecordId): Value {
  if (typeof key === 'string' || typeof key === 'number' || typeof key === 'bigint') return key
  return new RecordId(table, key).toString().slice(table.length + 1)
}
