/**
 * Branches the naive way: each keeps a copy of everything after each of its commits, and a fork copies one.
 * Merges go through all records there are.
 */

import type { RecordId, ValueObject } from '@dendrodb/protocol'
import { stringifyJson } from '@dendrodb/protocol'

/** Records by the text of their ids, without their ids. */
export type Records = ReadonlyMap<string, ValueObject>

export interface ModelState {
  readonly branch: string
  readonly seq: number
}

interface ModelBranch {
  readonly parent: string | undefined
  readonly forkedAt: number
  /** After each commit on the branch. */
  readonly states: { readonly seq: number; readonly records: Records }[]
  /** By the branch that was merged into this one: how far, and by which commit. */
  readonly merges: { readonly source: string; readonly upTo: number; readonly seq: number }[]
}

export type ModelConflict = 'changed' | 'deleted' | 'added' | 'node_deleted' | 'edges_kept'

export interface ModelMerge {
  readonly records: Records
  readonly conflicts: ReadonlyMap<string, ModelConflict>
}

export class BranchModel {
  readonly #branches = new Map<string, ModelBranch>([
    ['main', { parent: undefined, forkedAt: 0, states: [{ seq: 0, records: new Map() }], merges: [] }],
  ])

  get names(): string[] {
    return [...this.#branches.keys()]
  }

  fork(name: string, parent: string, forkedAt: number): void {
    this.#branches.set(name, { parent, forkedAt, states: [], merges: [] })
  }

  hasChildren(name: string): boolean {
    return [...this.#branches.values()].some(({ parent }) => parent === name)
  }

  remove(name: string): void {
    this.#branches.delete(name)
  }

  erase(ids: ReadonlySet<string>): void {
    const isLeft = ([id]: readonly [string, ValueObject]) => !ids.has(id)
    for (const { states } of this.#branches.values()) {
      for (const [at, { seq, records }] of states.entries()) {
        states[at] = { seq, records: new Map([...records].filter(isLeft)) }
      }
    }
  }

  at({ branch, seq }: ModelState): Records {
    const { parent, forkedAt, states } = this.#of(branch)
    const own = states.findLast((state) => state.seq <= seq)
    if (own !== undefined || parent === undefined) return own?.records ?? new Map()
    return this.at({ branch: parent, seq: Math.min(seq, forkedAt) })
  }

  /** Main's newest commit that the state shows. */
  mainSeq({ branch, seq }: ModelState): number {
    const { parent, forkedAt } = this.#of(branch)
    return parent === undefined ? seq : this.mainSeq({ branch: parent, seq: Math.min(seq, forkedAt) })
  }

  head(branch: string): Records {
    return this.at({ branch, seq: Number.MAX_SAFE_INTEGER })
  }

  commit(branch: string, seq: number, records: Records): void {
    this.#of(branch).states.push({ seq, records })
  }

  noteMerge(source: string, target: string, upTo: number, seq: number): void {
    this.#of(target).merges.push({ source, upTo, seq })
  }

  base(source: string, target: string, now: number): ModelState {
    const ancestor = this.#ancestor(source, target, now)
    const points = [
      { state: ancestor, since: ancestor.seq },
      ...this.#mergesOf(target, source, now).map(({ upTo, seq }) => ({
        state: { branch: source, seq: upTo },
        since: seq,
      })),
      ...this.#mergesOf(source, target, now).map(({ upTo, seq }) => ({
        state: { branch: target, seq: upTo },
        since: seq,
      })),
    ]
    return points.reduce((newest, each) => (each.since > newest.since ? each : newest)).state
  }

  /** What a merge gives when all conflicts are decided by `resolve`, or which ones there are without it. */
  merge(source: string, target: string, now: number, resolve?: 'ours' | 'theirs'): ModelMerge {
    const [base, ours, theirs] = [
      this.at(this.base(source, target, now)),
      this.head(target),
      this.head(source),
    ]
    const conflicts = new Map<string, ModelConflict>()
    const steps = new Map<string, ValueObject | undefined>()
    const decide = (id: string, kind: ModelConflict) => {
      conflicts.set(id, kind)
      if (resolve === 'theirs') steps.set(id, theirs.get(id))
      else steps.delete(id)
    }
    for (const id of new Set([...base.keys(), ...ours.keys(), ...theirs.keys()])) {
      const [b, o, t] = [base.get(id), ours.get(id), theirs.get(id)]
      if (same(t, b) || same(t, o)) continue
      if (same(o, b)) steps.set(id, t)
      else if (o === undefined || t === undefined) decide(id, 'deleted')
      else if (b === undefined) decide(id, 'added')
      else {
        const merged = mergeFields(b, o, t)
        if (merged === undefined) decide(id, 'changed')
        else steps.set(id, merged)
      }
    }
    for (const [id, fields] of [...steps]) {
      const edges = [...ours].filter(([edge, value]) => isEdgeAt(value, id) && !isGone(steps, edge))
      if (fields === undefined && edges.length > 0) decide(id, 'edges_kept')
    }
    for (const [id, fields] of [...steps]) {
      const ends = fields === undefined ? [] : endsOf(fields)
      const isMissing = (end: string) =>
        steps.has(end) ? isGone(steps, end) : !ours.has(end) && (base.has(end) || theirs.has(end))
      if (ends.some(isMissing)) decide(id, 'node_deleted')
    }
    return { records: applySteps(ours, steps), conflicts }
  }

  #mergesOf(into: string, source: string, now: number) {
    const found: { readonly upTo: number; readonly seq: number }[] = []
    let name: string | undefined = into
    let seq = now
    while (name !== undefined) {
      const branch = this.#of(name)
      found.push(...branch.merges.filter((each) => each.source === source && each.seq <= seq))
      seq = Math.min(seq, branch.forkedAt)
      name = branch.parent
    }
    return found
  }

  #ancestor(a: string, b: string, now: number): ModelState {
    const layers = (name: string) => {
      const all = new Map<string, number>()
      for (let at: string | undefined = name, seq = now; at !== undefined; ) {
        const branch = this.#of(at)
        if (branch.parent === undefined || seq > branch.forkedAt) all.set(at, seq)
        seq = Math.min(seq, branch.forkedAt)
        at = branch.parent
      }
      return all
    }
    const ofA = layers(a)
    for (const [branch, seq] of layers(b)) {
      const other = ofA.get(branch)
      if (other !== undefined) return { branch, seq: Math.min(seq, other) }
    }
    return { branch: 'main', seq: 0 }
  }

  #of(name: string): ModelBranch {
    return this.#branches.get(name) as ModelBranch
  }
}

