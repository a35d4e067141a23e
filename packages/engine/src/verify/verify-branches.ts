/**
 * Third pass: the branches. Each one's keys are derived from its history and its parent's as of the fork, and
 * compared as one set with those that are there.
 * Of a branch that was removed the history stays and is checked; what else there is of it must be on its way
 * out.
 */

import type { BranchDefinition } from '../catalog/definitions.ts'
import type { StoredCatalog } from '../catalog/stored-catalog.ts'
import { branchKinds, branchOfKey } from '../ledger/branch-keys.ts'
import type { LedgerHash } from '../ledger/hash.ts'
import { decodeHistory, type HistoryItem, isExactHistoryEntry } from '../ledger/history-entry.ts'
import { kindRange, mainBranch } from '../ledger/key-space.ts'
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
import type { KvEntry } from '../storage/kv-store.ts'
import { contentsOf, contentsOfDelete } from './expected-history.ts'
import { type Findings, isEndOfReading, nothingUnlessEnd } from './findings.ts'
import { FingerprintSet } from './fingerprint-set.ts'
import { KeyCursor } from './key-cursor.ts'
import { notExact } from './record-walk.ts'
import { SoundReader } from './sound-reader.ts'

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

export class BranchesCheck {
  objects = 0
  readonly #pass: BranchPass
  readonly #branches: StoredBranches
  readonly #known: KnownBranches
  readonly #tables: ReadonlyMap<number, BranchTables>
  /** With those of main. */
  #versionsDone: number

  private constructor(
    pass: BranchPass,
    branches: StoredBranches,
    tables: ReadonlyMap<number, BranchTables>,
    versionsDone: number,
  ) {
    this.#pass = pass
    this.#branches = branches
    this.#known = branches.known
    this.#tables = tables
    this.#versionsDone = versionsDone
  }

  /** @param versionsDone those of main */
  static async open(pass: BranchPass, versionsDone: number): Promise<BranchesCheck> {
    const branches = { ...pass, reader: new SoundReader(pass.reader), known: await allBranches(pass) }
    return new BranchesCheck(pass, branches, await tablesOfAll(branches, pass.findings), versionsDone)
  }

  /** @param history meets what each entry of the branches' histories stands for (expected-history.ts) */
  async run(history: FingerprintSet): Promise<void> {
    const set = new FingerprintSet()
    await this.#derive({
      put: (key, value) => set.expect(key, value),
      unreadable: (key) => {
        this.#pass.findings.add({ what: 'a history entry', key, reason: 'it cannot be read' })
      },
      version: (definition, item, links, version) => {
        this.objects += 1
        this.#versionsDone += 1
        if (this.#versionsDone % progressVersions === 0) this.#pass.onProgress(this.#versionsDone)
        this.#checkLinks(definition, item, links)
        meetVersion(history, item, version)
      },
    })
    await this.#meet(set, true)
    if (set.isEqual) return
    const second = set.collector()
    await this.#derive({ put: (key, value) => second.expect(key, value), version: () => undefined })
    await this.#meet(second, false)
    for (const { key, problem } of second.differences()) {
      this.#pass.findings.add({ what: this.nameOf(key), key, reason: `it is ${problem}` })
    }
  }

  /** Again, for a second run. */
  meetHistory(history: FingerprintSet): Promise<void> {
    const version: DerivedTo['version'] = (_, item, __, found) => meetVersion(history, item, found)
    return this.#derive({ put: () => undefined, version })
  }

  async #derive(to: DerivedTo): Promise<void> {
    const { reader, hash } = this.#branches
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
            if (tables !== undefined) to.put(key, value)
          },
          version: (item, links, version) => to.version(definition, item, links, version),
          unreadable: (key) => to.unreadable?.(key),
        },
      })
    }
  }

  /** Everything that branches have, whatever the branch. */
  async #meet(set: FingerprintSet, isFirst: boolean): Promise<void> {
    for (const kind of branchKinds) {
      const range = { gte: kindRange(kind, mainBranch).lt, lt: kindRange(kind).lt }
      const cursor = new KeyCursor(this.#pass.reader, range, 'a key of a branch', this.#pass.findings)
      for (let entry = await cursor.peek(); entry !== undefined; entry = await cursor.peek()) {
        cursor.advance()
        if (isFirst && kind !== 'history') this.objects += 1
        const stranger = this.#strangerReason(kind, entry.key)
        if (isFirst && kind === 'history') this.#checkExact(entry)
        if (stranger === undefined) {
          if (kind !== 'history' && !this.#isOnTheWayOut(kind, entry.key)) set.meet(entry.key, entry.value)
        } else if (isFirst) {
          this.#pass.findings.add({ what: this.nameOf(entry.key), key: entry.key, reason: stranger })
        }
      }
    }
  }

  /** What cannot be read is named where it is derived from. */
  #checkExact(entry: KvEntry): void {
    try {
      if (isExactHistoryEntry(entry.value, decodeHistory(entry))) return
    } catch {
      return
    }
    this.#pass.findings.add({ what: this.nameOf(entry.key), key: entry.key, reason: notExact })
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

  #checkLinks(branch: BranchDefinition, item: HistoryItem, links: VersionLinks): void {
    const broken = (reason: string) => {
      this.#pass.findings.add({ what: `the history of branch ${branch.name}`, key: item.key, reason })
    }
    if (item.prevSeq !== links.prevSeq || item.prevN !== links.prevN) broken('it skips a version')
    if (item.periodBefore !== links.periodBefore) broken('it leads to another period of valid time')
    if (item.seq <= branch.forkedAt) broken('it is older than the branch')
  }
}

interface DerivedTo {
  put(key: Buffer, value: Buffer): void
  unreadable?(key: Buffer): void
  version(
    definition: BranchDefinition,
    item: HistoryItem,
    links: VersionLinks,
    version: RecordVersion | undefined,
  ): void
}

const progressVersions = 1_024

/** What cannot be read has been named by the pass over the chain. */
function meetVersion(history: FingerprintSet, item: HistoryItem, version: RecordVersion | undefined): void {
  const { key, seq, n, isPut } = item
  if (!isPut) history.meet(key, contentsOfDelete(seq, n))
  else if (version !== undefined) history.meet(key, contentsOf(seq, n, version))
}

/** All branches that there ever were. */
async function allBranches({ reader, findings }: BranchPass): Promise<KnownBranches> {
  const found: BranchDefinition[] = []
  const cursor = new KeyCursor(reader, branchHistory, 'a history entry', findings)
  for (let entry = await cursor.peek(); entry !== undefined; entry = await cursor.peek()) {
    cursor.advance()
    // What cannot be read is named by the passes before.
    const branch = await branchIn(reader, entry).catch(nothingUnlessEnd)
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
