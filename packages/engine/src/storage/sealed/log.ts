/**
 * The log: every batch, as it came, until it is merged into segments. A record is one value in the store
 * below, or several with consecutive numbers when the batch is long. Each holds the tag of the one before it,
 * so that none can be left out, put elsewhere or replaced, and the version of the root in force.
 *
 * | offset | bytes | what                                                       |
 * |--------|-------|------------------------------------------------------------|
 * | 0      | 16    | tag of the record before                                   |
 * | 16     | 8     | version of the root, big-endian                            |
 * | 24     | 1     | 1: the batch ends here, 0: it goes on in the next record   |
 * | 25     | n     | operations, or a part of them                              |
 *
 * An operation: key length, 0 for a delete or value length + 1 (varints), key, value.
 */

import { assert } from '@dendrodb/protocol'
import type { KvOperation } from '../kv-store.ts'
import { readVarint } from '../leveldb/varint.ts'
import { type PageCipher, tagBytes, tagOf } from './page-cipher.ts'

const headBytes = tagBytes + 8 + 1

/** Where the log ends. */
export interface LogEnd {
  /** Of the last record. */
  readonly number: number
  readonly tag: Buffer
}

export interface LogRecord {
  readonly number: number
  readonly sealed: Buffer
}

/** The records of one batch, and where the log ends behind them. */
export function sealRecords(
  cipher: PageCipher,
  { number, tag }: LogEnd,
  rootVersion: number,
  operations: Buffer,
  partBytes: number,
): { readonly records: readonly LogRecord[]; readonly end: LogEnd } {
  const records: LogRecord[] = []
  let end: LogEnd = { number, tag }
  for (let from = 0; from === 0 || from < operations.length; from += partBytes) {
    const part = operations.subarray(from, from + partBytes)
    const head = Buffer.alloc(headBytes)
    end.tag.copy(head)
    head.writeBigUInt64BE(BigInt(rootVersion), tagBytes)
    head[headBytes - 1] = from + partBytes >= operations.length ? 1 : 0
    const sealed = cipher.seal('log', end.number + 1, [head, part])
    end = { number: end.number + 1, tag: tagOf(sealed) }
    records.push({ number: end.number, sealed })
  }
  return { records, end }
}

export interface OpenedRecord {
  readonly previousTag: Buffer
  readonly rootVersion: number
  readonly isLast: boolean
  readonly part: Buffer
}

/** `undefined` when the record is damaged. */
export function openRecord(cipher: PageCipher, number: number, sealed: Buffer): OpenedRecord | undefined {
  const plain = cipher.open('log', number, sealed)
  if (plain === undefined || plain.length < headBytes) return undefined
  return {
    previousTag: plain.subarray(0, tagBytes),
    rootVersion: Number(plain.readBigUInt64BE(tagBytes)),
    isLast: plain[headBytes - 1] === 1,
    part: plain.subarray(headBytes),
  }
}

export function encodeOperations(batch: readonly KvOperation[]): Buffer {
  let size = 0
  for (const operation of batch) {
    const valueBytes = operation.type === 'put' ? operation.value.length : -1
    size += varintBytes(operation.key.length) + operation.key.length
    size += varintBytes(valueBytes + 1) + Math.max(0, valueBytes)
  }
  const bytes = Buffer.allocUnsafe(size)
  let at = 0
  for (const operation of batch) {
    const { key } = operation
    at = writeVarint(bytes, at, key.length)
    at = writeVarint(bytes, at, operation.type === 'put' ? operation.value.length + 1 : 0)
    bytes.set(key, at)
    at += key.length
    if (operation.type === 'delete') continue
    bytes.set(operation.value, at)
    at += operation.value.length
  }
  assert(at === size, 'operations have another size than was counted')
  return bytes
}

export function decodeOperations(bytes: Buffer): KvOperation[] {
  const batch: KvOperation[] = []
  for (let at = 0; at < bytes.length; ) {
    const keyLength = readVarint(bytes, at)
    const valueLength = readVarint(bytes, keyLength.end)
    const keyEnd = valueLength.end + keyLength.value
    const key = bytes.subarray(valueLength.end, keyEnd)
    at = keyEnd + Math.max(0, valueLength.value - 1)
    if (valueLength.value === 0) batch.push({ type: 'delete', key })
    else batch.push({ type: 'put', key, value: bytes.subarray(keyEnd, at) })
  }
  return batch
}

function varintBytes(value: number): number {
  let bytes = 1
  for (let rest = value; rest > 0x7f; rest >>>= 7) bytes += 1
  return bytes
}

function writeVarint(bytes: Buffer, start: number, value: number): number {
  let at = start
  let rest = value
  for (; rest > 0x7f; rest >>>= 7) bytes[at++] = (rest & 0x7f) | 0x80
  bytes[at++] = rest
  return at
}
