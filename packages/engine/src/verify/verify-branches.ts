/**
 * Third pass: the branches. Each one's keys are derived from its history and its parent's as of the fork, and
 * compared as one set with those that are there.
 * Of a branch that was removed the history stays and is checked; what else there is of it must be on its way
 * out.
 */

import { encodeExact } from '@dendrodb/protocol'
import type { BranchDefinition } from '../catalog/definitions.ts'
import type { StoredCatalog } from '../catalog/stored-catalog.ts'
import { branchKinds, branchOfKey } from '../ledger/branch-keys.ts'
import { decodeCommit } from '../ledger/commit.ts'
import type { LedgerHash } from '../ledger/hash.ts'
import type { HistoryItem } from '../ledger/history-entry.ts'
import { keyOf, kindRange, mainBranch } from '../ledger/key-space.ts'
import type { KvReader } from '../ledger/overlay.ts'
import type { RecordVersion } from '../ledger/record-version.ts'
import { readUvarint } from '../ledger/uvarint.ts'
import { deriveBranch, type VersionLinks } from '../models/branch/derive-branch.ts'
import {
  type BranchTables,
  branchHistory,
  branchIn,
  byNumber,
  inheritedVersions,
  type KnownBranches,
  type StoredBranches,
  tablesOfBranch,
} from '../models/branch/stored-branches.ts'
import { type Findings, isEndOfReading } from './findings.ts'
import { FingerprintSet } from './fingerprint-set.ts'
import { KeyCursor } from './key-cursor.ts'

export interface BranchPass {
  readonly reader: KvReader
  readonly hash: LedgerHash
  readonly newestSeq: number
  /** Main's definitions of now. */
  readonly catalog: StoredCatalog
  /** Numbers of indexes whose keys are being removed. */
  readonly dropped: ReadonlySet<number>
  /** Numbers of branches whose keys are being removed. */
  readonly discarded: ReadonlySet<number>
  readonly findings: Findings
  readonly onProgress: (versionsDone: number) => void
}

export async function verifyBranches(pass: BranchPass): Promise<BranchesChecked> {
  const branches = { ...pass, known: await allBranches(pass) }
  const run = new BranchesRun(pass, branches, await tablesOfAll(branches, pass.findings))
  const set = new FingerprintSet()
  await run.derive(set, true)
  await run.meet(set, true)
  if (!set.isEqual) {
    const second = set.collector()
    await run.derive(second, false)
    await run.meet(second, false)
    for (const { key, problem } of second.differences()) {
      pass.findings.add({ what: run.nameOf(key), key, reason: `it is ${problem}` })
    }
  }
  return { objects: run.objects, versions: run.versions }
}

export interface BranchesChecked {
  readonly objects: number
  readonly versions: number
}

class BranchesRun {
  objects = 0
  versions = 0
  readonly #pass: BranchPass
  readonly #branches: StoredBranches
  readonly #known: KnownBranches
  readonly #tables: ReadonlyMap<number, BranchTables>

  constructor(pass: BranchPass, branches: StoredBranches, tables: ReadonlyMap<number, BranchTables>) {
    this.#pass = pass
    this.#branches = branches
    this.#known = branches.known
    this.#tables = tables
  }

