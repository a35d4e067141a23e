/**
 * Log items as lines of JSON that people and other programs can read, and back to the same bytes.
 * Why the commit itself stands in its line as it is stored: whatever it says, importing gives the same head.
 * Payloads are spelled out; their encodings are canonical, so that they come back to the byte, which the
 * commitments in the commit prove.
 * Format: docs/formats/export.md#history
 */

import {
  type CommitContents,
  Datetime,
  decodeCanonical,
  encodeCanonical,
  fromTypedJson,
  type JsonValue,
  type RecordKey,
  toTypedJson,
  type Value,
  type ValueObject,
} from '@dendrodb/protocol'
import { decodeCommit, headOf } from '../ledger/commit.ts'
import { decodeForgottenMark, encodeForgottenMark } from '../ledger/forgotten-mark.ts'
import { formatHead, type LedgerHash } from '../ledger/hash.ts'
import { openVersion, type RecordVersion, sealVersion } from '../ledger/record-version.ts'
import { saltBytes } from '../ledger/salt-source.ts'
import type { LogItem, LogPayload } from '../replay/log-item.ts'

type Fields = Readonly<Record<string, unknown>>

/** Spells out the items of one log, one after another. */
export class HistorySpeller {
  readonly #hash: LedgerHash
  #seq = 0
  #n = 0

  constructor(hash: LedgerHash) {
    this.#hash = hash
  }

  line(item: LogItem): string {
    switch (item.type) {
      case 'commit':
        return this.#commit(item.stored)
      case 'meta':
        return JSON.stringify({ meta: this.#seq, ...metaJson(item) })
      case 'version':
        this.#n += 1
        return JSON.stringify({ version: [this.#seq, this.#n - 1], ...versionJson(item) })
      default:
        return item satisfies never
    }
  }

  #commit(stored: Buffer): string {
    const { seq, timeMicros } = decodeCommit(stored)
    this.#seq = seq
    this.#n = 0
    const time = String(datetimeOf(timeMicros))
    const head = formatHead(this.#hash, headOf(this.#hash, stored))
    return JSON.stringify({ commit: seq, time, head, stored: stored.toString('base64') })
  }
}

/** Reads the lines of one history, one after another. */
export class HistoryReader {
  readonly #hash: LedgerHash
  #commit: CommitContents | undefined
  #n = 0

  constructor(hash: LedgerHash) {
    this.#hash = hash
  }

  /** `undefined` for a line of another sort. @throws SyntaxError, JSON_TYPED, VALUE_*, LEDGER_CORRUPT */
  item(fields: Fields): LogItem | undefined {
    if (fields.commit !== undefined) return this.#readCommit(fields)
    if (fields.meta !== undefined) return this.#readMeta(fields)
    return fields.version === undefined ? undefined : this.#readVersion(fields)
  }

  #readCommit(fields: Fields): LogItem {
    const stored = bytesOf(fields, 'stored')
    this.#commit = decodeCommit(stored)
    this.#n = 0
    if (
      this.#commit.seq !== fields.commit ||
      formatHead(this.#hash, headOf(this.#hash, stored)) !== fields.head
    ) {
      throw new SyntaxError('number, head and stored form of the commit do not belong together')
    }
    return { type: 'commit', stored }
  }

  #readMeta(fields: Fields): LogItem {
    if (fields.forgotten !== undefined) return { type: 'meta', payload: undefined, mark: markOf(fields) }
    const meta = encodeCanonical(fromTypedJson(fields.fields))
    const payload = Buffer.concat([saltOf(fields), meta])
    const commitment = this.#commit?.metaCommitment
    if (commitment === undefined || Buffer.compare(this.#hash.of(payload), commitment) !== 0) {
      throw new SyntaxError('the metadata is not what its commit says')
    }
    return { type: 'meta', payload }
  }

  #readVersion(fields: Fields): LogItem {
    const commitment = this.#commit?.versionCommitments[this.#n]
    this.#n += 1
    if (fields.forgotten !== undefined) return { type: 'version', payload: undefined, mark: markOf(fields) }
    const sealed = sealVersion(this.#hash, parseVersion(fields), saltOf(fields))
    if (commitment === undefined || Buffer.compare(sealed.commitment, commitment) !== 0) {
      throw new SyntaxError('the version is not what its commit says')
    }
    return { type: 'version', payload: sealed.payload }
  }
}

function metaJson(item: LogPayload): object {
  const { payload } = item
  if (payload === undefined) return { forgotten: decodeForgottenMark(item.mark) }
  const fields = toTypedJson(decodeCanonical(payload.subarray(saltBytes)))
  return { salt: payload.toString('base64', 0, saltBytes), fields }
}

function versionJson(item: LogPayload): object {
  const { payload } = item
  if (payload === undefined) return { forgotten: decodeForgottenMark(item.mark) }
  const { table, tableId, key, bytes, validFrom, validTo } = openVersion(payload)
  return {
    salt: payload.toString('base64', 0, saltBytes),
    record: [table, toTypedJson(key)],
    tableNumber: tableId,
    ...boundJson('validFrom', validFrom),
    ...boundJson('validTo', validTo),
    fields: bytes === undefined ? null : toTypedJson(decodeCanonical(bytes)),
  }
}

/** @throws SyntaxError */
function markOf({ forgotten }: Fields): Buffer {
  const { reason, by, tableId, until } = Object(forgotten) as Fields
  const isNumber = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0
  if (reason === 'elsewhere') return encodeForgottenMark({ reason })
  if (reason === 'erased' && isNumber(by)) return encodeForgottenMark({ reason, by })
  if (reason === 'retention' && isNumber(tableId) && isNumber(until)) {
    return encodeForgottenMark({ reason, tableId, until })
  }
  throw new SyntaxError('forgotten says why, and since which commit')
}

function parseVersion(fields: Fields): RecordVersion {
  const { record, tableNumber } = fields
  const isVersion = Array.isArray(record) && record.length === 2 && typeof record[0] === 'string'
  if (!isVersion || !Number.isSafeInteger(tableNumber)) throw new SyntaxError('it is no version')
  const value = fields.fields === null ? undefined : fromTypedJson(fields.fields)
  return {
    table: record[0] as string,
    tableId: tableNumber as number,
    key: fromTypedJson(record[1]) as RecordKey,
    validFrom: fields.validFrom === undefined ? undefined : fromTypedJson(fields.validFrom),
    validTo: fields.validTo === undefined ? undefined : fromTypedJson(fields.validTo),
    bytes: value === undefined ? undefined : encodeCanonical(value as ValueObject),
  }
}

function boundJson(name: string, bound: Value): Readonly<Record<string, JsonValue>> {
  return bound === undefined || bound === null ? {} : { [name]: toTypedJson(bound) }
}

function saltOf(fields: Fields): Buffer {
  const salt = bytesOf(fields, 'salt')
  if (salt.length !== saltBytes) throw new SyntaxError(`salt has ${saltBytes} bytes`)
  return salt
}

function bytesOf(fields: Fields, name: string): Buffer {
  const text = fields[name]
  const bytes = Buffer.from(typeof text === 'string' ? text : '', 'base64')
  if (bytes.toString('base64') !== text) throw new SyntaxError(`${name} is base64`)
  return bytes
}

function datetimeOf(micros: number): Datetime {
  const seconds = Math.floor(micros / 1_000_000)
  return new Datetime(seconds, (micros - seconds * 1_000_000) * 1_000)
}
