/**
 * Log items as the content of a block. Format: docs/formats/backup.md#content
 *
 * | offset | bytes | what                                                                       |
 * |--------|-------|----------------------------------------------------------------------------|
 * | 0      | 1     | 1 commit, 2 metadata, 3 version, 4 forgotten metadata, 5 forgotten version |
 * | 1      | 1–8   | length, uvarint                                                            |
 * | …      | …     | the bytes, as they are stored; of what was forgotten, the mark             |
 */

import { readUvarint, uvarintBytes, writeUvarint } from '../ledger/uvarint.ts'
import type { LogItem } from '../replay/log-item.ts'

const codes = { commit: 1, meta: 2, version: 3, forgottenMeta: 4, forgottenVersion: 5 } as const

export class ItemPacker {
  #content: Buffer
  #end = 0

  constructor(bytes: number) {
    this.#content = Buffer.allocUnsafe(bytes)
  }

  get bytes(): number {
    return this.#end
  }

  add(item: LogItem): void {
    const { code, bytes } = packed(item)
    this.#reserve(1 + uvarintBytes(bytes.length) + bytes.length)
    this.#content[this.#end] = code
    const at = writeUvarint(this.#content, this.#end + 1, bytes.length)
    this.#content.set(bytes, at)
    this.#end = at + bytes.length
  }

  /** What was added; valid until `reset`. */
  content(): Buffer {
    return this.#content.subarray(0, this.#end)
  }

  /** Begins anew in the same memory. */
  reset(): void {
    this.#end = 0
  }

  #reserve(bytes: number): void {
    if (this.#end + bytes <= this.#content.length) return
    const larger = Buffer.allocUnsafe(Math.max(2 * this.#content.length, this.#end + bytes))
    larger.set(this.content())
    this.#content = larger
  }
}

function packed(item: LogItem): { readonly code: number; readonly bytes: Buffer } {
  if (item.type === 'commit') return { code: codes.commit, bytes: item.stored }
  if (item.payload !== undefined) return { code: codes[item.type], bytes: item.payload }
  return { code: item.type === 'meta' ? codes.forgottenMeta : codes.forgottenVersion, bytes: item.mark }
}

/** `undefined` where the content is not well formed. Payloads are parts of the content. */
export function unpackItems(content: Buffer): LogItem[] | undefined {
  const items: LogItem[] = []
  for (let at = 0; at < content.length; ) {
    const code = content[at]
    at += 1
    const length = lengthAt(content, at)
    if (length === undefined || length.end + length.value > content.length) return undefined
    const payload = content.subarray(length.end, length.end + length.value)
    at = length.end + length.value
    if (code === codes.commit) items.push({ type: 'commit', stored: payload })
    else if (code === codes.meta) items.push({ type: 'meta', payload })
    else if (code === codes.version) items.push({ type: 'version', payload })
    else if (code === codes.forgottenMeta) items.push({ type: 'meta', payload: undefined, mark: payload })
    else if (code === codes.forgottenVersion)
      items.push({ type: 'version', payload: undefined, mark: payload })
    else return undefined
  }
  return items
}

function lengthAt(content: Buffer, at: number): { readonly value: number; readonly end: number } | undefined {
  try {
    return readUvarint(content, at)
  } catch {
    return undefined
  }
}
