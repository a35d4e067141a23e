/**
 * Records between their stored bytes and the value that queries see, which carries its id.
 */

import {
  decodeCanonical,
  decodeExact,
  encodeCanonical,
  RecordId,
  type RecordKey,
  type Value,
  type ValueObject,
} from '@dendrodb/protocol'
import { decodeCurrentRecord } from '../../ledger/current-record.ts'
import type { Period } from '../../ledger/valid-time.ts'
import type { StoredRecord } from '../model.ts'

/** The record under an `R` key. */
export function decodeStoredRecord(id: RecordId, idKey: Uint8Array, stored: Uint8Array): StoredRecord {
  const current = decodeCurrentRecord(stored)
  return makeRecord(id, idKey, current, decodeCanonical(current.bytes) as ValueObject)
}

/** Where a version stands: its commit, its place in it, its period of valid time. */
export type VersionOrigin = Period & { readonly n: number }

export function makeRecord(
  id: RecordId,
  idKey: Uint8Array,
  { seq, n, validFrom, validTo, periodBefore }: VersionOrigin,
  fields: ValueObject,
): StoredRecord {
  const value: ValueObject = { id, ...fields }
  const record: StoredRecord = { id, idKey, seq, n, value, periodBefore }
  if (validFrom === undefined && validTo === undefined) return record
  return { ...record, validFrom, validTo }
}

/** The record as it is stored: without its id, and without fields that are NONE. */
export function storedFields(value: ValueObject): ValueObject {
  const { id: _, ...fields } = value
  for (const name of Object.keys(fields)) {
    if (fields[name] === undefined) delete (fields as Record<string, Value>)[name]
  }
  return fields
}

export function encodeFields(fields: ValueObject): Uint8Array {
  return encodeCanonical(fields)
}

export function decodeId(table: string, idKey: Uint8Array): RecordId {
  return new RecordId(table, decodeExact(idKey, 0).value as RecordKey)
}
