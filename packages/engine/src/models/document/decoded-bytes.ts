/**
 * What a decoded record takes in memory, for the bounds of caches.
 * Why by its parts: a byte of a stored array may be an array of its own in memory, so that the length alone
 * may be wrong by a factor of seventy.
 * Measured with Node 26, heap and buffers of a full cache: 770 bytes for a record of six fields and 160 bytes
 * (counted 850); within a factor of two for records of one kind of part each (decoded-bytes.test.ts).
 */

import { Geometry, Range, RecordId, type Value, type ValueObject, ValueSet } from '@dendrodb/protocol'

/** The record around its value: its id, the id's bytes, its place in the cache. */
const recordBytes = 440
const objectBytes = 56
const fieldBytes = 12
/** Objects with more fields are hash tables. */
const plainFieldsMax = 16
/** A field of those, and its name, which other records need not have. */
const hashedFieldBytes = 90
const arrayBytes = 48
const slotBytes = 8
/** Beside its characters, which are among the stored bytes. */
const textBytes = 24
const numberBytes = 16
/** A view of stored bytes with its buffer. */
const bytesBytes = 240
/** An instance of a value class, such as a datetime. */
const instanceBytes = 80

/** @param storedBytes of texts and bytes there are no more in it than these */
export function decodedBytes(value: ValueObject, storedBytes: number): number {
  return recordBytes + storedBytes + fieldsBytes(value)
}

function fieldsBytes(value: ValueObject): number {
  let bytes = objectBytes
  let count = 0
  for (const name in value) {
    bytes += partBytes(value[name])
    count += 1
  }
  return bytes + count * (count > plainFieldsMax ? hashedFieldBytes : fieldBytes)
}

/** Beside the slot that refers to it. */
function partBytes(value: Value): number {
  switch (typeof value) {
    case 'string':
      return textBytes
    case 'number':
      return Number.isSafeInteger(value) ? 0 : numberBytes
    case 'bigint':
      return textBytes
    case 'object':
      return value === null ? 0 : objectPartBytes(value)
    default:
      return 0
  }
}

function objectPartBytes(value: Value & object): number {
  if (Array.isArray(value)) return listBytes(value)
  if (value instanceof Uint8Array || value instanceof Float32Array) return bytesBytes
  if (Object.getPrototypeOf(value) === Object.prototype) return fieldsBytes(value as ValueObject)
  if (value instanceof RecordId) return instanceBytes + partBytes(value.key)
  if (value instanceof ValueSet) return instanceBytes + listBytes(value.values)
  if (value instanceof Range) {
    return 3 * instanceBytes + partBytes(value.begin?.value) + partBytes(value.end?.value)
  }
  if (value instanceof Geometry) return geometryBytes(value)
  return instanceBytes
}

function listBytes(values: readonly Value[]): number {
  let bytes = arrayBytes + slotBytes * values.length
  for (const value of values) bytes += partBytes(value)
  return bytes
}

function geometryBytes({ coordinates, geometries }: Geometry): number {
  let bytes = instanceBytes + partBytes(coordinates as Value)
  for (const geometry of geometries) bytes += slotBytes + geometryBytes(geometry)
  return bytes
}
