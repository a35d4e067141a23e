/** Which commits are on branches, as their own bytes have it. */

import { systemTables } from '../catalog/system-tables.ts'
import { decodeCommit } from '../ledger/commit.ts'
import { kindRange, mainBranch } from '../ledger/key-space.ts'
import type { KvReader } from '../ledger/overlay.ts'
import type { KeyRange } from '../storage/kv-store.ts'
import { Findings } from './findings.ts'
import { KeyCursor } from './key-cursor.ts'
import { SeqSet } from './seq-set.ts'

/** None, without a look at the commits, where there never was a branch. */
export async function readBranchCommits(reader: KvReader): Promise<SeqSet> {
  const commits = new SeqSet()
  const branches = openCursor(reader, kindRange('history', mainBranch, systemTables.branch.id))
  const hasBranches = (await branches.peek()) !== undefined
  await branches.close()
  if (!hasBranches) return commits
  const cursor = openCursor(reader, kindRange('commit'))
  for (let entry = await cursor.peek(); entry !== undefined; entry = await cursor.peek()) {
    cursor.advance()
    try {
      const { seq, branch } = decodeCommit(entry.value)
      if (branch !== mainBranch) commits.add(seq)
    } catch {
      // As what cannot be read, it is named by the pass over the chain.
    }
  }
  return commits
}

function openCursor(reader: KvReader, range: KeyRange): KeyCursor {
  return new KeyCursor(reader, range, 'a commit', new Findings())
}
