/**
 * Keys of a branch, written as those of main and back.
 * Why: whoever reads or writes the state of a branch (models/) addresses it by the keys of main, so that all
 * of that code is the same for every branch and costs main nothing; only here is the number put in.
 * Keys of main differ from those of a branch in the uvarint behind the kind.
 */

import type { KeyRange } from '../storage/kv-store.ts'
import { type KeyKind, keyOf, kindRange, mainBranch } from './key-space.ts'
import { readUvarint, uvarintBytes } from './uvarint.ts'

/** The kinds whose keys name a branch. */
export const branchKinds = ['record', 'history', 'index', 'pastIndex', 'count'] as const

export type BranchKind = (typeof branchKinds)[number]

const kindsByLetter = new Map<number, BranchKind>(
  branchKinds.map((kind) => [keyOf(kind)[0] as number, kind] as const),
)

/** Bytes before the part that all branches have in common, in keys of main. */
const mainHeadBytes = 1 + uvarintBytes(mainBranch)

/** `undefined`: a key that belongs to the database as a whole. */
export function branchKindOf(key: Uint8Array): BranchKind | undefined {
  return kindsByLetter.get(key[0] as number)
}

/** The key of main as one of the branch; keys that name no branch stay as they are. */
export function keyOnBranch(branch: number, key: Uint8Array): Uint8Array {
  const kind = branchKindOf(key)
  return kind === undefined ? key : Buffer.concat([keyOf(kind, branch), key.subarray(mainHeadBytes)])
}

/** The key of the branch as one of main. */
export function keyOnMain(branch: number, key: Uint8Array): Buffer {
  const kind = branchKindOf(key) as BranchKind
  return Buffer.concat([keyOf(kind, mainBranch), key.subarray(1 + uvarintBytes(branch))])
}

/** The range of keys of main as one of the branch. */
export function rangeOnBranch(branch: number, { gte, lt }: KeyRange): KeyRange {
  const kind = branchKindOf(gte)
  if (kind === undefined) return { gte, lt }
  // The end of everything that main has of the kind lies behind its branch number.
  const isOpen = lt[0] !== gte[0] || lt[1] !== mainBranch
  return {
    gte: keyOnBranch(branch, gte),
    lt: isOpen ? kindRange(kind, branch).lt : keyOnBranch(branch, lt),
  }
}

/** The branch of a key that names one. */
export function branchOfKey(key: Uint8Array): number {
  return readUvarint(key, 1).value
}

/** The same key of another kind: a record's `R` key as the beginning of its `H` keys, and so on. */
export function withKind(kind: KeyKind, key: Uint8Array): Buffer {
  const moved = Buffer.from(key)
  moved[0] = keyOf(kind)[0] as number
  return moved
}
