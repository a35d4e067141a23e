/**
 * Second pass, in the order of records: history, current records, index entries in force and past, counts;
 * those of main first, then those of each branch (verify-branches.ts).
 * How: each record's versions are gone through in order, and all that must follow from them is compared with
 * what is there: history and current records with each other, both with the log, and index entries as sets,
 * as these are stored in another order. Where sets differ, a second run names the difference.
 */

import { must } from '@dendrodb/protocol'
import type { StoredCatalog } from '../catalog/stored-catalog.ts'
import { branchOfKey } from '../ledger/branch-keys.ts'
import { decodeCurrentRecord } from '../ledger/current-record.ts'
import { decodeHistoryKey } from '../ledger/history-entry.ts'
import { keyOf, kindRange, mainBranch, recordKey } from '../ledger/key-space.ts'
import type { KvReader } from '../ledger/overlay.ts'
import { readUvarint } from '../ledger/uvarint.ts'
import { ExpectedHistory, type HistoryScope } from './expected-history.ts'
import { Findings, isEndOfReading } from './findings.ts'
import { FingerprintSet, type NamedDifference } from './fingerprint-set.ts'
import { KeyCursor } from './key-cursor.ts'
import { recordName } from './key-name.ts'
import {
  claimEntries,
  type EntriesClaim,
  type MetEntries,
  meetEntries,
  numberIn,
  takeEntries,
} from './meet-entries.ts'
import { RecordWalk, type WalkPass, type WalkSets } from './record-walk.ts'
import { BranchesCheck } from './verify-branches.ts'

export interface RecordPass extends WalkPass {
  /** Numbers of branches whose keys are being removed. */
  readonly discarded: ReadonlySet<number>
  readonly scope: HistoryScope
  /** The pass over the chain, which may still be going on. */
  readonly chain: Promise<ChainSums>
  /** Of the index entries, which that one may have come to first. */
  readonly claim: EntriesClaim
  /** Goes over the chain again and tells what it expects. */
  readonly expectAgain: (history: ExpectedHistory) => Promise<unknown>
}

/** What the pass over the chain has for this one. */
export interface ChainSums {
  /** Of the `ExpectedHistory`. */
  readonly expectedSums: Uint32Array
  /** Index entries, where it met them. */
  readonly entries?: MetEntries
}

export async function verifyRecords(pass: RecordPass): Promise<{ readonly objects: number }> {
  const history = new FingerprintSet(pass.scope.seed)
  const live = new FingerprintSet(pass.scope.seed)
  const past = new FingerprintSet(pass.scope.seed)
  const walk = new RecordWalk(pass, { history, live, past })
  await walk.run()
  const branches = await BranchesCheck.open({ ...pass, newestSeq: pass.scope.seqMax }, walk.versionsDone)
  await branches.run(history)
  const counts = await compareCounts(pass, walk.counts)
  const ownEntries = claimEntries(pass.claim) ? await meetEntries(pass, { live, past }) : undefined
  const { expectedSums, entries } = await pass.chain
  history.expectSums(expectedSums)
  const met =
    ownEntries ?? takeEntries(must(entries, 'entries that were claimed'), pass.findings, { live, past })
  if (!history.isEqual || !live.isEqual || !past.isEqual) {
    await nameDifferences(pass, { history, live, past }, branches)
  }
  return { objects: walk.objects + branches.objects + counts + met }
}

async function nameDifferences(pass: RecordPass, sets: WalkSets, branches: BranchesCheck): Promise<void> {
  const history = sets.history.collector()
  const live = sets.live.collector()
  const past = sets.past.collector()
  // Everything but the differences has been reported already.
  const silent = { ...pass, findings: new Findings(), onProgress: () => undefined }
  await pass.expectAgain(new ExpectedHistory(pass.scope, history))
  await new RecordWalk(silent, { history, live, past }, true).run()
  await meetEntries(silent, { live, past })
  await branches.meetHistory(history)
  for (const difference of history.differences()) await nameVersion(pass, difference, branches)
  for (const [set, what] of [
    [live, 'an index entry'],
    [past, 'a past index entry'],
  ] as const) {
    for (const { key, problem } of set.differences()) {
      const index = describeIndex(pass.catalog, key)
      pass.findings.add({ what: `${what}${index}`, key, reason: `it is ${problem}` })
    }
  }
}

/** The log holds another version than the history has an entry of, or the current record is. */
async function nameVersion(
  pass: RecordPass,
  { key, problem }: NamedDifference,
  branches: BranchesCheck,
): Promise<void> {
  const notItsOwn = problem === 'missing' ? 'it is missing' : 'it does not belong to its version'
  if (branchOfKey(key) !== mainBranch) {
    pass.findings.add({ what: `the history of ${branches.nameOf(key)}`, key, reason: notItsOwn })
    return
  }
  const { tableId, idKey, seq } = decodeHistoryKey(key)
  const name = recordName(pass.catalog, tableId, idKey)
  const currentKey = recordKey(mainBranch, tableId, idKey)
  if (problem === 'different' && (await isOfCommit(pass.reader, currentKey, seq))) {
    const reason = 'it is not what its last commit wrote'
    pass.findings.add({ what: `record ${name}`, key: currentKey, reason })
    return
  }
  pass.findings.add({ what: `the history of ${name}`, key, reason: notItsOwn })
}

async function isOfCommit(reader: KvReader, currentKey: Buffer, seq: number): Promise<boolean> {
  try {
    const current = await reader.get(currentKey)
    return current !== undefined && decodeCurrentRecord(current).seq === seq
  } catch (error) {
    if (isEndOfReading(error)) throw error
    return false
  }
}

/** Gives the number of counts. */
async function compareCounts(pass: WalkPass, counts: ReadonlyMap<number, number>): Promise<number> {
  const { reader, catalog, findings } = pass
  const cursor = new KeyCursor(reader, kindRange('count', mainBranch), 'a count', findings)
  const start = keyOf('count', mainBranch).length
  const seen = new Set<number>()
  const broken = (key: Uint8Array, reason: string) => {
    findings.add({ what: 'the count of a table', key, reason })
  }
  let objects = 0
  for (let entry = await cursor.peek(); entry !== undefined; entry = await cursor.peek()) {
    cursor.advance()
    objects += 1
    const tableId = readUvarint(entry.key, start).value
    seen.add(tableId)
    if (!entry.key.equals(keyOf('count', mainBranch, tableId))) {
      broken(entry.key, 'there is no such key')
      continue
    }
    const isDropped = catalog.tableById(tableId) === undefined
    const expected = counts.get(tableId) ?? 0
    const { value } = readUvarint(entry.value, 0)
    if (!isDropped && value !== expected) broken(entry.key, `it says ${value}, there are ${expected}`)
  }
  for (const tableId of counts.keys()) {
    if (!seen.has(tableId)) broken(keyOf('count', mainBranch, tableId), 'it is missing')
  }
  return objects
}

function describeIndex(catalog: StoredCatalog, key: Uint8Array): string {
  const id = numberIn(key)
  for (const table of catalog.tables()) {
    const index = table.indexes.find((each) => each.id === id)
    if (index !== undefined) return ` of ${table.name}.${index.name}`
  }
  return ''
}
