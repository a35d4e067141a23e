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
import { decodeCurrentRecord, earlierVersionsIn } from '../../ledger/current-record.ts'
import type { Period } from '../../ledger/valid-time.ts'
import type { StoredRecord } from '../model.ts'
import { withoutNone } from './without-none.ts'

/** The record under an `R` key. */
export function decodeStoredRecord(id: RecordId, idKey: Uint8Array, stored: Uint8Array): StoredRecord {
  return decodeShown(id, idKey, stored, earlierVersionsIn(stored))
}

/** The same for whoever only looks at it. */
export function decodeScannedRecord(id: RecordId, idKey: Uint8Array, stored: Uint8Array): StoredRecord {
  return decodeShown(id, idKey, stored, undefined)
}

function decodeShown(
  id: RecordId,
  idKey: Uint8Array,
  stored: Uint8Array,
  earlier: string | undefined,
): StoredRecord {
  const { seq, n, validFrom, validTo, periodBefore, bytes } = decodeCurrentRecord(stored)
  const value = fieldsWithId(id, bytes)
  return new DecodedRecord(id, idKey, value, seq, n, validFrom, validTo, periodBefore, earlier)
}

/**
 * Why a class and no object literals on the way from bytes to a record: V8 allocates what a literal makes
 * among the long-lived objects once most of it has survived, as when a cache fills up; from then on a read
 * that is not kept would leave its garbage there.
 */
class DecodedRecord implements StoredRecord {
  readonly id: RecordId
  readonly idKey: Uint8Array
  readonly value: ValueObject
  readonly seq: number
  readonly n: number
  readonly validFrom: Value
  readonly validTo: Value
  readonly periodBefore: number
  readonly earlier: string | undefined

  constructor(
    id: RecordId,
    idKey: Uint8Array,
    value: ValueObject,
    seq: number,
    n: number,
    validFrom: Value,
    validTo: Value,
    periodBefore: number,
    earlier: string | undefined,
  ) {
    this.id = id
    this.idKey = idKey
    this.value = value
    this.seq = seq
    this.n = n
    this.validFrom = validFrom
    this.validTo = validTo
    this.periodBefore = periodBefore
    this.earlier = earlier
  }
}

/** The record, decoded when its value is asked for: a write mostly asks where the version before stands. */
export function undecodedRecord(id: RecordId, idKey: Uint8Array, stored: Uint8Array): StoredRecord {
  return new UndecodedRecord(id, idKey, stored)
}

class UndecodedRecord implements StoredRecord {
  readonly id: RecordId
  readonly idKey: Uint8Array
  readonly seq: number
  readonly n: number
  readonly validFrom: Value
  readonly validTo: Value
  readonly periodBefore: number
  readonly earlier: string
  readonly #bytes: Uint8Array
  #value: ValueObject | undefined

  constructor(id: RecordId, idKey: Uint8Array, stored: Uint8Array) {
    const { seq, n, validFrom, validTo, periodBefore, bytes } = decodeCurrentRecord(stored)
    this.id = id
    this.idKey = idKey
    this.seq = seq
    this.n = n
    this.validFrom = validFrom
    this.validTo = validTo
    this.periodBefore = periodBefore
    this.earlier = earlierVersionsIn(stored)
    this.#bytes = bytes
  }

  get value(): ValueObject {
    this.#value ??= fieldsWithId(this.id, this.#bytes)
    return this.#value
  }
}

function fieldsWithId(id: RecordId, bytes: Uint8Array): ValueObject {
  const value: Record<string, Value> = {}
  value.id = id
  decodeCanonicalInto(value, bytes)
  return value
}

/** Where a version stands: its commit, its place in it, its period of valid time. */
export type VersionOrigin = Period & { readonly n: number }

export function makeRecord(
  id: RecordId,
  idKey: Uint8Array,
  { seq, n, validFrom, validTo, periodBefore }: VersionOrigin,
  fields: ValueObject,
): StoredRecord {
  const value = { id, ...fields }
  return new DecodedRecord(id, idKey, value, seq, n, validFrom, validTo, periodBefore, undefined)
}

/** The record as it is stored: without its id, and without fields that are NONE. */
export function storedFields(value: ValueObject): ValueObject {
  if (!Object.hasOwn(value, 'id')) return withoutNone(value)
  const { id: _, ...fields } = value
  return withoutNone(fields)
}

export function encodeFields(fields: ValueObject): Uint8Array {
  return encodeCanonical(fields)
}

export function decodeId(table: string, idKey: Uint8Array): RecordId {
  return new RecordId(table, decodeExact(idKey, 0).value as RecordKey)
}
