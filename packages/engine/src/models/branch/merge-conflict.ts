/**
 * Conflicts of a merge, and what is to be done about them.
 */

import { RecordId, type Value, type ValueObject } from '@dendrodb/protocol'
import { branchErrors } from './branch-errors.ts'

/**
 * `changed`: both sides have changed the record; `deleted`: one has deleted what the other has changed;
 * `added`: both have made it; `node_deleted`: an edge to a record that the target has deleted; `edges_kept`:
 * the source has deleted a record that has edges in the target; `table_removed`: main has removed the table.
 */
export type ConflictKind = 'changed' | 'deleted' | 'added' | 'node_deleted' | 'edges_kept' | 'table_removed'

export interface MergeConflict {
  readonly id: RecordId
  readonly kind: ConflictKind
  /** Each with its id; `undefined`: not there. Base: before either side changed it. */
  readonly base: ValueObject | undefined
  /** In the target. */
  readonly ours: ValueObject | undefined
  /** In the source. */
  readonly theirs: ValueObject | undefined
  /** With `changed`: fields that both sides have changed, differently. */
  readonly fields?: readonly string[]
  /** With `node_deleted`: what is missing. With `edges_kept`: some of the edges. */
  readonly records?: readonly RecordId[]
}

/** A value makes the record that; `undefined` deletes it. */
export type Resolution = 'ours' | 'theirs' | { readonly value: ValueObject | undefined }

export interface Resolutions {
  /** For every conflict of a record that has none of its own. */
  readonly all?: 'ours' | 'theirs'
  /** By the text of the record's id: for what the source has changed, in conflict or not. */
  readonly byRecord: ReadonlyMap<string, Resolution>
}

const noResolutions: Resolutions = { byRecord: new Map() }

/**
 * From a word for all, or an object of ids and what is to become of each: 'ours', 'theirs', an object, or
 * NONE to delete it. The name `*` stands for all others.
 * @throws BRANCH_RESOLUTION
 */
export function toResolutions(given: Value): Resolutions {
  if (given === undefined) return noResolutions
  if (given === 'ours' || given === 'theirs') return { all: given, byRecord: new Map() }
  if (!isObject(given)) {
    throw branchErrors.RESOLUTION({
      id: 'a merge',
      reason: "is 'ours', 'theirs', or an object by record ids",
    })
  }
  const byRecord = new Map<string, Resolution>()
  let all: Resolutions['all']
  for (const [name, value] of Object.entries(given)) {
    const resolution = toResolution(name, value)
    if (name === '*') all = wordFor(resolution)
    else byRecord.set(idOf(name).toString(), resolution)
  }
  return { byRecord, ...(all && { all }) }
}

function toResolution(id: string, value: Value): Resolution {
  if (value === 'ours' || value === 'theirs') return value
  if (value === undefined || value === null) return { value: undefined }
  if (isObject(value)) return { value }
  throw branchErrors.RESOLUTION({ id, reason: "must be 'ours', 'theirs', an object, or NONE to delete it" })
}

function wordFor(resolution: Resolution): 'ours' | 'theirs' {
  if (typeof resolution === 'string') return resolution
  throw branchErrors.RESOLUTION({ id: '*', reason: "must be 'ours' or 'theirs'" })
}

function idOf(text: string): RecordId {
  try {
    return RecordId.parse(text)
  } catch (cause) {
    throw branchErrors.RESOLUTION({ id: text, reason: 'names no record' }, { cause })
  }
}

export function isObject(value: Value): value is ValueObject {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
}
