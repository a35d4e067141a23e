/**
 * Frames: the pieces of a backup, each with a checksum over itself and everything before it.
 * Why a chain of checksums: cut, changed, exchanged and repeated frames are found where it happened, and the
 * last checksum stands for the whole file without a second pass over it.
 * Format: docs/formats/backup.md#frames
 *
 * | offset | bytes | what                                                        |
 * |--------|-------|-------------------------------------------------------------|
 * | 0      | 1     | kind: `H` header, `B` block, `E` end                        |
 * | 1      | 4     | n, unsigned, little-endian                                  |
 * | 5      | n     | body                                                        |
 * | 5 + n  | 32    | SHA-256 of the checksum before ‖ the n + 5 bytes of this one |
 */

import { createHash } from 'node:crypto'
import { backupErrors } from './backup-errors.ts'
import type { ByteSource } from './byte-source.ts'
import { frameBytesMax } from './limits.ts'

export const magic = Buffer.from('dendrodb-backup\n', 'latin1')

const headBytes = 5
const checksumBytes = 32

const kinds = { header: 0x48, block: 0x42, end: 0x45 } as const
export type FrameKind = keyof typeof kinds

export class FrameWriter {
  #checksum: Buffer = magic
  #number = 0

  /** Number of the next frame. */
  get number(): number {
    return this.#number
  }

  /** Of everything so far. */
  get checksum(): Buffer {
    return this.#checksum
  }

  frame(kind: FrameKind, body: Uint8Array): Buffer {
    const frame = Buffer.allocUnsafe(headBytes + body.length + checksumBytes)
    frame[0] = kinds[kind]
    frame.writeUInt32LE(body.length, 1)
    frame.set(body, headBytes)
    const covered = frame.subarray(0, headBytes + body.length)
    this.#checksum = checksumOf(this.#checksum, covered)
    frame.set(this.#checksum, covered.length)
    this.#number += 1
    return frame
  }
}

export interface Frame {
  readonly kind: FrameKind
  readonly number: number
  readonly body: Buffer
  /** All of it, as it was read. */
  readonly bytes: readonly Buffer[]
}

export class FrameReader {
  readonly #source: ByteSource
  #checksum: Buffer = magic
  #number = 0

  constructor(source: ByteSource) {
    this.#source = source
  }

  /** Of the source, for messages. */
  get name(): string {
    return this.#source.name
  }

  get checksum(): Buffer {
    return this.#checksum
  }

  /** @throws BACKUP_NOT_ONE */
  async readMagic(): Promise<void> {
    const start = await this.#source.read(magic.length)
    if (start?.equals(magic) !== true) throw backupErrors.NOT_ONE({ file: this.#source.name })
  }

  /** @throws BACKUP_DAMAGED */
  async next(): Promise<Frame> {
    const head = await this.#read(headBytes)
    const kind = kindOf(head[0])
    const length = head.readUInt32LE(1)
    if (kind === undefined || length > frameBytesMax)
      throw this.damaged('its beginning is not that of a frame')
    const rest = await this.#read(length + checksumBytes)
    const body = rest.subarray(0, length)
    const checksum = checksumOf(this.#checksum, head, body)
    if (!checksum.equals(rest.subarray(length))) throw this.damaged('its checksum does not match')
    this.#checksum = checksum
    this.#number += 1
    return { kind, number: this.#number - 1, body, bytes: [head, rest] }
  }

  /** @throws BACKUP_DAMAGED when there is more */
  async finish(): Promise<void> {
    if ((await this.#source.read(1)) !== undefined) throw this.damaged('there are bytes behind the end')
  }

  /** About the frame that is being read. */
  damaged(reason: string, frame = this.#number): Error {
    return backupErrors.DAMAGED({ file: this.#source.name, frame, reason })
  }

  async #read(bytes: number): Promise<Buffer> {
    const read = await this.#source.read(bytes)
    if (read === undefined) throw this.damaged('the file ends within it')
    return read
  }
}

function kindOf(byte: number | undefined): FrameKind | undefined {
  for (const [name, kind] of Object.entries(kinds)) if (kind === byte) return name as FrameKind
  return undefined
}

function checksumOf(before: Buffer, ...parts: readonly Uint8Array[]): Buffer {
  const hash = createHash('sha256').update(before)
  for (const part of parts) hash.update(part)
  return hash.digest()
}
