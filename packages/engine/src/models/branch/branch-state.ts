/**
 * From branches to readers of them: which layers of keys a state consists of.
 * A state is a branch and a commit; up to the fork it is the parent's.
 */

import { must } from '@dendrodb/protocol'
import type { BranchDefinition } from '../../catalog/definitions.ts'
import type { StoredCatalog } from '../../catalog/stored-catalog.ts'
import type { LedgerHash } from '../../ledger/hash.ts'
import { kindRange, mainBranch } from '../../ledger/key-space.ts'
import { ledgerErrors } from '../../ledger/ledger-errors.ts'
import type { KvReader } from '../../ledger/overlay.ts'
import type { MaybePromise } from '../../storage/kv-store.ts'
import { BranchReader } from './branch-reader.ts'
import { PastState } from './past-state.ts'

export interface State {
  /** Number of the branch. */
  readonly branch: number
  readonly seq: number
}

export type BranchOf = (number: number) => BranchDefinition | undefined

export interface StateSource {
  /** Durable keys of the whole database. */
  readonly snapshot: KvReader
  readonly hash: LedgerHash
  /** Newest commit in the snapshot. */
  readonly newestSeq: number
  readonly branchOf: BranchOf
  /** Main's definitions as of the fork from it; what is inherited is indexed by these. */
  readonly atFork: StoredCatalog
  /** Records of a table at a fork, from what counts them. */
  readonly countAtFork: (
    branch: number,
    tableId: number,
    count: () => Promise<number>,
  ) => MaybePromise<number>
}

/**
 * The state of a branch as it is now.
 * @param own where its own keys are, should there be newer ones than in the snapshot
 */
export function branchReader(
  source: StateSource,
  { number, parent, forkedAt }: BranchDefinition,
  own: KvReader = source.snapshot,
): KvReader {
  return new BranchReader({
    branch: number,
    own,
    base: pastState(source, { branch: parent, seq: forkedAt }),
    countAtFork: (tableId, base) => source.countAtFork(number, tableId, () => countRecords(base, tableId)),
  })
}

/** Records of the table that the branch began with. Cost: those of the table's history. */
export function countAtFork(
  source: StateSource,
  { parent, forkedAt }: BranchDefinition,
  tableId: number,
): Promise<number> {
  return countRecords(pastState(source, { branch: parent, seq: forkedAt }), tableId)
}

/** The state as it was at its commit. */
function pastState(source: StateSource, state: State): PastState {
  const [{ branch, seq }] = layersOf(source.branchOf, state)
  const { snapshot, hash, newestSeq, atFork } = source
  const reader =
    branch === mainBranch ? snapshot : branchReader(source, definitionOf(source.branchOf, branch))
  return new PastState({ reader, hash, seq, newestSeq, indexById: (id) => atFork.indexById(id) })
}

/**
 * The branches that a state has keys of, itself first and main last, each with the newest commit of it that
 * counts. A branch that had not been forked at the commit is left out.
 */
export function layersOf(branchOf: BranchOf, state: State): [State, ...State[]] {
  const layers: State[] = []
  let { branch, seq } = state
  while (branch !== mainBranch) {
    const { parent, forkedAt } = definitionOf(branchOf, branch)
    if (seq > forkedAt) layers.push({ branch, seq })
    seq = Math.min(seq, forkedAt)
    branch = parent
  }
  const [first, ...rest] = [...layers, { branch, seq }]
  return [must(first, 'main'), ...rest]
}

/** Main's newest commit that the branch shows. */
export function mainSeqOf(branchOf: BranchOf, branch: number): number {
  const layers = layersOf(branchOf, { branch, seq: Number.MAX_SAFE_INTEGER })
  return must(layers.at(-1), 'main').seq
}

/** @throws LEDGER_CORRUPT */
function definitionOf(branchOf: BranchOf, branch: number): BranchDefinition {
  const found = branchOf(branch)
  if (found !== undefined) return found
  throw ledgerErrors.CORRUPT({
    what: `branch ${branch}`,
    reason: 'another one was forked from it, and it is missing',
  })
}

async function countRecords(base: PastState, tableId: number): Promise<number> {
  let count = 0
  for await (const chunk of base.records(kindRange('record', mainBranch, tableId), { values: false })) {
    count += chunk.length
  }
  return count
}
