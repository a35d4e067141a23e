/**
 * Third pass: the branches. Each one's keys are derived from its history and its parent's as of the fork, and
 * compared as one set with those that are there.
 * Of a branch that was removed the history stays and is checked; what else there is of it must be on its way
 * out.
 */

import { decodeCanonical, encodeExact, must, skipExact, type ValueObject } from '@dendrodb/protocol'
import { decodeBranch } from '../catalog/definition-codec.ts'
import type { BranchDefinition, TableDefinition } from '../catalog/definitions.ts'
import { readCatalog } from '../catalog/read-catalog.ts'
import { StoredCatalog } from '../catalog/stored-catalog.ts'
import { systemTables } from '../catalog/system-tables.ts'
import { branchKinds, branchOfKey } from '../ledger/branch-keys.ts'
import { decodeCommit } from '../ledger/commit.ts'
import type { LedgerHash } from '../ledger/hash.ts'
import { decodeHistoryEntry, type HistoryItem } from '../ledger/history-entry.ts'
import { keyOf, kindRange, mainBranch } from '../ledger/key-space.ts'
import type { KvReader } from '../ledger/overlay.ts'
import { openVersion, type RecordVersion } from '../ledger/record-version.ts'
import { readUvarint } from '../ledger/uvarint.ts'
import { branchReader, layersOf, mainSeqOf, type StateSource } from '../models/branch/branch-state.ts'
import { deriveBranch, type VersionLinks } from '../models/branch/derive-branch.ts'
import { scanRecords } from '../models/document/live-records.ts'
import { scanRecordsAt } from '../models/history/past-records.ts'
import type { Findings } from './findings.ts'
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
  const known = await allBranches(pass)
  const tables = await tablesOfAll(pass, known)
  const run = new BranchesRun(pass, known, tables)
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

type Known = ReadonlyMap<number, BranchDefinition>

/** Tables of a branch, with the indexes that it keeps. */
type Tables = ReadonlyMap<number, TableDefinition>

class BranchesRun {
  objects = 0
  versions = 0
  readonly #pass: BranchPass
  readonly #known: Known
  readonly #tables: ReadonlyMap<number, Tables>

  constructor(pass: BranchPass, known: Known, tables: ReadonlyMap<number, Tables>) {
    this.#pass = pass
    this.#known = known
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
        parent: versionsOf(this.#pass, definition, this.#known),
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

/** All branches that there ever were, by number. */
async function allBranches({ reader, findings }: BranchPass): Promise<Map<number, BranchDefinition>> {
  const known = new Map<number, BranchDefinition>()
  const range = kindRange('history', mainBranch, systemTables.branch.id)
  const cursor = new KeyCursor(reader, range, 'a history entry', findings)
  for (let entry = await cursor.peek(); entry !== undefined; entry = await cursor.peek()) {
    cursor.advance()
    const branch = await branchOf(reader, entry.key, entry.value)
    if (branch !== undefined) known.set(branch.number, branch)
  }
  return new Map([...known].sort(([a], [b]) => a - b))
}

async function branchOf(reader: KvReader, key: Buffer, value: Buffer): Promise<BranchDefinition | undefined> {
  try {
    const { isPut, n } = decodeHistoryEntry(value)
    const idEnd = skipExact(key, readUvarint(key, readUvarint(key, 1).end).end)
    const payload = isPut ? await reader.get(keyOf('version', readUvarint(key, idEnd).value, n)) : undefined
    const version = payload && openVersion(payload)
    if (version?.bytes === undefined) return undefined
    return decodeBranch(version.key as string, decodeCanonical(version.bytes) as ValueObject)
  } catch {
    // Named by the passes before.
    return undefined
  }
}

async function tablesOfAll(pass: BranchPass, known: Known): Promise<Map<number, Tables>> {
  const tables = new Map<number, Tables>()
  for (const branch of known.values()) {
    if (pass.catalog.branch(branch.name)?.number !== branch.number) continue
    try {
      tables.set(branch.number, await tablesOf(pass, branch, known))
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      pass.findings.add({ what: `the definitions of branch ${branch.name}`, reason })
      tables.set(branch.number, new Map())
    }
  }
  return tables
}

async function tablesOf(pass: BranchPass, branch: BranchDefinition, known: Known): Promise<Tables> {
  const { reader, catalog } = pass
  const mainSeq = mainSeqOf((number) => known.get(number), branch.number)
  const atFork = await readCatalog((table) => scanRecordsAt(reader, mainSeq, table))
  const state = branchReader(sourceOf(pass, known, atFork), branch)
  const own = await readCatalog((table) => scanRecords(state, table))
  const tables = [...own.onBranch(atFork, catalog).tables()].map((table): [number, TableDefinition] => {
    return [table.id, { ...table, indexes: table.indexes.filter(({ state }) => state === 'ready') }]
  })
  return new Map(tables)
}

/** Shows the versions that the branch began with, also where its parent was removed. */
function versionsOf(pass: BranchPass, { parent, forkedAt }: BranchDefinition, known: Known): KvReader {
  const source = sourceOf(pass, known, StoredCatalog.empty)
  const [{ branch }] = layersOf(source.branchOf, { branch: parent, seq: forkedAt })
  return branch === mainBranch
    ? pass.reader
    : branchReader(source, must(known.get(branch), 'a branch that another one was forked from'))
}

function sourceOf({ reader, hash, newestSeq }: BranchPass, known: Known, atFork: StoredCatalog): StateSource {
  return {
    snapshot: reader,
    hash,
    newestSeq,
    branchOf: (number) => known.get(number),
    atFork,
    countAtFork: (_branch, _tableId, count) => count(),
  }
}
