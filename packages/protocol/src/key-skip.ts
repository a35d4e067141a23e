/**
 * Moves past a value in a key without making it. Layout: `key-layout.ts`.
 */

import { coordinateNesting, geometryTypes } from './geometry-types.ts'
import type { KeyCursor } from './key-cursor.ts'
import { keyBytes } from './key-layout.ts'
import { limits } from './limits.ts'

/** @throws KEY_MALFORMED where the end of the value cannot be found */
export function skipValue(cursor: KeyCursor, exact: boolean, depth: number): void {
  if (depth > limits.depthMax) throw cursor.malformed()
  switch (cursor.byte()) {
    case keyBytes.none:
    case keyBytes.null:
    case keyBytes.false:
    case keyBytes.true:
      return
    case keyBytes.number:
      return skipNumber(cursor, exact)
    case keyBytes.string:
    case keyBytes.bytes:
      return cursor.skipText()
    case keyBytes.duration:
    case keyBytes.datetime:
      cursor.raw(12)
      return
    case keyBytes.uuid:
      cursor.raw(16)
      return
    case keyBytes.array:
    case keyBytes.set:
      while (!cursor.accept(keyBytes.end)) skipValue(cursor, exact, depth + 1)
      return
    case keyBytes.object:
      while (!cursor.accept(keyBytes.end)) {
        cursor.skipText()
        skipValue(cursor, exact, depth + 1)
      }
      return
    case keyBytes.geometry:
      return skipGeometry(cursor, depth)
    case keyBytes.vector:
      while (cursor.acceptItem()) cursor.raw(4)
      return
    case keyBytes.record:
      cursor.skipText()
      return skipValue(cursor, true, depth + 1)
    case keyBytes.range:
      return skipRange(cursor, exact, depth)
    default:
      throw cursor.malformed(cursor.offset - 1)
  }
}

function skipNumber(cursor: KeyCursor, exact: boolean): void {
  const isNegative = (cursor.raw(8)[0] as number) < 0x80
  if (cursor.byte() !== keyBytes.sideExact) {
    const end = isNegative ? 0xff : keyBytes.end
    cursor.raw(2)
    while (!cursor.accept(end)) cursor.byte()
  }
  if (exact) cursor.byte()
}

function skipGeometry(cursor: KeyCursor, depth: number): void {
  if (depth > limits.depthMax) throw cursor.malformed()
  const type = geometryTypes[cursor.byte()]
  if (type === undefined) throw cursor.malformed(cursor.offset - 1)
  if (type !== 'GeometryCollection') return skipCoordinates(cursor, coordinateNesting[type])
  while (cursor.acceptItem()) skipGeometry(cursor, depth + 1)
}

function skipCoordinates(cursor: KeyCursor, nesting: number): void {
  if (nesting === 0) {
    cursor.raw(16)
    return
  }
  while (cursor.acceptItem()) skipCoordinates(cursor, nesting - 1)
}

function skipRange(cursor: KeyCursor, exact: boolean, depth: number): void {
  for (let bound = 0; bound < 2; bound += 1) {
    if (cursor.byte() !== keyBytes.bound) continue
    skipValue(cursor, exact, depth + 1)
    cursor.byte()
  }
}
