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
import type { StoredRecord } from '../model.ts'
import { withoutNone } from './without-none.ts'

/** The record under an `R` key. */
export function decodeStoredRecord(id: RecordId, idKey: Uint8Array, stored: Uint8Array): StoredRecord {
  const { seq, validFrom, validTo, bytes } = decodeCurrentRecord(stored)
  return makeRecord(id, idKey, seq, decodeCanonical(bytes) as ValueObject, validFrom, validTo)
}

export function makeRecord(
  id: RecordId,
  idKey: Uint8Array,
  seq: number,
  fields: ValueObject,
  validFrom: Value,
  validTo: Value,
): StoredRecord {
  const value: ValueObject = { id, ...fields }
  const record: StoredRecord = { id, idKey, seq, value }
  if (validFrom === undefined && validTo === undefined) return record
  return { ...record, validFrom, validTo }
}

/** The record as it is stored: without its id, and without fields that are NONE. */
export function storedFields(value: ValueObject): ValueObject {
  const { id: _, ...fields } = value
  return withoutNone(fields)
}

export function encodeFields(fields: ValueObject): Uint8Array {
  return encodeCanonical(fields)
}

export function decodeId(table: string, idKey: Uint8Array): RecordId {
  return new RecordId(table, decodeExact(idKey, 0).value as RecordKey)
}
