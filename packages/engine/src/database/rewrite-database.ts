/**
 * Writes a database anew, entry by entry, into files of another kind: sealed, in the clear, or sealed under
 * another data key.
 * Order: the copy is made beside the old files and proved, then the pointer of the database's folder is
 * switched; until that moment, whatever happens, the old files are in force and untouched. Their lock is held
 * until then, so that nobody writes to them meanwhile.
 */

import { engineErrors } from '../engine-errors.ts'
import { manifestKey } from '../ledger/key-space.ts'
import { bulkSnapshotOf } from '../storage/bulk-snapshot.ts'
import {
  discardGeneration,
  openCurrentStore,
  openGeneration,
  prepareNextGeneration,
  publishGeneration,
} from '../storage/generation.ts'
import type { KvEntry, KvOperation, KvSnapshot, KvStore } from '../storage/kv-store.ts'
import { nameOfKey } from '../verify/key-name.ts'
import { namingSnapshot } from '../verify/named-damage.ts'
import { readManifest } from '../verify/read-manifest.ts'
import { verifyStore } from '../verify/verify-store.ts'
import { copyBatchBytes } from './limits.ts'

export interface RewriteProgress {
  /** Copying entries, comparing them, verifying the chain, verifying the records. */
  readonly phase: 'copy' | 'compare' | 'chain' | 'records'
  readonly done: number
  readonly total: number
}

type OpenStore = (path: string) => Promise<KvStore>

export interface RewriteOptions {
  /** Folder of the database. */
  readonly directory: string
  readonly name: string
  readonly openCurrent: OpenStore
  /** Opens an empty folder. */
  readonly openNext: OpenStore
  readonly onProgress?: ((progress: RewriteProgress) => void) | undefined
}

export interface RewriteReport {
  readonly seq: number
  readonly head: string
  /** Keys that were copied. */
  readonly entries: number
}

const everything = { gte: new Uint8Array(), lt: new Uint8Array([0xff]) }

/** @throws ENGINE_COPY_DAMAGED, STORAGE_LOCKED, STORAGE_CORRUPT, STORAGE_FULL */
export async function rewriteDatabase(options: RewriteOptions): Promise<RewriteReport> {
  const { directory, openCurrent, openNext } = options
  const current = await openCurrentStore(directory, openCurrent)
  let report: RewriteReport
  try {
    const next = await prepareNextGeneration(directory, await openGeneration(directory))
    try {
      const copy = await openNext(next.path)
      try {
        report = await copyInto(copy, current, options)
      } finally {
        await copy.close()
      }
      await publishGeneration(directory, next)
    } catch (error) {
      await discardGeneration(next.path)
      throw error
    }
  } finally {
    await current.close()
  }
  // Removes the old files.
  await (await openCurrentStore(directory, openNext)).close()
  return report
}

async function copyInto(
  copy: KvStore,
  current: KvStore,
  { name, onProgress }: RewriteOptions,
): Promise<RewriteReport> {
  const snapshot = namingSnapshot(await bulkSnapshotOf(current), nameOfKey)
  try {
    // One of an earlier format is refused before it is copied.
    await readManifest(snapshot)
    const total = await countEntries(snapshot)
    await copyEntries(snapshot, copy, (done) => onProgress?.({ phase: 'copy', done, total }))
    const copied = await bulkSnapshotOf(copy)
    try {
      const isSame = await isSameContent(snapshot, copied, (done) =>
        onProgress?.({ phase: 'compare', done, total }),
      )
      if (!isSame) throw engineErrors.COPY_DAMAGED({ name, what: 'an entry is not the one that was copied' })
    } finally {
      copied.close()
    }
    const { findings, seq, head } = await verifyStore(copy, onProgress === undefined ? {} : { onProgress })
    const [first] = findings
    if (first !== undefined) {
      throw engineErrors.COPY_DAMAGED({ name, what: `${first.what}: ${first.reason}` })
    }
    return { seq, head, entries: total }
  } finally {
    snapshot.close()
  }
}

async function countEntries(snapshot: KvSnapshot): Promise<number> {
  let count = 0
  for await (const chunk of snapshot.scan(everything, { values: false })) count += chunk.length
  return count
}

/** The manifest comes last, and durably: a store with a manifest is whole. */
async function copyEntries(
  from: KvSnapshot,
  to: KvStore,
  onCopied: (entries: number) => void,
): Promise<void> {
  let batch: KvOperation[] = []
  let bytes = 0
  let copied = 0
  const flush = async () => {
    await to.commit(batch, { durable: false })
    copied += batch.length
    onCopied(copied)
    batch = []
    bytes = 0
  }
  for await (const chunk of from.scan(everything)) {
    for (const { key, value } of chunk) {
      if (key.equals(manifestKey)) continue
      batch.push({ type: 'put', key, value })
      bytes += key.length + value.length
      if (bytes >= copyBatchBytes) await flush()
    }
  }
  await flush()
  const manifest = await from.get(manifestKey)
  if (manifest !== undefined) await to.commit([{ type: 'put', key: manifestKey, value: manifest }])
}

async function isSameContent(
  a: KvSnapshot,
  b: KvSnapshot,
  onCompared: (entries: number) => void,
): Promise<boolean> {
  const others = entriesOf(b)
  let compared = 0
  for await (const chunk of a.scan(everything)) {
    for (const { key, value } of chunk) {
      const { done, value: other } = await others.next()
      if (done === true || !key.equals(other.key) || !value.equals(other.value)) return false
    }
    compared += chunk.length
    onCompared(compared)
  }
  return (await others.next()).done === true
}

async function* entriesOf(snapshot: KvSnapshot): AsyncGenerator<KvEntry, undefined> {
  for await (const chunk of snapshot.scan(everything)) yield* chunk
}
