/**
 * Fields of a body that nobody reads: what a misspelt one says would be lost without a word.
 */

import { nearestName, type ValueObject } from '@dendrodb/protocol'
import { httpErrors } from './http-errors.ts'

/** @throws HTTP_FIELD_UNKNOWN for any field that is not known */
export function refuseUnknown(fields: readonly string[], known: readonly string[], place = ''): void {
  for (const field of fields) if (!known.includes(field)) throw unknownField(field, known, place)
}

/** Shorter names are near too many others. */
const misspeltCharsMin = 4

/** Others are let through, as clients send more than they need to. @throws HTTP_FIELD_UNKNOWN */
export function refuseMisspelt(body: ValueObject, known: readonly string[]): void {
  for (const field of Object.keys(body)) {
    if (known.includes(field) || field.length < misspeltCharsMin) continue
    if (nearestName(field, known) !== undefined) throw unknownField(field, known, '')
  }
}

function unknownField(field: string, known: readonly string[], place: string): Error {
  const near = nearestName(field, known)
  const hint = near === undefined ? `; there are ${known.join(', ')}` : `; did you mean ${near}?`
  return httpErrors.FIELD_UNKNOWN({ field: place + field, hint })
}
