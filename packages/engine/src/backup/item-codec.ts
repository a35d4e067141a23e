/**
 * Log items as the content of a block. Format: docs/formats/backup.md#content
 *
 * | offset | bytes | what                                                                       |
 * |--------|-------|----------------------------------------------------------------------------|
 * | 0      | 1     | 1 commit, 2 metadata, 3 version, 4 erased metadata, 5 erased version       |
 * | 1      | 1–8   | length, uvarint; not of what was erased                                    |
 * | …      | …     | the bytes, as they are stored                                              |
 */

import { readUvarint, uvarintBytes, writeUvarint } from '../ledger/uvarint.ts'
import type { LogItem } from '../replay/log-item.ts'

const codes = { commit: 1, meta: 2, version: 3, erasedMeta: 4, erasedVersion: 5 } as const

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
    const payload = item.type === 'commit' ? item.stored : item.payload
    if (payload === undefined) {
      this.#reserve(1)
      this.#content[this.#end] = item.type === 'meta' ? codes.erasedMeta : codes.erasedVersion
      this.#end += 1
      return
    }
    this.#reserve(1 + uvarintBytes(payload.length) + payload.length)
    this.#content[this.#end] = codes[item.type]
    const at = writeUvarint(this.#content, this.#end + 1, payload.length)
    this.#content.set(payload, at)
    this.#end = at + payload.length
  }

  content(): Buffer {
    return this.#content.subarray(0, this.#end)
  }

  #reserve(bytes: number): void {
    if (this.#end + bytes <= this.#content.length) return
    const larger = Buffer.allocUnsafe(Math.max(2 * this.#content.length, this.#end + bytes))
    larger.set(this.content())
    this.#content = larger
  }
}

/** `undefined` where the content is not well formed. Payloads are parts of the content. */
export function unpackItems(content: Buffer): LogItem[] | undefined {
  const items: LogItem[] = []
  for (let at = 0; at < content.length; ) {
    const code = content[at]
    at += 1
    if (code === codes.erasedMeta || code === codes.erasedVersion) {
      items.push({ type: code === codes.erasedMeta ? 'meta' : 'version', payload: undefined })
      continue
    }
    const length = lengthAt(content, at)
    if (length === undefined || length.end + length.value > content.length) return undefined
    const payload = content.subarray(length.end, length.end + length.value)
    at = length.end + length.value
    if (code === codes.commit) items.push({ type: 'commit', stored: payload })
    else if (code === codes.meta) items.push({ type: 'meta', payload })
    else if (code === codes.version) items.push({ type: 'version', payload })
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
