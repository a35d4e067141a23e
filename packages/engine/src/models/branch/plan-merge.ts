/**
 * What a merge will do, worked out before anything is written: a step per record that the target takes over,
 * and the conflicts. Rules: ADR 23.
 * All that is read of the target is read by its transaction, so that the plan holds when it is carried out.
 */

import { must, RecordId, type ValueObject } from '@dendrodb/protocol'
import type { TableDefinition } from '../../catalog/definitions.ts'
import { reservedPrefix } from '../../catalog/system-tables.ts'
import { causesPerCommitMax } from '../../ledger/limits.ts'
import { storedFields } from '../document/record-codec.ts'
import { isRelation } from '../graph/adjacency.ts'
import type { ReadView, StoredRecord } from '../model.ts'
import type { RecordWrite, WrittenFields } from './apply-steps.ts'
import { branchErrors } from './branch-errors.ts'
import { idOf } from './diff-states.ts'
import { isSameValue, mergeFields } from './field-changes.ts'
import { conflictsListedMax, mergeRecordsMax } from './limits.ts'
import type { MergeConflict, Resolution, Resolutions } from './merge-conflict.ts'
import type { Touched } from './touched-records.ts'

export interface MergeInput {
  /** What the source has changed since the base. */
  readonly touched: AsyncIterable<Touched>
  readonly base: ReadView
  readonly source: ReadView
  readonly target: ReadView
  /** Records that both sides have changed are in conflict, whichever fields. */
  readonly strict: boolean
  readonly resolutions: Resolutions
  /** Default: `mergeRecordsMax`. */
  readonly recordsMax?: number
}

export interface MergePlan {
  readonly steps: readonly RecordWrite[]
  /** Unresolved, the first of them. */
  readonly conflicts: readonly MergeConflict[]
  readonly conflictCount: number
  readonly resolvedCount: number
}

/** @throws BRANCH_MERGE_TOO_LARGE, BRANCH_NOTHING_TO_RESOLVE */
export async function planMerge(input: MergeInput): Promise<MergePlan> {
  const planner = new MergePlanner(input)
  for await (const each of input.touched) await planner.add(each)
  return planner.finish()
}

class MergePlanner {
  readonly #input: MergeInput
  readonly #steps = new Map<string, RecordWrite>()
  readonly #conflicts: MergeConflict[] = []
  /** Records about which the caller has decided. */
  readonly #resolved = new Set<string>()
  #looked = 0
  #conflictCount = 0

  constructor(input: MergeInput) {
    this.#input = input
  }

  async add(touched: Touched): Promise<void> {
    const { base, source, target, resolutions } = this.#input
    const table = source.catalog.tableById(touched.tableId)
    // That the source has removed the table is a definition, and those are not merged.
    if (table === undefined || table.name.startsWith(reservedPrefix)) return
    this.#looked += 1
    const { recordsMax: limit = mergeRecordsMax } = this.#input
    if (this.#looked > limit) throw branchErrors.MERGE_TOO_LARGE({ limit })
    const id = idOf(table, touched)
    const three = {
      base: recordOf(await base.getRecord(id)),
      ours: recordOf(await target.getRecord(id)),
      theirs: recordOf(await source.getRecord(id)),
    }
    const { ours, theirs } = three
    if (isSame(theirs, three.base) || isSame(theirs, ours)) return
    const resolution = resolutions.byRecord.get(id.toString())
    if (resolution !== undefined) return this.#resolve(table, id, three, resolution)
    if (this.#isTableRemoved(table)) return this.#conflict(table, id, three, { kind: 'table_removed' })
    if (isSame(ours, three.base)) return this.#step(table, id, theirs)
    this.#bothChanged(table, id, three)
  }

  async finish(): Promise<MergePlan> {
    for (const step of this.#openSteps()) if (step.record === undefined) await this.#checkEdgesOf(step)
    for (const step of this.#openSteps()) if (isEdge(step)) await this.#checkEnds(step)
    for (const id of this.#input.resolutions.byRecord.keys()) {
      if (!this.#resolved.has(id)) throw branchErrors.NOTHING_TO_RESOLVE({ id })
    }
    return {
      steps: [...this.#steps.values()],
      conflicts: this.#conflicts,
      conflictCount: this.#conflictCount,
      resolvedCount: this.#resolved.size,
    }
  }

  #openSteps(): readonly RecordWrite[] {
    return [...this.#steps.values()].filter(({ id }) => !this.#resolved.has(id.toString()))
  }

  #bothChanged(table: TableDefinition, id: RecordId, three: Three): void {
    const { base, ours, theirs } = three
    if (ours === undefined || theirs === undefined)
      return this.#conflict(table, id, three, { kind: 'deleted' })
    if (base === undefined) return this.#conflict(table, id, three, { kind: 'added' })
    const { value, clashes } = mergeFields(asFields(base), asFields(ours), asFields(theirs))
    if (clashes.length > 0 || this.#input.strict) {
      return this.#conflict(table, id, three, { kind: 'changed', fields: clashes.map(shownField) })
    }
    this.#step(table, id, ofFields(value))
  }

  /** Whether what the base knew as the table is not in the target any more. */
  #isTableRemoved({ name }: TableDefinition): boolean {
    const { base, target } = this.#input
    const before = base.catalog.table(name)
    return before !== undefined && target.catalog.table(name)?.id !== before.id
  }

  /** An edge that the target keeps must not go with its node unseen. */
  async #checkEdgesOf({ id, table }: RecordWrite): Promise<void> {
    const { base, source, target } = this.#input
    const edges = await target.edges(id, 'both')
    const kept = edges.map(({ edge }) => edge).filter((edge) => !this.#isDeleted(edge))
    if (kept.length === 0) return
    const three = {
      base: recordOf(await base.getRecord(id)),
      ours: recordOf(await target.getRecord(id)),
      theirs: recordOf(await source.getRecord(id)),
    }
    this.#steps.delete(id.toString())
    this.#conflict(table, id, three, { kind: 'edges_kept', records: kept.slice(0, recordsNamedMax) })
  }

  async #checkEnds(step: RecordWrite): Promise<void> {
    const { base, source, target } = this.#input
    const { id, table, record } = step
    const missing: RecordId[] = []
    for (const end of ['in', 'out'] as const) {
      const node = record?.fields[end]
      if (node instanceof RecordId && (await this.#wasDeleted(node))) missing.push(node)
    }
    if (missing.length === 0) return
    const three = {
      base: recordOf(await base.getRecord(id)),
      ours: recordOf(await target.getRecord(id)),
      theirs: recordOf(await source.getRecord(id)),
    }
    this.#steps.delete(id.toString())
    this.#conflict(table, id, three, { kind: 'node_deleted', records: missing })
  }

  /** Whether the target will be without the record, though one of the others knows it. */
  async #wasDeleted(node: RecordId): Promise<boolean> {
    const { base, source, target } = this.#input
    const step = this.#steps.get(node.toString())
    if (step !== undefined) return step.record === undefined
    if ((await target.getRecord(node)) !== undefined) return false
    return (await base.getRecord(node)) !== undefined || (await source.getRecord(node)) !== undefined
  }

  #isDeleted(edge: RecordId): boolean {
    const step = this.#steps.get(edge.toString())
    return step !== undefined && step.record === undefined
  }

  #step(table: TableDefinition, id: RecordId, record: WrittenFields | undefined): void {
    this.#steps.set(id.toString(), { id, table, record })
  }

  #conflict(
    table: TableDefinition,
    id: RecordId,
    three: Three,
    why: Pick<MergeConflict, 'kind' | 'fields' | 'records'>,
  ): void {
    const { all } = this.#input.resolutions
    if (all !== undefined) return this.#resolve(table, id, three, all)
    this.#conflictCount += 1
    if (this.#conflicts.length >= conflictsListedMax) return
    const { base, ours, theirs } = three
    this.#conflicts.push({
      id,
      ...why,
      base: shown(id, base),
      ours: shown(id, ours),
      theirs: shown(id, theirs),
    })
  }

