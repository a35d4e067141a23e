/**
 * Branches as the log has them: what a verification goes through, and what a replay makes.
 * Why from history: it is there before anything that is derived from it, and stays when a branch is removed.
 */

import { decodeCanonical, must, type ValueObject } from '@dendrodb/protocol'
import { decodeBranch } from '../../catalog/definition-codec.ts'
import type { BranchDefinition, TableDefinition } from '../../catalog/definitions.ts'
import { readCatalog } from '../../catalog/read-catalog.ts'
import { StoredCatalog } from '../../catalog/stored-catalog.ts'
import { systemTables } from '../../catalog/system-tables.ts'
import type { LedgerHash } from '../../ledger/hash.ts'
import { decodeHistory } from '../../ledger/history-entry.ts'
import { keyOf, kindRange, mainBranch } from '../../ledger/key-space.ts'
import { ledgerErrors } from '../../ledger/ledger-errors.ts'
import type { KvReader } from '../../ledger/overlay.ts'
import { openVersion } from '../../ledger/record-version.ts'
import type { KvEntry } from '../../storage/kv-store.ts'
import { scanRecordsAt } from '../history/past-records.ts'
import { branchReader, layersOf, mainSeqOf, type StateSource } from './branch-state.ts'

export interface StoredBranches {
  readonly reader: KvReader
  readonly hash: LedgerHash
  /** Newest commit that the reader shows. */
  readonly newestSeq: number
  /** Main's definitions of now. */
  readonly catalog: StoredCatalog
  /** All that there ever were, by number. */
  readonly known: KnownBranches
}

export type KnownBranches = ReadonlyMap<number, BranchDefinition>

/** Tables of a branch by number, with the indexes that it keeps. */
export type BranchTables = ReadonlyMap<number, TableDefinition>

/** Where the history of branches is. */
export const branchHistory = kindRange('history', mainBranch, systemTables.branch.id)

/** All branches that there ever were: each behind the one that it was forked from. @throws LEDGER_CORRUPT */
export async function readBranches(reader: KvReader): Promise<Map<number, BranchDefinition>> {
  const found: BranchDefinition[] = []
  for await (const chunk of reader.scan(branchHistory)) {
    for (const entry of chunk) {
      const branch = await branchIn(reader, entry)
      if (branch !== undefined) found.push(branch)
    }
  }
  const known = byNumber(found)
  for (const { name, number } of found) {
    if (known.has(number)) continue
    throw ledgerErrors.CORRUPT({ what: `branch ${name}`, reason: 'what it was forked from is missing' })
  }
  return known
}

/**
 * Numbers are given in the order in which branches are made.
 * Without those whose parent is not among them: then the record of that one is damaged.
 */
export function byNumber(branches: readonly BranchDefinition[]): Map<number, BranchDefinition> {
  const known = new Map<number, BranchDefinition>()
  for (const branch of branches.toSorted((a, b) => a.number - b.number)) {
    if (branch.parent === mainBranch || known.has(branch.parent)) known.set(branch.number, branch)
  }
  return known
}

/** The branch that a history entry begins; `undefined`: it ends one. */
export async function branchIn(reader: KvReader, entry: KvEntry): Promise<BranchDefinition | undefined> {
  const { isPut, seq, n } = decodeHistory(entry)
  const payload = isPut ? await reader.get(keyOf('version', seq, n)) : undefined
  const version = payload && openVersion(payload)
  if (version?.bytes === undefined) return undefined
  return decodeBranch(version.key as string, decodeCanonical(version.bytes) as ValueObject)
}

/** `undefined`: the branch was removed. */
export async function tablesOfBranch(
  branches: StoredBranches,
  branch: BranchDefinition,
): Promise<BranchTables | undefined> {
  const { reader, newestSeq, catalog, known } = branches
  if (catalog.branch(branch.name)?.number !== branch.number) return undefined
  const mainSeq = mainSeqOf((number) => known.get(number), branch.number)
  const atFork = await readCatalog((table) => scanRecordsAt(reader, mainSeq, table))
  const state = branchReader(sourceOf(branches, atFork), branch)
  const own = await readCatalog((table) => scanRecordsAt(state, newestSeq, table))
  const tables = [...own.onBranch(atFork, catalog).tables()].map((table): [number, TableDefinition] => {
    return [table.id, { ...table, indexes: table.indexes.filter(({ state }) => state === 'ready') }]
  })
  return new Map(tables)
}

/** Shows the versions that the branch began with by the keys of main, also where its parent was removed. */
export function inheritedVersions(
  branches: StoredBranches,
  { parent, forkedAt }: BranchDefinition,
): KvReader {
  const source = sourceOf(branches, StoredCatalog.empty)
  const [{ branch }] = layersOf(source.branchOf, { branch: parent, seq: forkedAt })
  return branch === mainBranch
    ? branches.reader
    : branchReader(source, must(branches.known.get(branch), 'a branch that another one was forked from'))
}

function sourceOf({ reader, hash, newestSeq, known }: StoredBranches, atFork: StoredCatalog): StateSource {
  return {
    snapshot: reader,
    hash,
    newestSeq,
    branchOf: (number) => known.get(number),
    atFork,
    countAtFork: (_branch, _tableId, count) => count(),
  }
}
