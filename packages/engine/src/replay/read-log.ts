/**
 * The log of a store as a stream.
 * How: commits, metadata and versions lie under three kinds of keys, each in the order of commits; three
 * scans go side by side.
 * Invariant: what comes out hangs together by its hashes from the start on, and is complete; payloads are
 * passed on unopened.
 */

import { keyOf, kindRange } from '../ledger/key-space.ts'
import { ledgerErrors } from '../ledger/ledger-errors.ts'
import type { KvReader } from '../ledger/overlay.ts'
import type { KvEntry } from '../storage/kv-store.ts'
import { chunkBytesMax, itemsPerChunk } from './limits.ts'
import { type ChainPoint, LogChain } from './log-chain.ts'
import type { LogItem } from './log-item.ts'

export interface LogRange {
  /** The commit before the first one that is read. */
  readonly after: ChainPoint
  /** The last one. */
  readonly toSeq: number
  /** Whether payloads of the commit may be missing because they were erased. Default: none was. */
  readonly isErased?: (seq: number) => boolean
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
  readonly #isErased: (seq: number) => boolean
  readonly #commits: EntryQueue
  readonly #metas: EntryQueue
  readonly #versions: EntryQueue

  constructor(reader: KvReader, { after, toSeq, isErased = () => false }: LogRange) {
    this.chain = new LogChain(after)
    this.#toSeq = toSeq
    this.#isErased = isErased
    const open = (kind: 'commit' | 'meta' | 'version') => new EntryQueue(reader, kind, after.seq + 1)
    this.#commits = open('commit')
    this.#metas = open('meta')
    this.#versions = open('version')
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
    await Promise.all([this.#commits.close(), this.#metas.close(), this.#versions.close()])
  }

  #nextCommit(): LogItem | EntryQueue {
    const seq = this.chain.point.seq + 1
    const stored = this.#commits.take(keyOf('commit', seq))
    if (stored === 'unread') return this.#commits
    if (stored === undefined) throw missing(`commit ${seq}`)
    this.chain.commit(stored)
    return { type: 'commit', stored }
  }

  #nextMeta(): LogItem | EntryQueue {
    const { seq } = this.chain.point
    const payload = this.#metas.take(keyOf('meta', seq))
    if (payload === 'unread') return this.#metas
    if (payload === undefined && !this.#isErased(seq)) throw missing(`the metadata of commit ${seq}`)
    this.chain.meta(payload)
    return { type: 'meta', payload }
  }

  #nextVersion(): LogItem | EntryQueue {
    const { n, point } = this.chain
    const payload = this.#versions.take(keyOf('version', point.seq, n))
    if (payload === 'unread') return this.#versions
    if (payload === undefined && !this.#isErased(point.seq)) {
      throw missing(`version ${n} of commit ${point.seq}`)
    }
    this.chain.version()
    return { type: 'version', payload }
  }
}

function missing(what: string): Error {
  return ledgerErrors.CORRUPT({ what, reason: 'it is missing' })
}

/** Entries of a kind that are asked for in the order of their keys. The next ones are read ahead. */
class EntryQueue {
  readonly #chunks: AsyncIterator<readonly KvEntry[]>
  #ahead: Promise<IteratorResult<readonly KvEntry[]>>
  /** `undefined`: there are no more. */
  #chunk: readonly KvEntry[] | undefined = []
  #at = 0

  constructor(reader: KvReader, kind: 'commit' | 'meta' | 'version', fromSeq: number) {
    const range = { gte: keyOf(kind, fromSeq), lt: kindRange(kind).lt }
    this.#chunks = reader.scan(range, { chunkEntries: itemsPerChunk })[Symbol.asyncIterator]()
    this.#ahead = this.#readAhead()
  }

  /** The value under the key; `undefined`: there is no such key. Earlier keys are passed over. */
  take(key: Buffer): Buffer | undefined | 'unread' {
    while (this.#chunk !== undefined) {
      const entry = this.#chunk[this.#at]
      if (entry === undefined) return 'unread'
      const order = Buffer.compare(entry.key, key)
      if (order > 0) return undefined
      this.#at += 1
      if (order === 0) return entry.value
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
