/**
 * Record ids: a table and a key.
 * Why: the key's type is part of the identity. `user:123` (an int) and `user:⟨123⟩` (a string) are two
 * records, and so are `t:[1]` and `t:[1f]`.
 * Invariant: the table is well-formed text of 1 to 128 UTF-8 bytes; the key is at most 1024 bytes in the
 * exact key encoding, under which it is stored.
 */

import { compareExact } from './compare-values.ts'
import { int } from './float.ts'
import { formatRecordId } from './format-value.ts'
import { KeyWriter } from './key-writer.ts'
import { limits } from './limits.ts'
import { parseRecordIdText } from './literal-parser.ts'
import { tagOf, tags, typeTag } from './type-tag.ts'
import { ulid } from './ulid.ts'
import { valueErrors } from './value-errors.ts'
import type { RecordIdValue, RecordKey } from './values.ts'

/** One UTF-16 unit takes at most three bytes; so texts of this many units or fewer need no counting. */
const tableUnitsSafe = Math.floor(limits.tableNameBytesMax / 3)
const keyUnitsSafe = Math.floor((limits.recordKeyBytesMax - 2) / 3)

export class RecordId implements RecordIdValue {
  readonly table: string
  readonly key: RecordKey

  /**
   * @throws VALUE_TABLE_NAME, VALUE_RECORD_KEY_TYPE, VALUE_RECORD_KEY_SIZE, VALUE_LONE_SURROGATE,
   * VALUE_INT_RANGE
   */
  constructor(table: string, key: RecordKey) {
    if (!isTableName(table)) throw valueErrors.TABLE_NAME()
    this.table = table
    this.key = checkKey(key)
  }

  /**
   * From text as `toString` gives it; backticks are accepted for ⟨ and ⟩. @throws LITERAL_SYNTAX and as the
   * constructor
   */
  static parse(text: string): RecordId {
    return parseRecordIdText(text, makeRecordId)
  }

  /** A new id with a ULID for its key. @throws VALUE_TABLE_NAME */
  static generate(table: string): RecordId {
    return new RecordId(table, ulid())
  }

  get [typeTag](): typeof tags.record {
    return tags.record
  }

  equals(other: RecordId): boolean {
    return this.table === other.table && (this.key === other.key || compareExact(this.key, other.key) === 0)
  }

  toString(): string {
    return formatRecordId(this)
  }

  /** The same text, for `JSON.stringify`. */
  toJSON(): string {
    return this.toString()
  }
}

function makeRecordId(table: string, key: RecordKey): RecordId {
  return new RecordId(table, key)
}

/** Whether `table` is 1 to 128 UTF-8 bytes of well-formed text. */
export function isTableName(table: string): boolean {
  if (table.length === 0 || table.length > limits.tableNameBytesMax || !table.isWellFormed()) return false
  return table.length <= tableUnitsSafe || textEncoder.encode(table).length <= limits.tableNameBytesMax
}

const textEncoder = new TextEncoder()
const sizeWriter = new KeyWriter()

function checkKey(key: RecordKey): RecordKey {
  if (typeof key === 'string') {
    if (key.length > keyUnitsSafe || !key.isWellFormed()) checkSize(key)
    return key
  }
  if (typeof key === 'number' || typeof key === 'bigint') {
    const normal = int(key)
    return normal
  }
  const tag = tagOf(key)
  if (tag === tags.uuid) return key
  if (tag !== tags.array && tag !== tags.object) throw valueErrors.RECORD_KEY_TYPE({ type: typeof key })
  checkSize(key)
  return key
}

function checkSize(key: RecordKey): void {
  sizeWriter.reset()
  sizeWriter.exact(key)
  if (sizeWriter.length > limits.recordKeyBytesMax) throw valueErrors.RECORD_KEY_SIZE()
}
