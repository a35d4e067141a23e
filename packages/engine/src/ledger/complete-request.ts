/** What a request may not know of the records that it replaces. */

import { chain } from '../storage/chain.ts'
import type { MaybePromise } from '../storage/kv-store.ts'
import { earlierVersionsIn } from './current-record.ts'
import { noEarlierVersions } from './earlier-versions.ts'
import { recordKey } from './key-space.ts'
import type { KvReader } from './overlay.ts'
import type { WriteRequest } from './write-request.ts'

/**
 * The request with the versions before those that it replaces, where it does not know them, or where they may
 * have become others behind the commit that it has seen.
 * @param relistedSeq behind this commit records have come to list other versions before them
 */
export function withEarlierVersions(
  request: WriteRequest,
  reader: KvReader,
  relistedSeq: number,
): MaybePromise<WriteRequest> {
  const { branch, mutations, readSeq } = request
  if (readSeq > relistedSeq && mutations.every(({ prevEarlier }) => prevEarlier !== undefined)) return request
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
