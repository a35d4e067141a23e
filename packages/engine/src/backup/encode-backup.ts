/**
 * A backup as a stream of bytes, made from a snapshot while the database goes on.
 * How: the log from one commit to another, in blocks; a block is compressed in another thread while the next
 * one is filled. Nothing but the log is in it, as everything else follows from that.
 * Format: docs/formats/backup.md
 */

import { promisify } from 'node:util'
import { constants, zstdCompress } from 'node:zlib'
import { assert } from '@dendrodb/protocol'
import type { Manifest } from '../ledger/manifest.ts'
import { rootOf } from '../ledger/merkle/compact-range.ts'
import type { KvReader } from '../ledger/overlay.ts'
import type { ChainPoint } from '../replay/log-chain.ts'
import type { LogItem } from '../replay/log-item.ts'
import { readLog } from '../replay/read-log.ts'
import { type BackupHeader, encodeEnd, encodeHeader } from './backup-header.ts'
import { type BlockSeal, createBlockSeal } from './block-seal.ts'
import { FrameWriter, magic } from './frame.ts'
import { ItemPacker } from './item-codec.ts'
import { blockBytes, blockRoomBytes, blocksInFlightMax, compressionLevel } from './limits.ts'

export interface BackupSource {
  readonly reader: KvReader
  /** Of the snapshot that is read. */
  readonly manifest: Manifest
  /** Format entry, as it is stored. */
  readonly store: Uint8Array
  /** Name of the database. */
  readonly database: string
  /** The commit to go on from. */
  readonly after: ChainPoint
  /** Encrypts the blocks. */
  readonly masterKey?: Uint8Array | undefined
  /** Commits that are in the stream so far. */
  readonly onProgress?: ((seq: number) => void) | undefined
}

export interface BackupSummary {
  readonly fromSeq: number
  readonly toSeq: number
  readonly commits: number
  readonly versions: number
  /** Of the backup. */
  readonly bytes: number
  /** Over all of it, hexadecimal: the last 32 bytes of the file. */
  readonly checksum: string
}

const compress = promisify(zstdCompress)
const compression = {
  params: { [constants.ZSTD_c_compressionLevel]: compressionLevel },
  // In one go: each further piece of output is a round trip between the threads. What does not compress grows
  // by less than a hundredth.
  chunkSize: blockRoomBytes + blockRoomBytes / 64,
}

export class BackupEncoder {
  readonly header: BackupHeader
  readonly #source: BackupSource
  readonly #seal: BlockSeal | undefined
  readonly #frames = new FrameWriter()
  /** Free to be filled again: new memory for each block would have garbage collected every few blocks. */
  readonly #idlePackers: ItemPacker[] = []
  #versions = 0
  #erased = 0
  #bytes = 0
  #isDone = false

  constructor(source: BackupSource) {
    const { manifest, store, database, after, masterKey } = source
    const sealed = masterKey === undefined ? undefined : createBlockSeal(masterKey)
    this.#source = source
    this.#seal = sealed?.seal
    this.header = {
      store,
      database,
      fromSeq: after.seq,
      fromHead: after.head,
      toSeq: manifest.seq,
      toHead: manifest.head,
      takenMicros: Date.now() * 1_000,
      seal: sealed?.header,
    }
  }

  /** Once. @throws LEDGER_CORRUPT naming what is wrong with the log */
  async *chunks(): AsyncGenerator<Buffer> {
    yield this.#counted(magic)
    yield this.#counted(this.#frames.frame('header', encodeHeader(this.header)))
    for await (const content of this.#compressed()) yield this.#frame('block', content)
    const { manifest, after } = this.#source
    const end = {
      commits: manifest.seq - after.seq,
      versions: this.#versions,
      erased: this.#erased,
      merkleRoot: rootOf(after.hash, manifest.merkle),
    }
    yield this.#frame('end', encodeEnd(end))
    this.#isDone = true
  }

  /** After the last chunk. */
  get summary(): BackupSummary {
    assert(this.#isDone, 'the whole backup was read')
    const { fromSeq, toSeq } = this.header
    const checksum = this.#frames.checksum.toString('hex')
    return {
      fromSeq,
      toSeq,
      commits: toSeq - fromSeq,
      versions: this.#versions,
      bytes: this.#bytes,
      checksum,
    }
  }

  async *#compressed(): AsyncGenerator<Buffer> {
    const inFlight: Promise<Buffer>[] = []
    for await (const packer of this.#filled()) {
      const block = this.#compress(packer)
      // It is awaited below, unless something else fails first.
      block.catch(() => undefined)
      inFlight.push(block)
      if (inFlight.length > blocksInFlightMax) yield inFlight.shift() as Promise<Buffer>
    }
    for (const block of inFlight) yield block
  }

  async #compress(packer: ItemPacker): Promise<Buffer> {
    const block = await compress(packer.content(), compression)
    // One that a large item has made grow is given up.
    if (packer.bytes <= blockRoomBytes) this.#idlePackers.push(packer)
    packer.reset()
    return block
  }

  async *#filled(): AsyncGenerator<ItemPacker> {
    const { reader, after, manifest, onProgress } = this.#source
    let packer = this.#emptyPacker()
    let seq = after.seq
    for await (const items of readLog(reader, { after, toSeq: manifest.seq })) {
      for (const item of items) {
        this.#count(item)
        if (item.type === 'commit') seq += 1
        packer.add(item)
        if (packer.bytes < blockBytes) continue
        yield packer
        packer = this.#emptyPacker()
      }
      onProgress?.(seq)
    }
    if (packer.bytes > 0) yield packer
  }

  #emptyPacker(): ItemPacker {
    return this.#idlePackers.pop() ?? new ItemPacker(blockRoomBytes)
  }

  #count(item: LogItem): void {
    if (item.type !== 'commit' && item.payload === undefined) this.#erased += 1
    else if (item.type === 'version') this.#versions += 1
  }

  #frame(kind: 'block' | 'end', body: Uint8Array): Buffer {
    const sealed = this.#seal === undefined ? body : this.#seal.seal(body, this.#frames.number)
    return this.#counted(this.#frames.frame(kind, sealed))
  }

  #counted(chunk: Buffer): Buffer {
    this.#bytes += chunk.length
    return chunk
  }
}
