/**
 * The records that a state may have other than an ancestor of it: those written on the way from one to the
 * other.
 * Why: two states are compared by what happened, not by going through what is there.
 * On a branch its history keys hold just that. Of main the log is gone through where that is short, else the
 * history of its tables.
 * Records come once each, in the order of table numbers and ids.
 */

import type { CommitContents } from '@dendrodb/protocol'
import { encodeExact, skipExact } from '@dendrodb/protocol'
import { decodeCommit } from '../../ledger/commit.ts'
import { keyOf, kindRange, mainBranch } from '../../ledger/key-space.ts'
import type { KvReader } from '../../ledger/overlay.ts'
import { openVersion } from '../../ledger/record-version.ts'
import { readUvarint } from '../../ledger/uvarint.ts'
import { keyText } from '../../storage/key-text.ts'
import { type BranchOf, layersOf, type State } from './branch-state.ts'
import { commitsWalkedMax, recordsWalkedMax } from './limits.ts'

/** Of a record in the order of the records. */
export interface Place {
  readonly tableId: number
  readonly idKey: Uint8Array
}

export interface Touched extends Place {
  /** The newest commit that wrote it, on its part of the way. */
  readonly seq: number
}

/** The newest state that both have grown from. */
export function commonAncestor(branchOf: BranchOf, a: State, b: State): State {
  const ofA = new Map(layersOf(branchOf, a).map(({ branch, seq }) => [branch, seq]))
  for (const { branch, seq } of layersOf(branchOf, b)) {
    const other = ofA.get(branch)
    if (other !== undefined) return { branch, seq: Math.min(seq, other) }
  }
  return { branch: mainBranch, seq: 0 }
}

/**
 * @param ancestor a state that `state` has grown from
 * @param onCommit hears of every commit on the way that wrote records, some of them often
 */
export function touchedSince(
  reader: KvReader,
  branchOf: BranchOf,
  ancestor: State,
  state: State,
  onCommit: (seq: number) => void = () => undefined,
): AsyncGenerator<Touched> {
  const parts: AsyncGenerator<Touched>[] = []
  for (const { branch, seq } of layersOf(branchOf, state)) {
    const after = branch === ancestor.branch ? ancestor.seq : 0
    parts.push(touchedOn({ reader, branch, after, upTo: seq, onCommit }))
    if (branch === ancestor.branch) break
  }
  return mergeTouched(parts)
}

/** Merges sorted parts; of a record that several have, the newest commit counts. */
export async function* mergeTouched(parts: readonly AsyncGenerator<Touched>[]): AsyncGenerator<Touched> {
  if (parts.length === 1) return yield* parts[0] as AsyncGenerator<Touched>
  const next = async (part: AsyncGenerator<Touched>) => (await part.next()).value as Touched | undefined
  try {
    const heads = await Promise.all(parts.map(next))
    for (;;) {
      let least: Touched | undefined
      for (const head of heads) {
        if (head === undefined) continue
        const order = least === undefined ? -1 : compareTouched(head, least)
        if (order < 0 || (order === 0 && least !== undefined && head.seq > least.seq)) least = head
      }
      if (least === undefined) return
      yield least
      for (const [at, head] of heads.entries()) {
        if (head === undefined || compareTouched(head, least) !== 0) continue
        heads[at] = await next(parts[at] as AsyncGenerator<Touched>)
      }
    }
  } finally {
    for (const part of parts) await part.return(undefined)
  }
}

/** Commits of one branch: `after` < seq ≤ `upTo`. */
interface Part {
  readonly reader: KvReader
  readonly branch: number
  readonly after: number
  readonly upTo: number
  readonly onCommit: (seq: number) => void
}

async function* touchedOn(part: Part): AsyncGenerator<Touched> {
  const { branch, after, upTo } = part
  if (after >= upTo) return
  if (branch === mainBranch && upTo - after <= commitsWalkedMax) yield* fromLog(part)
  else yield* fromHistory(part)
}

async function* fromHistory({ reader, branch, after, upTo, onCommit }: Part): AsyncGenerator<Touched> {
  let last: (Touched & { readonly record: Buffer }) | undefined
  for await (const chunk of reader.scan(kindRange('history', branch), { values: false })) {
    for (const { key } of chunk) {
      const table = readUvarint(key, readUvarint(key, 1).end)
      const idEnd = skipExact(key, table.end)
      const seq = readUvarint(key, idEnd).value
      if (seq <= after || seq > upTo) continue
      onCommit(seq)
      const record = key.subarray(0, idEnd)
      if (last !== undefined && !last.record.equals(record)) yield last
      last = { tableId: table.value, idKey: key.subarray(table.end, idEnd), seq, record }
    }
  }
  if (last !== undefined) yield last
}

async function* fromLog(part: Part): AsyncGenerator<Touched> {
  const { reader, after, upTo } = part
  const found = new Map<string, Touched>()
  for await (const chunk of reader.scan({ gte: keyOf('commit', after + 1), lt: keyOf('commit', upTo + 1) })) {
    for (const { value } of chunk) {
      await addCommit(part, decodeCommit(value), found)
      if (found.size > recordsWalkedMax) return yield* fromHistory(part)
    }
  }
  yield* [...found.values()].sort(compareTouched)
}

async function addCommit(
  { reader, branch, onCommit }: Part,
  { seq, branch: own, versionCommitments }: CommitContents,
  found: Map<string, Touched>,
): Promise<void> {
  if (own !== branch || versionCommitments.length === 0) return
  onCommit(seq)
  for await (const versions of reader.scan(kindRange('version', seq))) {
    for (const { value } of versions) {
      const { tableId, key } = openVersion(value)
      const idKey = encodeExact(key)
      found.set(`${tableId}:${keyText(idKey)}`, { tableId, idKey, seq })
    }
    if (found.size > recordsWalkedMax) return
  }
}

export function compareTouched(a: Place, b: Place): number {
  return a.tableId - b.tableId || Buffer.compare(a.idKey, b.idKey)
}
