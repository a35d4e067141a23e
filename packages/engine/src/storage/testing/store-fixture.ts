/** What the parts of the suite share: a store per test, and short ways to write and read. */

import { expect } from 'vitest'
import type { KeyRange, KvEntry, KvOperation, KvSnapshot, KvStore, ScanOptions } from '../kv-store.ts'
import type { OpenedStore, OpenStore } from './opened-store.ts'

/** Above every key that the tests use. */
const aboveAll = Buffer.alloc(64, 0xff)
export const everything = { gte: Buffer.alloc(0), lt: aboveAll }

export async function withStore(
  open: OpenStore,
  run: (opened: OpenedStore) => Promise<void>,
  ...options: Parameters<OpenStore>
): Promise<void> {
  const opened = await open(...options)
  try {
    await run(opened)
  } finally {
    await opened.dispose()
  }
}

export function put(key: Uint8Array | string, value: Uint8Array | string): KvOperation {
  return { type: 'put', key: bytes(key), value: bytes(value) }
}

export function del(key: Uint8Array | string): KvOperation {
  return { type: 'delete', key: bytes(key) }
}

function bytes(text: Uint8Array | string): Uint8Array {
  return typeof text === 'string' ? Buffer.from(text) : text
}

/** Runs `read` on a snapshot of its own. */
export async function reading<T>(store: KvStore, read: (snapshot: KvSnapshot) => Promise<T> | T): Promise<T> {
  const snapshot = store.snapshot()
  try {
    return await read(snapshot)
  } finally {
    snapshot.close()
  }
}

export async function getText(store: KvStore, key: string): Promise<string | undefined> {
  return reading(store, async (snapshot) => (await snapshot.get(Buffer.from(key)))?.toString())
}

export async function entriesOf(
  snapshot: KvSnapshot,
  options?: ScanOptions,
  range: KeyRange = everything,
): Promise<KvEntry[]> {
  const entries: KvEntry[] = []
  for await (const chunk of snapshot.scan(range, options)) entries.push(...chunk)
  return entries
}

/** `key=value` of all entries, in order. */
export async function contentOf(store: KvStore, options?: ScanOptions): Promise<string[]> {
  const entries = await reading(store, (snapshot) => entriesOf(snapshot, options))
  return entries.map(({ key, value }) => `${key}=${value}`)
}

export async function expectCode(code: string, run: () => unknown): Promise<void> {
  await expect(async () => run()).rejects.toMatchObject({ code })
}