  async derive(set: FingerprintSet, isFirst: boolean): Promise<void> {
    const { reader, hash } = this.#pass
    for (const definition of this.#known.values()) {
      const tables = this.#tables.get(definition.number)
      await deriveBranch({
        reader,
        hash,
        definition,
        parent: inheritedVersions(this.#branches, definition),
        tableById: (id) => tables?.get(id),
        sink: {
          put: (key, value) => {
            if (tables !== undefined) set.expect(key, value)
          },
          version: (item, links, version) => {
            if (!isFirst) return
            this.versions += 1
            this.objects += 1
            if (this.versions % progressVersions === 0) this.#pass.onProgress(this.versions)
            this.#checkVersion(definition, item, links, version)
          },
          afterChunk: async (items) => {
            if (isFirst) await this.#checkCommits(definition, items)
          },
        },
      })
    }
  }

  /** Everything that branches have, whatever the branch. */
  async meet(set: FingerprintSet, isFirst: boolean): Promise<void> {
    for (const kind of branchKinds) {
      const range = { gte: kindRange(kind, mainBranch).lt, lt: kindRange(kind).lt }
      const cursor = new KeyCursor(this.#pass.reader, range, 'a key of a branch', this.#pass.findings)
      for (let entry = await cursor.peek(); entry !== undefined; entry = await cursor.peek()) {
        cursor.advance()
        if (isFirst && kind !== 'history') this.objects += 1
        const stranger = this.#strangerReason(kind, entry.key)
        if (stranger === undefined) {
          if (kind !== 'history' && !this.#isOnTheWayOut(kind, entry.key)) set.meet(entry.key, entry.value)
        } else if (isFirst) {
          this.#pass.findings.add({ what: this.nameOf(entry.key), key: entry.key, reason: stranger })
        }
      }
    }
  }

  nameOf(key: Uint8Array): string {
    const branch = branchOfKey(key)
    return `a key of branch ${this.#known.get(branch)?.name ?? branch}`
  }

  #strangerReason(kind: (typeof branchKinds)[number], key: Buffer): string | undefined {
    const branch = branchOfKey(key)
    if (!this.#known.has(branch)) return 'there never was such a branch'
    if (kind === 'history' || this.#tables.has(branch) || this.#pass.discarded.has(branch)) return undefined
    return 'its branch was removed'
  }

  /** Of a removed branch, or of an index that is being removed. */
  #isOnTheWayOut(kind: (typeof branchKinds)[number], key: Buffer): boolean {
    const branch = branchOfKey(key)
    if (!this.#tables.has(branch)) return true
    if (kind !== 'index' && kind !== 'pastIndex') return false
    return this.#pass.dropped.has(readUvarint(key, readUvarint(key, 1).end).value)
  }

  #checkVersion(
    branch: BranchDefinition,
    item: HistoryItem,
    links: VersionLinks,
    version: RecordVersion | undefined,
  ): void {
    const broken = (reason: string) => {
      this.#pass.findings.add({ what: `the history of branch ${branch.name}`, key: item.key, reason })
    }
    if (item.prevSeq !== links.prevSeq || item.prevN !== links.prevN) broken('it skips a version')
    if (item.periodBefore !== links.periodBefore) broken('it leads to another period of valid time')
    if (item.seq <= branch.forkedAt) broken('it is older than the branch')
    const isOwn =
      version?.tableId === item.tableId &&
      (version.bytes !== undefined) === item.isPut &&
      item.idKey.equals(encodeExact(version.key))
    if (!isOwn) broken('it does not belong to its version')
  }

  /** Each version is of a commit on its branch. */
  async #checkCommits({ number, name }: BranchDefinition, items: readonly HistoryItem[]): Promise<void> {
    const { reader, findings } = this.#pass
    const branches = new Map<number, number | undefined>()
    for (const { seq, key } of items) {
      if (!branches.has(seq)) branches.set(seq, await branchOfCommit(reader, seq))
      if (branches.get(seq) === number) continue
      const reason = 'its commit is not one on the branch'
      findings.add({ what: `the history of branch ${name}`, key, reason })
    }
  }
}

const progressVersions = 1_024

/** `undefined` where the commit cannot be read, which the pass over the chain has named. */
async function branchOfCommit(reader: KvReader, seq: number): Promise<number | undefined> {
  try {
    const stored = await reader.get(keyOf('commit', seq))
    return stored && decodeCommit(stored).branch
  } catch {
    return undefined
  }
}

/** All branches that there ever were. */
async function allBranches({ reader, findings }: BranchPass): Promise<KnownBranches> {
  const found: BranchDefinition[] = []
  const cursor = new KeyCursor(reader, branchHistory, 'a history entry', findings)
  for (let entry = await cursor.peek(); entry !== undefined; entry = await cursor.peek()) {
    cursor.advance()
    // What cannot be read is named by the passes before.
    const branch = await branchIn(reader, entry).catch(() => undefined)
    if (branch !== undefined) found.push(branch)
  }
  return byNumber(found)
}

/** Of those that were not removed. */
async function tablesOfAll(branches: StoredBranches, findings: Findings): Promise<Map<number, BranchTables>> {
  const all = new Map<number, BranchTables>()
  for (const branch of branches.known.values()) {
    try {
      const tables = await tablesOfBranch(branches, branch)
      if (tables !== undefined) all.set(branch.number, tables)
    } catch (error) {
      if (isEndOfReading(error)) throw error
      const reason = error instanceof Error ? error.message : String(error)
      findings.add({ what: `the definitions of branch ${branch.name}`, reason })
      all.set(branch.number, new Map())
    }
  }
  return all
}
