/**
 * What a request cannot know of the records that it changes, or no longer knows for certain.
 * Why: retention takes old versions away without a commit, so that the window of conflicts does not see that
 * records list fewer versions from then on, and that entries count as in force since a later commit.
 */

import { chain } from '../storage/chain.ts'
import type { MaybePromise } from '../storage/kv-store.ts'
import { earlierVersionsIn } from './current-record.ts'
import { noEarlierVersions } from './earlier-versions.ts'
import { decodeLiveEntry } from './index-entry.ts'
import { indexKey, recordKey } from './key-space.ts'
import type { KvReader } from './overlay.ts'
import type { IndexChange, WriteRequest } from './write-request.ts'

/** @param recutSeq the newest commit behind which retention has taken versions away */
export function completeRequest(
  request: WriteRequest,
  reader: KvReader,
  recutSeq: number,
): MaybePromise<WriteRequest> {
  const isOutdated = request.readSeq <= recutSeq
  const isKnown = request.mutations.every(({ prevEarlier }) => prevEarlier !== undefined)
  if (!isOutdated) return isKnown ? request : withEarlierVersions(request, reader)
  return chain(withEarlierVersions(request, reader), (listed) => withSince(listed, reader))
}

/** With the versions before those that it replaces. */
function withEarlierVersions(request: WriteRequest, reader: KvReader): MaybePromise<WriteRequest> {
  const { branch, mutations } = request
  const keys = mutations.map(({ tableId, idKey }) => recordKey(branch, tableId, idKey))
  return chain(reader.getMany(keys), (records) => ({
    ...request,
    mutations: mutations.map((mutation, at) => {
      const record = records[at]
      const prevEarlier = record === undefined ? noEarlierVersions : earlierVersionsIn(record)
      return { ...mutation, prevEarlier }
    }),
  }))
}

/** With the commits since which the entries that it removes have been in force. */
function withSince(request: WriteRequest, reader: KvReader): MaybePromise<WriteRequest> {
  const { branch, indexChanges } = request
  const removed = indexChanges.filter((change) => change.op === 'remove')
  const keys = removed.map(({ indexId, entry, isUnique, idKey }) =>
    indexKey(branch, indexId, entry, isUnique ? undefined : idKey),
  )
  return chain(reader.getMany(keys), (entries) => {
    const changed = new Map<IndexChange, IndexChange>()
    for (const [at, change] of removed.entries()) {
      const stored = entries[at]
      if (stored !== undefined) changed.set(change, { ...change, since: decodeLiveEntry(stored).since })
    }
    return { ...request, indexChanges: indexChanges.map((change) => changed.get(change) ?? change) }
  })
}
