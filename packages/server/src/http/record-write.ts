/**
 * Writes of one record as DQL: with a condition on its commit and a valid time where the request has them.
 */

import type { RecordId, Value, ValueObject } from '@dendrodb/protocol'
import { httpErrors } from './http-errors.ts'
import type { RequestSession } from './request-session.ts'
import { absentSeq, type WriteConditions } from './write-request.ts'

/** A write of one record, as the request asks for it. */
export interface RecordWrite {
  readonly id: RecordId
  /** The body without what is said about the write; none for a deletion. */
  readonly data?: ValueObject
  readonly kind: 'create' | 'merge' | 'replace' | 'delete'
  readonly conditions: WriteConditions
  readonly session: RequestSession
}

/** The statement and its parameters. @throws HTTP_PRECONDITION when a record is to be made that is there */
export function statementOf({ id, data, kind, conditions }: RecordWrite) {
  const { ifSeq, validFrom, validTo } = conditions
  if (kind === 'create' && ifSeq !== undefined && ifSeq !== absentSeq) {
    throw unexpectedSeq(id, ifSeq, undefined)
  }
  const vars = {
    id,
    ...(data && { data }),
    ...(ifSeq !== undefined && { if_seq: ifSeq }),
    ...(validFrom !== undefined && { valid_from: validFrom }),
    ...(validTo !== undefined && { valid_to: validTo }),
  }
  return { text: writeText(kind, ifSeq) + validText(conditions), vars }
}

function writeText(kind: RecordWrite['kind'], ifSeq: number | undefined): string {
  const where = ifSeq === undefined ? '' : ' WHERE record::seq(id) = $if_seq'
  switch (kind) {
    case 'create':
      return 'CREATE ONLY $id CONTENT $data'
    case 'merge':
      return `UPDATE $id MERGE $data${where}`
    case 'delete':
      return `DELETE $id${where} RETURN BEFORE`
    case 'replace': {
      const output = 'RETURN $before = NONE AS is_new, $after AS data'
      if (ifSeq === absentSeq) return `CREATE $id CONTENT $data ${output}`
      const verb = ifSeq === undefined ? 'UPSERT' : 'UPDATE'
      // To replace a record does not make it nobody's: its owner stays unless the body names another.
      const content = 'object::extend({ owner: $before.owner }, $data)'
      return `${verb} $id CONTENT ${content}${where} ${output}`
    }
    default:
      return kind satisfies never
  }
}

function validText({ validFrom, validTo }: WriteConditions): string {
  if (validFrom === undefined) return validTo === undefined ? '' : ' VALID TO $valid_to'
  return ` VALID FROM $valid_from${validTo === undefined ? '' : ' TO $valid_to'}`
}

/** Where there was to be none. Of which commit it is may not be for the caller to know. */
export function unexpectedRecord(id: RecordId): Error {
  return httpErrors.PRECONDITION({ id: id.toString(), expected: 'absent', actual: 'there' })
}

export function unexpectedSeq(id: RecordId, expected: number, actual: Value): Error {
  const textOf = (seq: Value) =>
    seq === undefined || seq === absentSeq ? 'absent' : `of commit ${String(seq)}`
  return httpErrors.PRECONDITION({ id: id.toString(), expected: textOf(expected), actual: textOf(actual) })
}
