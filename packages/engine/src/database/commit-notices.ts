/** Commits as those who follow are told of them. */

import { formatHead } from '../ledger/hash.ts'
import type { CommittedWrite } from '../ledger/write-request.ts'
import type { DatabaseCore } from './database-core.ts'
import type { CommitNotice, EngineFeed } from './engine-feed.ts'

export function tellCommits(feed: EngineFeed, core: DatabaseCore, writes: readonly CommittedWrite[]): void {
  if (!feed.isWatched) return
  for (const write of writes) {
    feed.tell({ type: 'commit', database: core.name, commit: noticeOf(core, write) })
  }
}

export function noticeOf(core: DatabaseCore, { seq, head, request }: CommittedWrite): CommitNotice {
  const tables = [...new Set(request.mutations.map(({ table }) => table))]
  const branch = core.catalogs.newest().branchByNumber(request.branch)?.name
  return { seq, head: formatHead(core.hash, head), tables, branch }
}