  #resolve(
    table: TableDefinition,
    id: RecordId,
    { base, ours, theirs }: Three,
    resolution: Resolution,
  ): void {
    this.#resolved.add(id.toString())
    if (resolution === 'ours') return
    if (resolution === 'theirs') return this.#step(table, id, theirs)
    const { value } = resolution
    const period = ours ?? theirs ?? base
    const record = value && {
      fields: storedFields(value),
      validFrom: period?.validFrom,
      validTo: period?.validTo,
    }
    this.#step(table, id, record)
  }
}

/** Records that one conflict names. */
const recordsNamedMax = 10

interface Three {
  readonly base: WrittenFields | undefined
  readonly ours: WrittenFields | undefined
  readonly theirs: WrittenFields | undefined
}

function isEdge({ table, record }: RecordWrite): boolean {
  return record !== undefined && isRelation(table)
}

export function recordOf(record: StoredRecord | undefined): WrittenFields | undefined {
  if (record === undefined) return undefined
  return { fields: storedFields(record.value), validFrom: record.validFrom, validTo: record.validTo }
}

export function isSame(a: WrittenFields | undefined, b: WrittenFields | undefined): boolean {
  if (a === undefined || b === undefined) return a === b
  return (
    isSameValue(a.validFrom, b.validFrom) &&
    isSameValue(a.validTo, b.validTo) &&
    isSameValue(a.fields, b.fields)
  )
}

/** The bounds of valid time are merged like fields, under names that no path of a field has. */
const boundNames = { fields: 'fields', validFrom: 'VALID FROM', validTo: 'VALID TO' } as const

function asFields({ fields, validFrom, validTo }: WrittenFields): ValueObject {
  return { [boundNames.fields]: fields, [boundNames.validFrom]: validFrom, [boundNames.validTo]: validTo }
}

function ofFields(merged: ValueObject): WrittenFields {
  return {
    fields: must(merged[boundNames.fields], 'fields') as ValueObject,
    validFrom: merged[boundNames.validFrom],
    validTo: merged[boundNames.validTo],
  }
}

/** `fields.name` → `name`; `⟨VALID TO⟩` → `VALID TO`. */
function shownField(path: string): string {
  return path.startsWith('fields.') ? path.slice('fields.'.length) : path.replaceAll(/[⟨⟩]/g, '')
}

function shown(id: RecordId, record: WrittenFields | undefined): ValueObject | undefined {
  return record && { id, ...record.fields }
}

/** The newest commits that a merge names as its causes. */
export class NewestCommits {
  #seqs = new Set<number>()
  #newest = 0

  get newest(): number {
    return this.#newest
  }

  /** Ascending. */
  list(): number[] {
    return [...this.#seqs].sort((a, b) => a - b).slice(-causesPerCommitMax)
  }

  add(seq: number): void {
    this.#newest = Math.max(this.#newest, seq)
    this.#seqs.add(seq)
    if (this.#seqs.size >= 2 * causesPerCommitMax) this.#seqs = new Set(this.list())
  }
}
