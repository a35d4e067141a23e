/**
 * A record as a line of an export. Format: docs/formats/export.md#records
 */

import {
  encodeCanonical,
  fromTypedJson,
  RecordId,
  type RecordKey,
  toTypedJson,
  type Value,
  type ValueObject,
} from '@dendrodb/protocol'
import { storedFields } from '../models/document/record-codec.ts'
import type { PutOptions, StoredRecord } from '../models/model.ts'

/** A record without its history. */
export interface PlainRecord {
  readonly id: RecordId
  readonly fields: ValueObject
  readonly valid: PutOptions
}

export function recordLine({ id, value, validFrom, validTo }: StoredRecord): string {
  const fields = toTypedJson(storedFields(value))
  return JSON.stringify({
    record: [id.table, toTypedJson(id.key)],
    ...boundJson('validFrom', validFrom),
    ...boundJson('validTo', validTo),
    fields,
  })
}

/** `undefined` for a line of another sort. @throws JSON_TYPED, VALUE_* */
export function parseRecord(line: Readonly<Record<string, unknown>>): PlainRecord | undefined {
  const { record, fields } = line
  if (!Array.isArray(record) || record.length !== 2 || typeof record[0] !== 'string') return undefined
  const value = fromTypedJson(fields)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const bound = (name: 'validFrom' | 'validTo') => {
    return line[name] === undefined ? {} : { [name]: fromTypedJson(line[name]) }
  }
  return {
    id: new RecordId(record[0], fromTypedJson(record[1]) as RecordKey),
    fields: storedFields(value as ValueObject),
    valid: { ...bound('validFrom'), ...bound('validTo') },
  }
}

/** Whether the record is there already, to the byte. */
export function isSameRecord({ fields, valid }: PlainRecord, there: StoredRecord): boolean {
  return (
    isSameValue(fields, storedFields(there.value)) &&
    isSameValue(valid.validFrom, there.validFrom) &&
    isSameValue(valid.validTo, there.validTo)
  )
}

export function isSameValue(one: Value, other: Value): boolean {
  return Buffer.compare(encodeCanonical(one), encodeCanonical(other)) === 0
}

function boundJson(name: string, bound: Value): object {
  return bound === undefined ? {} : { [name]: toTypedJson(bound) }
}
