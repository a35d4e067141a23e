/**
 * UUIDs (RFC 9562): 16 bytes, printed in lower case.
 */

import { randomBytes } from './random-bytes.ts'
import { tags, typeTag } from './type-tag.ts'
import { valueErrors } from './value-errors.ts'

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const hexOfByte: readonly string[] = Array.from({ length: 256 }, (_, byte) =>
  byte.toString(16).padStart(2, '0'),
)

export class Uuid {
  /** Canonical text, lower case. */
  readonly text: string

  private constructor(text: string) {
    this.text = text
  }

  /** From the text with hyphens, in any case. @throws VALUE_UUID_SYNTAX */
  static parse(text: string): Uuid {
    const lower = text.length === 36 ? text.toLowerCase() : text
    if (!uuidPattern.test(lower)) throw valueErrors.UUID_SYNTAX({ text })
    return new Uuid(lower)
  }

  /** From 16 bytes at `offset`. @throws VALUE_UUID_SYNTAX when there are fewer */
  static fromBytes(bytes: Uint8Array, offset = 0): Uuid {
    if (bytes.length < offset + 16) throw valueErrors.UUID_SYNTAX({ text: `${bytes.length - offset} bytes` })
    // Joined, as V8 would keep a rope of what is put together bit by bit.
    const parts: string[] = []
    for (let i = 0; i < 16; i += 1) {
      if (i === 4 || i === 6 || i === 8 || i === 10) parts.push('-')
      parts.push(hexOfByte[bytes[offset + i] as number] as string)
    }
    return new Uuid(parts.join(''))
  }

  /** A random UUID. */
  static v4(): Uuid {
    return withVersion(randomBytes(16), 0x40)
  }

  /**
   * A UUID that begins with the time in milliseconds; the rest is random, so that within one millisecond the
   * order is random too.
   */
  static v7(epochMillis: number = Date.now()): Uuid {
    const bytes = randomBytes(16)
    const high = Math.floor(epochMillis / 2 ** 32)
    bytes[0] = high >>> 8
    bytes[1] = high
    bytes[2] = epochMillis / 2 ** 24
    bytes[3] = epochMillis / 2 ** 16
    bytes[4] = epochMillis / 2 ** 8
    bytes[5] = epochMillis
    return withVersion(bytes, 0x70)
  }

  get [typeTag](): typeof tags.uuid {
    return tags.uuid
  }

  get version(): number {
    return Number.parseInt(this.text.charAt(14), 16)
  }

  toBytes(): Uint8Array {
    const bytes = new Uint8Array(16)
    const hex = this.text.replaceAll('-', '')
    for (let i = 0; i < 16; i += 1) bytes[i] = Number.parseInt(hex.slice(i * 2, i * 2 + 2), 16)
    return bytes
  }

  /** Order of the bytes, which is also that of the texts. */
  compare(other: Uuid): number {
    return this.text < other.text ? -1 : this.text > other.text ? 1 : 0
  }

  equals(other: Uuid): boolean {
    return this.text === other.text
  }

  toString(): string {
    return this.text
  }

  /** The same text, for `JSON.stringify`. */
  toJSON(): string {
    return this.toString()
  }
}

function withVersion(bytes: Uint8Array, version: number): Uuid {
  bytes[6] = ((bytes[6] as number) & 0x0f) | version
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80
  return Uuid.fromBytes(bytes)
}
