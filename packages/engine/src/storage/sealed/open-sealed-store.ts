/**
 * Opens a sealed store: reads the root, and the log behind it into memory; makes both in an empty store.
 * Cost: independent of the number of entries; the log is bounded.
 */

import type { KvSnapshot, KvStore, KvStoreLimits } from '../kv-store.ts'
import { storeLimits } from '../limits.ts'
import { storageErrors } from '../storage-errors.ts'
import { ChangeTable } from './change-table.ts'
import { DeadSpace } from './dead-space.ts'
import type { Freed } from './freed.ts'
import { defaultShape, pageCacheBytesDefault, type SealedShape, tableBytesDefault } from './limits.ts'
import { decodeOperations, type LogEnd } from './log.ts'
import { PageCipher, tagBytes } from './page-cipher.ts'
import { keysFrom, numberOfKey, overflowKey, pageKey, rootKey } from './page-keys.ts'
import { publishRoot } from './publish.ts'
import { damagedRecord, readLog } from './read-log.ts'
import { decodeRoot, type Root } from './root.ts'
import { SealedPages } from './sealed-pages.ts'
import type { SealedState } from './sealed-state.ts'
import { SealedStore } from './sealed-store.ts'
import { Versions } from './versions.ts'

export interface SealedStoreOptions {
  /** Belongs to the sealed store from now on, which closes it, also when it cannot be opened. */
  readonly base: KvStore
  /** 32 bytes, used for this store alone. */
  readonly dataKey: Uint8Array
  readonly limits?: Partial<KvStoreLimits>
  /** Decoded leaves kept in memory. Default 32 MiB. */
  readonly cacheBytes?: number
  /** Changes kept in memory until they are merged; up to two such tables. Default 16 MiB. */
  readonly writeBufferBytes?: number
  readonly shape?: Partial<SealedShape>
}

const emptyRoot: Root = {
  version: 0,
  nextPageId: 0,
  nextOverflowId: 0,
  logStart: 1,
  logTag: Buffer.alloc(tagBytes),
  logEnd: 0,
  levels: [],
  freed: [],
}

/**
 * @throws STORAGE_CORRUPT when the root or the log is damaged, or was sealed under another key
 * @example
 * const base = await openLevelStore({ path: './data', compression: false })
 * const store = await openSealedStore({ base, dataKey: randomBytes(32) })
 */
export async function openSealedStore(options: SealedStoreOptions): Promise<SealedStore> {
  try {
    return await openOn(options)
  } catch (error) {
    await options.base.close()
    throw error
  }
}

async function openOn(options: SealedStoreOptions): Promise<SealedStore> {
  const { base, dataKey } = options
  const cipher = new PageCipher(dataKey)
  const snapshot = base.snapshot()
  try {
    const found = await readRoot(snapshot, cipher)
    const root = found ?? emptyRoot
    const table = new ChangeTable()
    const logEnd = found === undefined ? logStartOf(root) : await replayLog(snapshot, cipher, root, table)
    const orphans = await findOrphans(snapshot, root)
    const state: SealedState = {
      base,
      dead: new DeadSpace(base),
      cipher,
      shape: { ...defaultShape, ...options.shape },
      pages: new SealedPages(base, cipher, options.cacheBytes ?? pageCacheBytesDefault),
      versions: new Versions(root.levels, [...root.freed, ...orphans.freed]),
      ids: orphans.ids,
      table,
      frozen: undefined,
      rootVersion: root.version,
      logMerged: logStartOf(root),
      logEnd,
      publishedLogEnd: root.logEnd,
      logBytes: table.bytes,
    }
    if (found === undefined) await publishRoot(state, { levels: [] })
    const limits = { ...storeLimits, ...options.limits }
    return new SealedStore({ state, limits, tableBytes: options.writeBufferBytes ?? tableBytesDefault })
  } finally {
    snapshot.close()
  }
}

async function readRoot(snapshot: KvSnapshot, cipher: PageCipher): Promise<Root | undefined> {
  const sealed = await snapshot.get(rootKey)
  if (sealed === undefined) {
    for await (const _ of snapshot.scan({ gte: Buffer.alloc(0), lt: Buffer.from([0xff]) }, { limit: 1 })) {
      throw damagedRoot('it is missing')
    }
    return undefined
  }
  const content = cipher.open('root', 0, sealed)
  if (content === undefined) throw damagedRoot('its seal is broken, or it was sealed under another data key')
  return decodeRoot(content)
}

/** Gives where the log ends. */
async function replayLog(
  reader: KvSnapshot,
  cipher: PageCipher,
  root: Root,
  table: ChangeTable,
): Promise<LogEnd> {
  let parts: Buffer[] = []
  let end = logStartOf(root)
  let version = 0
  for await (const { record, end: reached } of readLog({ reader, cipher, from: end })) {
    end = reached
    version = record.rootVersion
    parts.push(record.part)
    if (!record.isLast) continue
    table.apply(decodeOperations(parts.length === 1 ? record.part : Buffer.concat(parts)))
    parts = []
  }
  if (parts.length > 0 || end.number < root.logEnd) throw damagedRecord(end.number + 1, 'it is missing')
  if (version !== root.version) {
    throw damagedRoot(`it is version ${root.version}, and the log goes with version ${version}`)
  }
  return end
}

/** Pages of merges that a crash has cut short: no root has ever referred to them. */
async function findOrphans(snapshot: KvSnapshot, root: Root) {
  const [pages, nextPageId] = await orphansOf(snapshot, 'page', root.nextPageId)
  const [overflow, nextOverflowId] = await orphansOf(snapshot, 'overflow', root.nextOverflowId)
  return { freed: [...pages, ...overflow], ids: { nextPageId, nextOverflowId } }
}

async function orphansOf(
  snapshot: KvSnapshot,
  kind: Freed['kind'],
  nextId: number,
): Promise<readonly [Freed[], number]> {
  const range = keysFrom(kind === 'page' ? pageKey : overflowKey, nextId)
  for await (const [last] of snapshot.scan(range, { reverse: true, limit: 1, values: false })) {
    if (last === undefined) break
    const count = numberOfKey(last.key) + 1 - nextId
    return [[{ kind, first: nextId, count, bytes: 0 }], nextId + count]
  }
  return [[], nextId]
}

function logStartOf({ logStart, logTag }: Root): LogEnd {
  return { number: logStart - 1, tag: logTag }
}

function damagedRoot(reason: string) {
  return storageErrors.CORRUPT({ what: 'the root of the sealed store', reason })
}