/** Deletes a record and the edges at it. */
export function deleteWithEdges(records: Map<string, ValueObject>, id: string): void {
  if (!records.delete(id)) return
  for (const [edge, fields] of [...records]) if (isEdgeAt(fields, id)) deleteWithEdges(records, edge)
}

function applySteps(ours: Records, steps: ReadonlyMap<string, ValueObject | undefined>): Records {
  const records = new Map(ours)
  for (const [id, fields] of steps) if (fields === undefined) deleteWithEdges(records, id)
  for (const [id, fields] of steps) if (fields !== undefined) records.set(id, fields)
  return records
}

function isGone(steps: ReadonlyMap<string, ValueObject | undefined>, id: string): boolean {
  return steps.has(id) && steps.get(id) === undefined
}

function isEdgeAt(fields: ValueObject, id: string): boolean {
  return endsOf(fields).includes(id)
}

function endsOf({ in: from, out: to }: ValueObject): string[] {
  return from === undefined ? [] : [(from as RecordId).toString(), (to as RecordId).toString()]
}

/** Flat fields only. `undefined`: both have changed one of them. */
function mergeFields(base: ValueObject, ours: ValueObject, theirs: ValueObject): ValueObject | undefined {
  const merged: Record<string, ValueObject[string]> = {}
  for (const name of new Set([base, ours, theirs].flatMap((each) => Object.keys(each)))) {
    const [b, o, t] = [base[name], ours[name], theirs[name]]
    const isTheirs = sameValue(o, b)
    if (!isTheirs && !sameValue(t, b) && !sameValue(o, t)) return undefined
    const value = isTheirs ? t : o
    if (value !== undefined) merged[name] = value
  }
  return merged
}

function same(a: ValueObject | undefined, b: ValueObject | undefined): boolean {
  return a === undefined || b === undefined ? a === b : sameFields(a, b)
}

export function sameFields(a: ValueObject, b: ValueObject): boolean {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].every((name) => sameValue(a[name], b[name]))
}

function sameValue(a: ValueObject[string], b: ValueObject[string]): boolean {
  return a === undefined || b === undefined ? a === b : stringifyJson(a) === stringifyJson(b)
}
