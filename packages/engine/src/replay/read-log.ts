/**
 * The log of a store as a stream.
 * How: commits, metadata, versions and marks of what was forgotten lie under four kinds of keys, each in the
 * order of commits; four scans go side by side.
 * Invariant: what comes out hangs together by its hashes from the start on, and is complete; payloads are
 * passed on unopened.
 */

import {
  type ForgottenPlace,
  forgottenKey,
  metaPlace,
  payloadKey,
  placeOfVersion,
} from '../ledger/forgotten-mark.ts'
import { keyOf, kindRange } from '../ledger/key-space.ts'
import { ledgerErrors } from '../ledger/ledger-errors.ts'
import type { KvReader } from '../ledger/overlay.ts'
import type { KvEntry } from '../storage/kv-store.ts'
import { chunkBytesMax, itemsPerChunk } from './limits.ts'
import { type ChainPoint, LogChain } from './log-chain.ts'
import type { LogItem, LogPayload } from './log-item.ts'

export interface LogRange {
  /** The commit before the first one that is read. */
  readonly after: ChainPoint
  /** The last one. */
  readonly toSeq: number
}

/**
 * Gives the place in the chain that it has come to. @throws LEDGER_CORRUPT naming what is missing or wrong
 */
export async function* readLog(
  reader: KvReader,
  range: LogRange,
): AsyncGenerator<readonly LogItem[], ChainPoint> {
  const source = new LogSource(reader, range)
  try {
    let items: LogItem[] = []
    let bytes = 0
    for (let next = source.next(); next !== 'end'; next = source.next()) {
      if (next instanceof EntryQueue) {
        await next.fill()
        continue
      }
      items.push(next)
      bytes += next.type === 'commit' ? next.stored.length : (next.payload?.length ?? 0)
      if (items.length < itemsPerChunk && bytes < chunkBytesMax) continue
      yield items
      items = []
      bytes = 0
    }
    if (items.length > 0) yield items
    return source.chain.finish()
  } finally {
    await source.close()
  }
}

class LogSource {
  readonly chain: LogChain
  readonly #toSeq: number
  readonly #commits: EntryQueue
  readonly #metas: EntryQueue
  readonly #versions: EntryQueue
  readonly #forgotten: EntryQueue

  constructor(reader: KvReader, { after, toSeq }: LogRange) {
    this.chain = new LogChain(after)
    this.#toSeq = toSeq
    const open = (kind: LogKind) => new EntryQueue(reader, kind, after.seq + 1)
    this.#commits = open('commit')
    this.#metas = open('meta')
    this.#versions = open('version')
    this.#forgotten = open('forgotten')
  }

  /** The next item; the queue that has to be filled first. */
  next(): LogItem | EntryQueue | 'end' {
    switch (this.chain.expected) {
      case 'commit':
        return this.chain.point.seq === this.#toSeq ? 'end' : this.#nextCommit()
      case 'meta':
        return this.#nextMeta()
      default:
        return this.#nextVersion()
    }
  }

  async close(): Promise<void> {
    await Promise.all(
      [this.#commits, this.#metas, this.#versions, this.#forgotten].map((queue) => queue.close()),
    )
  }

  #nextCommit(): LogItem | EntryQueue {
    const seq = this.chain.point.seq + 1
    const stored = this.#commits.peek(keyOf('commit', seq))
    if (stored === 'unread') return this.#commits
    if (stored === undefined) throw missing(`commit ${seq}`)
    this.chain.commit(stored)
    return { type: 'commit', stored }
  }

  #nextMeta(): LogItem | EntryQueue {
    const { seq } = this.chain.point
    const found = this.#payload(this.#metas, { seq, place: metaPlace }, `the metadata of commit ${seq}`)
    if (found instanceof EntryQueue) return found
    this.chain.meta(found.payload)
    return { type: 'meta', ...found }
  }

  #nextVersion(): LogItem | EntryQueue {
    const { n, point } = this.chain
    const place = { seq: point.seq, place: placeOfVersion(n) }
    const found = this.#payload(this.#versions, place, `version ${n} of commit ${point.seq}`)
    if (found instanceof EntryQueue) return found
    this.chain.version()
    return { type: 'version', ...found }
  }

  /** @throws LEDGER_CORRUPT where nothing says that it was forgotten */
  #payload(payloads: EntryQueue, place: ForgottenPlace, what: string): LogPayload | EntryQueue {
    const payload = payloads.peek(payloadKey(place))
    if (payload === 'unread') return payloads
    if (payload !== undefined) return { payload }
    const mark = this.#forgotten.peek(forgottenKey(place))
    if (mark === 'unread') return this.#forgotten
    if (mark === undefined) throw missing(what)
    return { payload: undefined, mark }
  }
}

function missing(what: string): Error {
  return ledgerErrors.CORRUPT({ what, reason: 'it is missing' })
}

type LogKind = 'commit' | 'meta' | 'version' | 'forgotten'

/** Entries of a kind that are asked for in the order of their keys. The next ones are read ahead. */
class EntryQueue {
  readonly #chunks: AsyncIterator<readonly KvEntry[]>
  #ahead: Promise<IteratorResult<readonly KvEntry[]>>
  /** `undefined`: there are no more. */
  #chunk: readonly KvEntry[] | undefined = []
  #at = 0

  constructor(reader: KvReader, kind: LogKind, fromSeq: number) {
    const range = { gte: keyOf(kind, fromSeq), lt: kindRange(kind).lt }
    this.#chunks = reader.scan(range, { chunkEntries: itemsPerChunk })[Symbol.asyncIterator]()
    this.#ahead = this.#readAhead()
  }

  /** The value under the key; `undefined`: there is no such key. Earlier keys are passed over. */
  peek(key: Buffer): Buffer | undefined | 'unread' {
    while (this.#chunk !== undefined) {
      const entry = this.#chunk[this.#at]
      if (entry === undefined) return 'unread'
      const order = Buffer.compare(entry.key, key)
      if (order > 0) return undefined
      if (order === 0) return entry.value
      this.#at += 1
    }
    return undefined
  }

  async fill(): Promise<void> {
    const { done, value } = await this.#ahead
    this.#chunk = done === true ? undefined : value
    this.#at = 0
    if (done !== true) this.#ahead = this.#readAhead()
  }

  async close(): Promise<void> {
    await this.#ahead.catch(() => undefined)
    await this.#chunks.return?.()
  }

  #readAhead(): Promise<IteratorResult<readonly KvEntry[]>> {
    const next = this.#chunks.next()
    // Told to whoever fills next.
    next.catch(() => undefined)
    return next
  }
}
