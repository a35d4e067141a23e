/**
 * Records between their stored bytes and the value that queries see, which carries its id.
 */

import {
  decodeCanonicalInto,
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
  const value: Record<string, Value> = {}
  value.id = id
  decodeCanonicalInto(value, bytes)
  return new DecodedRecord(id, idKey, seq, value, validFrom, validTo)
}

/**
 * Why a class and no object literals on the way from bytes to a record: V8 allocates what a literal makes
 * among the long-lived objects once most of it has survived, as when a cache fills up; from then on a read
 * that is not kept would leave its garbage there.
 */
class DecodedRecord implements StoredRecord {
  readonly id: RecordId
  readonly idKey: Uint8Array
  readonly seq: number
  readonly value: ValueObject
  readonly validFrom: Value
  readonly validTo: Value

  constructor(
    id: RecordId,
    idKey: Uint8Array,
    seq: number,
    value: ValueObject,
    validFrom: Value,
    validTo: Value,
  ) {
    this.id = id
    this.idKey = idKey
    this.seq = seq
    this.value = value
    this.validFrom = validFrom
    this.validTo = validTo
  }
}

export function makeRecord(
  id: RecordId,
  idKey: Uint8Array,
  seq: number,
  fields: ValueObject,
  validFrom: Value,
  validTo: Value,
): StoredRecord {
  return new DecodedRecord(id, idKey, seq, { id, ...fields }, validFrom, validTo)
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
