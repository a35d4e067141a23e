/**
 * Roughly how much memory rows take.
 * Why rough: the bound exists so that one query cannot take the process down; measuring every value of every
 * row would cost more than the query. Of a batch some rows are measured and stand for the others.
 */

import { Decimal, type Value, ValueSet } from '@dendrodb/protocol'
import { isPlainObject } from '../compile/read-field.ts'
import type { StatementRun } from './statement-run.ts'

const objectBytes = 48
const fieldBytes = 24
const elementBytes = 8
/** Every how many rows one is measured. */
const sampleStride = 16
/** Below this nesting a value counts as its header. */
const depthMax = 6

export function estimateBytes(value: Value, depth = 0): number {
  if (typeof value === 'string') return 24 + value.length * 2
  if (typeof value !== 'object' || value === null) return elementBytes
  if (depth > depthMax) return objectBytes
  if (Array.isArray(value)) return estimateList(value, depth)
  if (value instanceof ValueSet) return objectBytes + estimateList(value.values, depth)
  if (value instanceof Uint8Array || value instanceof Float32Array) return objectBytes + value.byteLength
  if (value instanceof Decimal) return objectBytes * 2
  if (!isPlainObject(value)) return objectBytes * 2
  let bytes = objectBytes
  for (const field in value) bytes += fieldBytes + estimateBytes(value[field], depth + 1)
  return bytes
}

function estimateList(values: readonly Value[], depth: number): number {
  let bytes = objectBytes
  for (const value of values) bytes += elementBytes + estimateBytes(value, depth + 1)
  return bytes
}

export function estimateRows(rows: readonly Value[]): number {
  let measured = 0
  let bytes = 0
  for (let i = 0; i < rows.length; i += sampleStride) {
    bytes += elementBytes + estimateBytes(rows[i])
    measured += 1
  }
  return measured === 0 ? 0 : Math.ceil((bytes * rows.length) / measured)
}

/** @throws QUERY_MEMORY_EXCEEDED */
export function retainRows(run: StatementRun, rows: readonly Value[]): void {
  run.retain(estimateRows(rows))
}
