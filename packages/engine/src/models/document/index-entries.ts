/**
 * The index entries that follow from a record.
 * Why: writers, index builds and verification must derive exactly the same ones.
 * A path step `each` yields one entry per element; several such fields yield every combination; equal entries
 * of one record count once. A record without the field is indexed as NONE, so that an index holds every
 * record.
 */

import { encodeCollation, must, type Value, type ValueObject, ValueSet } from '@dendrodb/protocol'
import type { FieldPath, IndexDefinition } from '../../catalog/definitions.ts'
import type { LedgerHash } from '../../ledger/hash.ts'
import { type BoundedEntry, boundEntry } from '../../ledger/index-entry.ts'
import { keyText } from '../../storage/key-text.ts'
import { indexErrors } from './index-errors.ts'
import { entriesPerRecordMax } from './limits.ts'

export interface RecordEntry extends BoundedEntry {
  /** Whether the entry claims its key for one record alone. */
  readonly isUnique: boolean
  /** `entry` as text, to compare by. */
  readonly text: string
}

/** @throws INDEX_TOO_MANY_ENTRIES */
export function entriesOf(hash: LedgerHash, index: IndexDefinition, record: ValueObject): RecordEntry[] {
  const first = index.fields[0]
  if (
    index.fields.length === 1 &&
    first !== undefined &&
    first.length === 1 &&
    typeof first[0] === 'string'
  ) {
    return [makeEntry(hash, index, [ownField(record, first[0])])]
  }
  const entries = new Map<string, RecordEntry>()
  for (const tuple of tuplesOf(index, record)) {
    const entry = makeEntry(hash, index, tuple)
    entries.set(entry.text, entry)
  }
  return [...entries.values()]
}

/** The values, one for each field of the index, that an entry of the record stands for. */
export function valuesOf(
  hash: LedgerHash,
  index: IndexDefinition,
  record: ValueObject,
  { text }: RecordEntry,
): readonly Value[] {
  const tuples = tuplesOf(index, record)
  return must(
    tuples.find((tuple) => makeEntry(hash, index, tuple).text === text),
    'the values of an entry',
  )
}

function tuplesOf(index: IndexDefinition, record: ValueObject): Value[][] {
  let tuples: Value[][] = [[]]
  for (const path of index.fields) {
    const values = valuesAt(record, path)
    if (tuples.length * values.length > entriesPerRecordMax) {
      throw indexErrors.TOO_MANY_ENTRIES({
        index: index.name,
        table: index.table,
        limit: entriesPerRecordMax,
      })
    }
    tuples = tuples.flatMap((tuple) => values.map((value) => [...tuple, value]))
  }
  return tuples
}

function makeEntry(hash: LedgerHash, index: IndexDefinition, tuple: readonly Value[]): RecordEntry {
  const bounded = boundEntry(hash, encodeTuple(tuple))
  return { ...bounded, isUnique: index.unique && claimsKey(tuple), text: keyText(bounded.entry) }
}

/** As in SQL: what is not known equals nothing, so that a record that lacks a value is in nobody's way. */
export function claimsKey(tuple: readonly Value[]): boolean {
  return tuple.every((value) => value !== undefined && value !== null)
}

export function encodeTuple(tuple: readonly Value[]): Uint8Array {
  if (tuple.length === 1) return encodeCollation(tuple[0])
  return Buffer.concat(tuple.map(encodeCollation))
}

/** Values found at the path: one, or one per element where the path has an `each` step. */
function valuesAt(record: ValueObject, path: FieldPath): Value[] {
  let values: Value[] = [record]
  for (const step of path) {
    values = values.flatMap((value) => (typeof step === 'string' ? fieldOf(value, step) : elementsOf(value)))
  }
  return values
}

/** A field of an object, or of each object of an array, as a path in a query reads it. */
function fieldOf(value: Value, name: string): Value[] {
  if (Array.isArray(value)) return [value.map((element) => fieldOf(element, name)[0])]
  if (value === null || typeof value !== 'object') return [undefined]
  return [isPlainObject(value) ? ownField(value, name) : undefined]
}

/** What is no list has no elements; the record still gets an entry. */
function elementsOf(value: Value): Value[] {
  if (Array.isArray(value)) return [...value]
  return value instanceof ValueSet ? [...value] : [undefined]
}

function isPlainObject(value: object): value is ValueObject {
  return Object.getPrototypeOf(value) === Object.prototype
}

function ownField(record: ValueObject, name: string): Value {
  return Object.hasOwn(record, name) ? record[name] : undefined
}
