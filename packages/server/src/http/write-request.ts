/**
 * What a request says about its write beside the data: why it is made, on what condition, when it holds, and
 * what keeps it from being carried out twice.
 * It comes as fields of the body, or of the query string where there is no body, and the idempotency key as a
 * header too (draft-ietf-httpapi-idempotency-key-header). Beside the fields of a record their names begin
 * with `$`.
 */

import type { WriteMeta } from '@dendrodb/engine'
import { isFloat, toFloat, type Value, type ValueObject } from '@dendrodb/protocol'
import type { FastifyRequest } from 'fastify'
import { fieldError } from './json-body.ts'

/** Seq in place of that of a record that must not be there. */
export const absentSeq = -1

export interface WriteConditions {
  readonly ifSeq: number | undefined
  readonly validFrom: Value
  readonly validTo: Value
}

const metaFields = ['caused_by', 'evidence', 'confidence', 'client', 'nonce', 'idempotency_key'] as const
const conditionFields = ['if_seq', 'valid_from', 'valid_to'] as const

/** Names of all of them. */
export const writeFields: readonly string[] = [...metaFields, ...conditionFields]
/** The same as the body of a record has them. */
export const recordWriteFields: readonly string[] = writeFields.map((name) => `$${name}`)

/**
 * @param prefix in front of the names. @throws HTTP_FIELD_INVALID; the engine refuses values out of bounds
 */
export function writeMetaOf(request: FastifyRequest, fields: ValueObject, prefix: '' | '$'): WriteMeta {
  const read = new FieldReader(fields, prefix)
  const causedBy = read.seqs('caused_by')
  const confidence = read.number('confidence')
  const client = read.text('client')
  const nonce = read.integer('nonce')
  const evidence = read.value('evidence')
  const idempotencyKey = keyOf(request, read.text('idempotency_key'), `${prefix}idempotency_key`)
  return {
    ...(causedBy !== undefined && { causedBy }),
    ...(confidence !== undefined && { confidence }),
    ...(client !== undefined && { client }),
    ...(nonce !== undefined && { nonce }),
    ...(evidence !== undefined && { evidence }),
    ...(idempotencyKey !== undefined && { idempotencyKey }),
  }
}

/**
 * Of a write that is no query: with what the session says of its writes.
 * @param said fields of the body, or of the query where there is none
 */
export function adminMetaOf(request: FastifyRequest, said: ValueObject): WriteMeta {
  const { principal } = request
  const own = principal.type === 'anonymous' ? undefined : principal.session.meta
  return { ...own, ...writeMetaOf(request, said, '') }
}

/** @throws HTTP_FIELD_INVALID */
export function writeConditionsOf(fields: ValueObject, prefix: '' | '$'): WriteConditions {
  const read = new FieldReader(fields, prefix)
  const ifSeq = read.integer('if_seq')
  if (ifSeq !== undefined && ifSeq < absentSeq) {
    throw fieldError(`${prefix}if_seq`, 'the number of a commit, or -1', 'range')
  }
  return {
    ifSeq,
    validFrom: read.value('valid_from'),
    validTo: read.value('valid_to'),
  }
}

/** The header is a string of RFC 8941, with its quotes or without. */
function keyOf(request: FastifyRequest, field: string | undefined, name: string): string | undefined {
  const { 'idempotency-key': header } = request.headers
  if (header === undefined) return field
  const key = String(header).replace(/^"(.*)"$/, '$1')
  if (key === '' || (field !== undefined && field !== key)) {
    throw fieldError(name, 'the key of the header Idempotency-Key', 'mismatch')
  }
  return key
}

class FieldReader {
  readonly #fields: ValueObject
  readonly #prefix: string

  constructor(fields: ValueObject, prefix: string) {
    this.#fields = fields
    this.#prefix = prefix
  }

  /** `null` is as good as leaving it out. */
  value(name: string): Value {
    const field = this.#prefix + name
    return Object.hasOwn(this.#fields, field) ? (this.#fields[field] ?? undefined) : undefined
  }

  text(name: string): string | undefined {
    const value = this.value(name)
    if (value === undefined || typeof value === 'string') return value
    throw this.#error(name, 'a string')
  }

  number(name: string): number | undefined {
    const value = numberOf(this.value(name))
    if (value === undefined || typeof value === 'number') return value
    if (typeof value === 'bigint') return Number(value)
    throw this.#error(name, 'a number')
  }

  integer(name: string): number | undefined {
    const value = this.number(name)
    if (value === undefined || Number.isSafeInteger(value)) return value
    throw this.#error(name, 'an integer of at most 2^53 - 1')
  }

  /** One number of a commit, or a list of them. */
  seqs(name: string): readonly number[] | undefined {
    const value = this.value(name)
    if (value === undefined) return undefined
    const items = typeof value === 'string' ? value.split(',') : Array.isArray(value) ? value : [value]
    const seqs = items.map(numberOf)
    if (seqs.every((seq) => Number.isSafeInteger(seq))) return seqs as number[]
    throw this.#error(name, 'the number of a commit, or a list of them')
  }

  #error(name: string, expected: string): Error {
    return fieldError(this.#prefix + name, expected, 'type')
  }
}

/** A query string has numbers as text. */
function numberOf(value: Value): Value {
  if (typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value)) return Number(value)
  return isFloat(value) ? toFloat(value) : value
}
