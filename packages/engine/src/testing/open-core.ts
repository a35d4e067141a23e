/**
 * A database core for tests, on the memory store unless another is given.
 */

import { type HashName, RecordId, type RecordKey } from '@dendrodb/protocol'
import { DatabaseCore } from '../database/database-core.ts'
import { openLedger } from '../database/open-core.ts'
import type { KvStore } from '../storage/kv-store.ts'
import { openMemoryStore } from '../storage/memory/memory-store.ts'

export async function openTestCore(
  store: KvStore = openMemoryStore(),
  hash?: HashName,
): Promise<DatabaseCore> {
  const ledger = await openLedger('test', store, hash)
  const bytes = 1024 * 1024
  const caches = {
    recordCacheBytes: bytes,
    scanCacheBytes: bytes,
    rangeCacheBytes: bytes,
    versionCacheBytes: bytes,
  }
  return new DatabaseCore({ name: 'test', store, ...ledger, ...caches })
}

export function recordOf(table: string) {
  return (key: RecordKey) => new RecordId(table, key)
}

export async function collect<T>(chunks: AsyncIterable<readonly T[]>): Promise<T[]> {
  const all: T[] = []
  for await (const chunk of chunks) all.push(...chunk)
  return all
}
