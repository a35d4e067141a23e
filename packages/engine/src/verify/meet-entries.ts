/**
 * Index entries of main as they are stored, to be compared with those that follow from the records.
 * Why apart: whichever of the two passes is done first reads them.
 */

import type { IndexDefinition } from '../catalog/definitions.ts'
import type { StoredCatalog } from '../catalog/stored-catalog.ts'
import { garbageKinds } from '../ledger/commit-group.ts'
import { isKey, kindRange, mainBranch } from '../ledger/key-space.ts'
import type { KvReader } from '../ledger/overlay.ts'
import { readUvarint } from '../ledger/uvarint.ts'
import type { Findings, FindingsPart } from './findings.ts'
import type { FingerprintSet } from './fingerprint-set.ts'
import { KeyCursor } from './key-cursor.ts'

export interface EntryPass {
  readonly reader: KvReader
  readonly catalog: StoredCatalog
  /** Numbers of tables and indexes whose keys are being removed. */
  readonly dropped: ReadonlySet<number>
  readonly findings: Findings
}

/** Entries in force and past ones. */
export interface EntrySets {
  readonly live: FingerprintSet
  readonly past: FingerprintSet
}

/** What meeting them elsewhere came to: the sums of such sets, for sets with the same seed. */
export interface MetEntries extends FindingsPart {
  readonly live: Uint32Array
  readonly past: Uint32Array
  readonly objects: number
}

/** Whether somebody has begun to meet the entries; in memory that threads share. */
export type EntriesClaim = Int32Array

export function newClaim(): EntriesClaim {
  return new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
}

/** Whether it is for the caller to meet them. */
export function claimEntries(claim: EntriesClaim): boolean {
  return Atomics.exchange(claim, 0, 1) === 0
}

/** Hands every entry of the maintained indexes to the sets; gives their number. */
export async function meetEntries(pass: EntryPass, { live, past }: EntrySets): Promise<number> {
  const states = new Map<number, IndexDefinition['state']>()
  for (const table of pass.catalog.tables())
    for (const index of table.indexes) states.set(index.id, index.state)
  let objects = 0
  for (const [kind, set] of [
    ['index', live],
    ['pastIndex', past],
  ] as const) {
    const cursor = new KeyCursor(pass.reader, kindRange(kind, mainBranch), 'an index entry', pass.findings)
    for (let entry = cursor.peek(); ; entry = cursor.peek()) {
      const found = entry instanceof Promise ? await entry : entry
      if (found === undefined) break
      cursor.advance()
      objects += 1
      const indexId = numberIn(found.key)
      const state = states.get(indexId)
      if (state === 'ready') set.meet(found.key, found.value)
      else if (state === undefined && !pass.dropped.has(indexId)) {
        pass.findings.add({ what: 'an index entry', key: found.key, reason: 'there is no such index' })
      }
    }
  }
  return objects
}

/** The same with those that were met elsewhere. */
export function takeEntries(met: MetEntries, findings: Findings, { live, past }: EntrySets): number {
  live.meetSums(met.live)
  past.meetSums(met.past)
  findings.addAll(met)
  return met.objects
}

/** The number behind the branch: a table's or an index's. */
export function numberIn(key: Uint8Array): number {
  return readUvarint(key, readUvarint(key, 1).end).value
}

/** What is being removed: numbers of tables and indexes, and of branches. */
export async function droppedNumbers(reader: KvReader) {
  const definitions = new Set<number>()
  const branches = new Set<number>()
  for await (const chunk of reader.scan(kindRange('garbage'), { values: false })) {
    for (const { key } of chunk) {
      // What is no such key is named with the strays.
      if (!isKey(key)) continue
      const kind = readUvarint(key, 1)
      const numbers = kind.value === garbageKinds.branch ? branches : definitions
      numbers.add(readUvarint(key, kind.end).value)
    }
  }
  return { definitions, branches }
}
