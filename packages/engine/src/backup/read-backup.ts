/**
 * One backup, read from a stream of bytes: its header at once, its log as it is asked for.
 * Invariant: an item that is handed out was covered by a checksum, and the log ends without an error only
 * where the backup does.
 */

import { promisify } from 'node:util'
import { zstdDecompress } from 'node:zlib'
import type { LogItem } from '../replay/log-item.ts'
import { backupErrors } from './backup-errors.ts'
import { type BackupEnd, type BackupHeader, backupFormat, decodeEnd, decodeHeader } from './backup-header.ts'
import { type BlockSeal, openBlockSeal } from './block-seal.ts'
import { ByteSource, type ByteStream } from './byte-source.ts'
import { type Frame, FrameReader } from './frame.ts'
import { unpackItems } from './item-codec.ts'
import { blockBytes, blockBytesMax } from './limits.ts'

export interface ReadBackupOptions {
  /** For messages. */
  readonly name: string
  readonly stream: ByteStream
  readonly masterKey?: Uint8Array | undefined
}

const decompress = promisify(zstdDecompress)
const limits = { maxOutputLength: blockBytesMax, chunkSize: 2 * blockBytes }

/** @throws BACKUP_NOT_ONE, BACKUP_FORMAT_TOO_NEW, BACKUP_DAMAGED */
export async function openBackup(options: ReadBackupOptions): Promise<OpenedBackup> {
  const source = new ByteSource(options.name, options.stream)
  try {
    const frames = new FrameReader(source)
    const { header } = await readHeader(frames)
    return new OpenedBackup(source, frames, header, options.masterKey)
  } catch (error) {
    await source.close()
    throw error
  }
}

/** The first frame. @throws BACKUP_NOT_ONE, BACKUP_FORMAT_TOO_NEW, BACKUP_DAMAGED */
export async function readHeader(
  frames: FrameReader,
): Promise<{ readonly header: BackupHeader; readonly frame: Frame }> {
  await frames.readMagic()
  const frame = await frames.next()
  const header = frame.kind === 'header' ? decodeHeader(frame.body) : undefined
  if (header === undefined) throw frames.damaged('it is no header', frame.number)
  if (typeof header === 'number') {
    throw backupErrors.FORMAT_TOO_NEW({ file: frames.name, found: header, supported: backupFormat })
  }
  return { header, frame }
}

export class OpenedBackup {
  readonly header: BackupHeader
  readonly name: string
  readonly #source: ByteSource
  readonly #frames: FrameReader
  readonly #masterKey: Uint8Array | undefined
  #end: BackupEnd | undefined

  /** Made by `openBackup`. */
  constructor(
    source: ByteSource,
    frames: FrameReader,
    header: BackupHeader,
    masterKey: Uint8Array | undefined,
  ) {
    this.name = source.name
    this.header = header
    this.#source = source
    this.#frames = frames
    this.#masterKey = masterKey
  }

  /** What the log has to add up to; once the log was read to its end. */
  get end(): BackupEnd | undefined {
    return this.#end
  }

  /** Over the whole file, once the log was read to its end. */
  get checksum(): string {
    return this.#frames.checksum.toString('hex')
  }

  /** Once. @throws BACKUP_KEY_MISSING, BACKUP_KEY_WRONG, BACKUP_DAMAGED */
  async *log(): AsyncGenerator<readonly LogItem[]> {
    const seal = this.#openSeal()
    const counts = { commits: 0, versions: 0, erased: 0 }
    for (let frame = await this.#frames.next(); ; frame = await this.#frames.next()) {
      const body = this.#unseal(frame, seal)
      if (frame.kind === 'end') return await this.#finish(frame, body, counts)
      if (frame.kind !== 'block') throw this.#frames.damaged('a header has no place here', frame.number)
      const items = await this.#unpack(frame, body)
      for (const item of items) {
        if (item.type === 'commit') counts.commits += 1
        else if (item.payload === undefined) counts.erased += 1
        else if (item.type === 'version') counts.versions += 1
      }
      yield items
    }
  }

  async close(): Promise<void> {
    await this.#source.close()
  }

  #openSeal(): BlockSeal | undefined {
    const { seal } = this.header
    if (seal === undefined) return undefined
    if (this.#masterKey === undefined) throw backupErrors.KEY_MISSING({ file: this.name })
    const opened = openBlockSeal(this.#masterKey, seal)
    if (opened === undefined) throw backupErrors.KEY_WRONG({ file: this.name })
    return opened
  }

  #unseal({ body, number }: Frame, seal: BlockSeal | undefined): Buffer {
    if (seal === undefined) return body
    const opened = seal.open(body, number)
    if (opened === undefined) throw this.#frames.damaged('it cannot be decrypted', number)
    return opened
  }

  async #unpack({ number }: Frame, body: Buffer): Promise<readonly LogItem[]> {
    const content = await decompress(body, limits).catch((cause: Error) => {
      throw this.#frames.damaged(`it cannot be unpacked: ${cause.message}`, number)
    })
    const items = unpackItems(content)
    if (items === undefined) throw this.#frames.damaged('its content is not well formed', number)
    return items
  }

  async #finish({ number }: Frame, body: Buffer, counts: Omit<BackupEnd, 'merkleRoot'>): Promise<void> {
    const end = decodeEnd(body)
    const isSame =
      end !== undefined &&
      end.commits === counts.commits &&
      end.versions === counts.versions &&
      end.erased === counts.erased
    if (!isSame) throw this.#frames.damaged('what came before does not add up to it', number)
    await this.#frames.finish()
    this.#end = end
  }
}
