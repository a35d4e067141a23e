/**
 * Unique keys that a request adds.
 * Why not left to the window of conflicts alone: an index build adds entries without a commit.
 */

import { keyText } from '../storage/key-text.ts'
import type { MaybePromise } from '../storage/kv-store.ts'
import { decodeLiveEntry } from './index-entry.ts'
import { indexKey } from './key-space.ts'
import type { KvReader } from './overlay.ts'
import type { WriteRequest } from './write-request.ts'

/**
 * Whether every one is free, or freed by the request itself. On a branch: what it inherited cannot have
 * changed since the request saw it.
 */
export function holdUniqueClaims(request: WriteRequest, reader: KvReader): MaybePromise<boolean> {
  const claims = request.indexChanges.filter((change) => change.isUnique && change.op === 'add')
  if (claims.length === 0) return true
  const freed = new Set<string>()
  for (const { op, isUnique, indexId, entry, idKey } of request.indexChanges) {
    if (op === 'remove' && isUnique) freed.add(claimText(indexId, entry, idKey))
  }
  const isFree = (stored: Buffer | undefined, at: number) => {
    const claim = claims[at]
    const holder = stored === undefined ? undefined : decodeLiveEntry(stored).idKey
    if (claim === undefined || holder === undefined || Buffer.compare(holder, claim.idKey) === 0) return true
    return freed.has(claimText(claim.indexId, claim.entry, holder))
  }
  const { branch } = request
  const holders = reader.getMany(claims.map(({ indexId, entry }) => indexKey(branch, indexId, entry)))
  return holders instanceof Promise ? holders.then((found) => found.every(isFree)) : holders.every(isFree)
}

function claimText(indexId: number, entry: Uint8Array, idKey: Uint8Array): string {
  return `${indexId}:${entry.length}:${keyText(entry)}${keyText(idKey)}`
}
