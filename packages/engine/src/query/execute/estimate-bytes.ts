/**
 * Roughly how much memory values take.
 * Why rough: the bound exists so that one query cannot take the process down; what an engine needs for an
 * object is its own affair. But no part of a value is left out: whoever writes the query could hide there
 * what is heavy.
 */

import { Decimal, Geometry, Range, RecordId, type Value, ValueSet, valueErrors } from '@dendrodb/protocol'
import { isPlainObject } from '../compile/read-field.ts'
import { queryLimits } from '../limits.ts'
import type { StatementRun } from './statement-run.ts'

const objectBytes = 48
const fieldBytes = 24
const elementBytes = 8
/** Rows of which one is measured. */
const neighbours = 16

/**
 * Counts on only until `room` is exceeded: a value may hold another one many times over, and those again, so
 * that counting it all would never end.
 * @throws VALUE_TOO_DEEP
 */
export function estimateBytes(value: Value, room = Number.POSITIVE_INFINITY): number {
  return measure(value, room, 0)
}

function measure(value: Value, room: number, depth: number): number {
  if (depth > queryLimits.valueDepthMax) throw valueErrors.TOO_DEEP({ levelsMax: queryLimits.valueDepthMax })
  if (typeof value === 'string') return 24 + value.length * 2
  if (typeof value !== 'object' || value === null) return elementBytes
  if (Array.isArray(value)) return measureList(value, room, depth)
  if (value instanceof Uint8Array || value instanceof Float32Array) return objectBytes + value.byteLength
  if (isPlainObject(value)) return measureFields(value, room, depth)
  if (value instanceof ValueSet) return objectBytes + measureList(value.values, room, depth)
  if (value instanceof Decimal) return objectBytes * 2
  if (value instanceof Range) {
    return objectBytes + measureList([value.begin?.value, value.end?.value], room, depth)
  }
  if (value instanceof Geometry) return measureGeometry(value, room, depth)
  if (value instanceof RecordId) return objectBytes * 2 + measure(value.key, room, depth + 1)
  return objectBytes * 2
}

/** Its coordinates are no levels of the value, and are few within one another. */
function measureGeometry({ coordinates, geometries }: Geometry, room: number, depth: number): number {
  const bytes = objectBytes + measure(coordinates as Value, room, 0)
  return bytes + measureList(geometries as Value as Value[], room - bytes, depth)
}

function measureFields(value: object, room: number, depth: number): number {
  let bytes = objectBytes
  for (const field in value) {
    bytes += fieldBytes + measure((value as Record<string, Value>)[field], room - bytes, depth + 1)
    if (bytes > room) break
  }
  return bytes
}

function measureList(values: readonly Value[], room: number, depth: number): number {
  let bytes = objectBytes
  for (const value of values) {
    bytes += elementBytes + measure(value, room - bytes, depth + 1)
    if (bytes > room) break
  }
  return bytes
}

/**
 * Rows that are held for a while, such as those to be sorted: of so many neighbours one is measured, and
 * stands for the others. Which one is chance, so that nobody can know where to put what is heavy.
 */
export function estimateRows(rows: readonly Value[], room = Number.POSITIVE_INFINITY): number {
  let bytes = 0
  for (let from = 0; from < rows.length && bytes <= room; from += neighbours) {
    const count = Math.min(neighbours, rows.length - from)
    const row = rows[from + Math.floor(Math.random() * count)]
    bytes += count * (elementBytes + measure(row, (room - bytes) / count, 0))
  }
  return bytes
}

/** @throws QUERY_MEMORY_EXCEEDED */
export function retainRows(run: StatementRun, rows: readonly Value[]): void {
  run.retain(estimateRows(rows, run.room))
}
