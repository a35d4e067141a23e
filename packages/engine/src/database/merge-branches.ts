/**
 * Merges one branch into another: finds the base, plans, and carries out in one transaction on the target.
 */

import { RecordId, type Value } from '@dendrodb/protocol'
import { mergeTable } from '../catalog/system-tables.ts'
import { headOf } from '../ledger/commit.ts'
import { formatHead } from '../ledger/hash.ts'
import { keyOf } from '../ledger/key-space.ts'
import { ledgerErrors } from '../ledger/ledger-errors.ts'
import { causesPerCommitMax } from '../ledger/limits.ts'
import type { WriteMeta } from '../ledger/write-meta.ts'
import { applySteps, type Refusals } from '../models/branch/apply-steps.ts'
import { branchErrors } from '../models/branch/branch-errors.ts'
import type { BranchOf, State } from '../models/branch/branch-state.ts'
import { isObject, type MergeConflict, type Resolutions } from '../models/branch/merge-conflict.ts'
import { NewestCommits, planMerge } from '../models/branch/plan-merge.ts'
import { commonAncestor, mergeTouched, touchedSince } from '../models/branch/touched-records.ts'
import type { RecordTx } from '../models/document/record-tx.ts'
import type { ReadView, StoredRecord } from '../models/model.ts'
import type { MergeAnswer, MergeOptions, Receipt, WriteOptions } from '../query/host.ts'
import type { DatabaseCore } from './database-core.ts'
import type { HeldSnapshot } from './shared-snapshot.ts'

export interface NamedBranch {
  readonly name: string
  readonly number: number
}

interface Merge {
  readonly core: DatabaseCore
  readonly source: NamedBranch
  readonly target: NamedBranch
  readonly strict: boolean
  readonly resolutions: Resolutions
  /** What the caller says about it. */
  readonly meta: WriteMeta
}

/** What came of the work; the receipt is that of the commit that it makes, or of the newest one. */
interface Outcome {
  readonly status: MergeAnswer['status']
  readonly changed: number
  readonly resolved: number
  readonly conflicts: readonly MergeConflict[]
  readonly conflictCount: number
}

/** @throws BRANCH_*, LEDGER_*, CATALOG_NOT_A_RELATION */
export async function mergeBranches(
  core: DatabaseCore,
  source: NamedBranch,
  target: NamedBranch,
  {
    strict = false,
    resolve,
    resolutions,
    meta,
    signal,
  }: MergeOptions & { readonly resolutions: Resolutions },
): Promise<MergeAnswer> {
  if (source.number === target.number) throw branchErrors.MERGE_SELF({ name: source.name })
  const merge: Merge = { core, source, target, strict, resolutions, meta: meta ?? {} }
  const request = ['merge branch', source.name, target.name, strict, resolve]
  const options: WriteOptions = { ...(meta && { meta, request }), ...(signal && { signal }) }
  const work = (tx: RecordTx) => mergeInto(merge, tx)
  const { result, receipt } = await core.branches.write(target.number, work, options)
  return answerOf(merge, result, receipt)
}

function answerOf({ source, target }: Merge, outcome: Outcome, receipt: Receipt): MergeAnswer {
  return { source: source.name, target: target.name, ...outcome, ...receipt }
}

async function mergeInto(merge: Merge, tx: RecordTx): Promise<Outcome> {
  const { core, source, target } = merge
  const held = await core.holdSnapshot()
  const views: ReadView[] = []
  const open = async (state: State) => {
    const view = await core.branches.viewOf(state.branch, { seq: state.seq })
    views.push(view)
    return view
  }
  try {
    const main = core.catalogs.at(held.manifest.seq)
    const branchOf: BranchOf = (number) => main.branchByNumber(number)
    const from: State = { branch: source.number, seq: held.manifest.seq }
    const into: State = { branch: target.number, seq: held.manifest.seq }
    const sourceView = await open(from)
    const ancestor = commonAncestor(branchOf, from, into)
    const base = await newestBase({ tx, sourceView, source, target, ancestor })
    const commits = new NewestCommits()
    const onWay = (start: State, end: State, onCommit?: (seq: number) => void) =>
      touchedSince(held.snapshot, branchOf, start, end, onCommit)
    // Where the base is the target's, the source may have declined what the target had.
    const start = base.branch === source.number ? base : ancestor
    const parts = [onWay(start, from, (seq) => commits.add(seq)), onWay(start, base)]
    const plan = await planMerge({
      touched: mergeTouched(parts),
      base: await open(base),
      source: sourceView,
      target: tx,
      strict: merge.strict,
      resolutions: merge.resolutions,
    })
    const { steps, conflicts, conflictCount, resolvedCount } = plan
    const outcome = { changed: steps.length, resolved: resolvedCount, conflicts, conflictCount }
    if (conflictCount > 0) return { ...outcome, status: 'conflicts' }
    if (steps.length === 0 && resolvedCount === 0) return { ...outcome, status: 'up_to_date' }
    await applySteps(tx, steps, refusalsOf({ source: source.name, target: target.name }))
    await tx.put(mergeId(source.number), { source: source.name, upTo: from.seq })
    tx.describe(await provenance(merge, held, commits))
    return { ...outcome, status: 'merged' }
  } finally {
    for (const view of views) view.close()
    held.release()
  }
}

function refusalsOf(names: { readonly source: string; readonly target: string }): Refusals {
  return {
    unique: (id, index) => branchErrors.MERGE_UNIQUE({ ...names, id: id.toString(), index }),
    edge: (id, reason) => branchErrors.MERGE_REFUSED({ ...names, id: id.toString(), reason }),
  }
}

interface BaseSearch {
  readonly tx: RecordTx
  readonly sourceView: ReadView
  readonly source: NamedBranch
  readonly target: NamedBranch
  readonly ancestor: State
}

/** The newest state that both sides have in them. */
async function newestBase({ tx, sourceView, source, target, ancestor }: BaseSearch): Promise<State> {
  const candidates = [
    { state: ancestor, since: ancestor.seq },
    mergePoint(source.number, await tx.getRecord(mergeId(source.number))),
    mergePoint(target.number, await sourceView.getRecord(mergeId(target.number))),
  ]
  let newest = { state: ancestor, since: ancestor.seq }
  for (const each of candidates) if (each !== undefined && each.since > newest.since) newest = each
  return newest.state
}

function mergePoint(branch: number, record: StoredRecord | undefined) {
  return record && { state: { branch, seq: record.value.upTo as number }, since: record.seq }
}

/** On each branch: how far the other one has been merged into it. */
export function mergeId(branch: number): RecordId {
  return new RecordId(mergeTable.name, branch)
}

async function provenance(
  { core, source, meta }: Merge,
  { snapshot }: HeldSnapshot,
  commits: NewestCommits,
): Promise<WriteMeta> {
  const { newest } = commits
  const stored = await snapshot.get(keyOf('commit', newest))
  if (stored === undefined) throw ledgerErrors.CORRUPT({ what: `commit ${newest}`, reason: 'it is missing' })
  const head = formatHead(core.hash, headOf(core.hash, stored))
  const merged: Value = { branch: source.name, number: source.number, seq: newest, head }
  const { causedBy = [], evidence } = meta
  const given = evidence === undefined || isObject(evidence) ? evidence : { evidence }
  return {
    causedBy: [...new Set([...causedBy, ...commits.list()])].slice(0, causesPerCommitMax),
    evidence: { ...given, merged },
  }
}
