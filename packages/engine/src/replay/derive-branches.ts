/**
 * What follows from the history of each branch, as derive-records.ts makes it for main.
 * Invariant: branches come behind those they were forked from, as their versions are linked with those of
 * their parent. Of a branch that was removed only its history is left.
 */

import type { StoredCatalog } from '../catalog/stored-catalog.ts'
import type { LedgerHash } from '../ledger/hash.ts'
import { encodeHistoryEntry } from '../ledger/history-entry.ts'
import { deriveBranch } from '../models/branch/derive-branch.ts'
import { inheritedVersions, readBranches, tablesOfBranch } from '../models/branch/stored-branches.ts'
import { bulkSnapshotOf } from '../storage/bulk-snapshot.ts'
import type { KvSnapshot, KvStore } from '../storage/kv-store.ts'
import type { BulkWriter } from './bulk-writer.ts'

export interface BranchDerivation {
  readonly store: KvStore
  readonly writer: BulkWriter
  readonly hash: LedgerHash
  /** Main's, as of the last commit. */
  readonly catalog: StoredCatalog
  readonly newestSeq: number
  readonly onProgress: (versionsDone: number) => void
}

export async function deriveBranches(derivation: BranchDerivation): Promise<void> {
  const { writer } = derivation
  const known = await onSnapshot(derivation, (snapshot) => readBranches(snapshot))
  let done = 0
  for (const definition of known.values()) {
    await onSnapshot(derivation, async (reader) => {
      const { hash, newestSeq, catalog, onProgress } = derivation
      const branches = { reader, hash, newestSeq, catalog, known }
      const tables = await tablesOfBranch(branches, definition)
      await deriveBranch({
        reader,
        hash,
        definition,
        parent: inheritedVersions(branches, definition),
        tableById: (id) => tables?.get(id),
        sink: {
          version: (item, links) => writer.put(item.key, encodeHistoryEntry({ ...item, ...links })),
          put: (key, value) => {
            if (tables !== undefined) writer.put(key, value)
          },
          afterChunk: async (items) => {
            done += items.length
            onProgress(done)
            if (writer.isFull) await writer.flush()
          },
        },
      })
    })
  }
}

/** A snapshot that shows everything that was written before. */
async function onSnapshot<T>(
  { store, writer }: BranchDerivation,
  read: (snapshot: KvSnapshot) => Promise<T>,
): Promise<T> {
  await writer.settle()
  const snapshot = await bulkSnapshotOf(store)
  try {
    return await read(snapshot)
  } finally {
    snapshot.close()
  }
}
