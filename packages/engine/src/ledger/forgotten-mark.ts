/**
 * Under `F`: why a payload of the log is not there any more. A payload that is missing without such a mark is
 * damage.
 * Format: docs/formats.md#forgotten — the place behind the seq is 0 for the metadata of the commit and n + 1
 * for its version n.
 *
 * | offset | bytes | what                                                                               |
 * |--------|-------|------------------------------------------------------------------------------------|
 * | 0      | 1     | 1 erased, 2 past its retention, 3 erased by a commit that this database never had  |
 * | 1      | 1–8   | erased: seq of the commit that says so; past its retention: number of the table    |
 * | …      | 1–8   | past its retention: seq of the commit since which the version is not in force      |
 */

import { keyOf } from './key-space.ts'
import { ledgerErrors } from './ledger-errors.ts'
import { readUvarint, uvarintBytes, writeUvarint } from './uvarint.ts'

/** What was forgotten of a commit: its metadata, or one of its versions. */
export interface ForgottenPlace {
  readonly seq: number
  /** 0: the metadata; n + 1: version n. */
  readonly place: number
}

export type ForgottenMark =
  | { readonly reason: 'erased'; readonly by: number }
  | { readonly reason: 'retention'; readonly tableId: number; readonly until: number }
  | { readonly reason: 'elsewhere' }

const codes = { erased: 1, retention: 2, elsewhere: 3 } as const

export const metaPlace = 0

export function placeOfVersion(n: number): number {
  return n + 1
}

export function forgottenKey({ seq, place }: ForgottenPlace): Buffer {
  return keyOf('forgotten', seq, place)
}

/** What the mark stands for. */
export function payloadKey({ seq, place }: ForgottenPlace): Buffer {
  return place === metaPlace ? keyOf('meta', seq) : keyOf('version', seq, place - 1)
}

export function encodeForgottenMark(mark: ForgottenMark): Buffer {
  const numbers = numbersOf(mark)
  const bytes = Buffer.allocUnsafe(1 + numbers.reduce((sum, number) => sum + uvarintBytes(number), 0))
  bytes[0] = codes[mark.reason]
  let end = 1
  for (const number of numbers) end = writeUvarint(bytes, end, number)
  return bytes
}

function numbersOf(mark: ForgottenMark): readonly number[] {
  switch (mark.reason) {
    case 'erased':
      return [mark.by]
    case 'retention':
      return [mark.tableId, mark.until]
    case 'elsewhere':
      return []
    default:
      return mark satisfies never
  }
}

/** @throws LEDGER_CORRUPT */
export function decodeForgottenMark(stored: Uint8Array): ForgottenMark {
  const mark = markIn(stored)
  if (mark === undefined || Buffer.compare(encodeForgottenMark(mark), stored) !== 0) {
    throw ledgerErrors.CORRUPT({ what: 'a mark of what was forgotten', reason: 'it cannot be read' })
  }
  return mark
}

function markIn(stored: Uint8Array): ForgottenMark | undefined {
  switch (stored[0]) {
    case codes.erased:
      return stored.length < 2 ? undefined : { reason: 'erased', by: readUvarint(stored, 1).value }
    case codes.retention: {
      if (stored.length < 3) return undefined
      const table = readUvarint(stored, 1)
      if (table.end >= stored.length) return undefined
      return { reason: 'retention', tableId: table.value, until: readUvarint(stored, table.end).value }
    }
    case codes.elsewhere:
      return { reason: 'elsewhere' }
    default:
      return undefined
  }
}

/** Places one after another, in order; what the record of an erasure holds. */
export function encodePlaces(places: readonly ForgottenPlace[]): Buffer {
  const sorted = places.toSorted((a, b) => a.seq - b.seq || a.place - b.place)
  const numbers = sorted.flatMap(({ seq, place }) => [seq, place])
  const bytes = Buffer.allocUnsafe(numbers.reduce((sum, number) => sum + uvarintBytes(number), 0))
  let end = 0
  for (const number of numbers) end = writeUvarint(bytes, end, number)
  return bytes
}

export function* decodePlaces(bytes: Uint8Array): Generator<ForgottenPlace> {
  for (let at = 0; at < bytes.length; ) {
    const seq = readUvarint(bytes, at)
    const place = readUvarint(bytes, seq.end)
    at = place.end
    yield { seq: seq.value, place: place.value }
  }
}
