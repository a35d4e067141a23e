/**
 * What the library tells of commits and of the versions of a record.
 */

import type { Datetime, RecordId, Value, ValueObject } from '@dendrodb/protocol'
import { versionIn } from '../models/history/earlier-version.ts'
import type { CommitInfo, ReadView, RecordVersion, VersionsOptions, WriteMeta } from '../models/model.ts'
import { copyValue } from './copy-value.ts'

/** A commit: when it was made, what it says of itself, what it wrote, what it led to. */
export interface CommitDetails extends WriteMeta {
  readonly seq: number
  readonly time: Datetime
  /** Commits that name this one as a cause. */
  readonly effects: readonly number[]
  readonly records: readonly { readonly id: RecordId; readonly isDeleted: boolean }[]
}

/** A version of a record, and the commit that wrote it. */
export interface HistoryEntry {
  readonly seq: number
  readonly time: Datetime
  readonly meta: WriteMeta
  /** `undefined`: the commit deleted the record. */
  readonly fields: ValueObject | undefined
  /** As it was given: a date as text, or a datetime. */
  readonly validFrom?: Value
  readonly validTo?: Value
}

export async function readCommit(view: ReadView, seq: number): Promise<CommitDetails | undefined> {
  const { commits } = view
  const [info] = await commits.commits([seq])
  if (info === undefined) return undefined
  const changes = await commits.changes(seq, Number.MAX_SAFE_INTEGER)
  return {
    ...info.meta,
    seq,
    time: info.time,
    effects: await commits.effects(seq, Number.MAX_SAFE_INTEGER),
    records: changes.map(({ id, record }) => ({ id, isDeleted: record === undefined })),
  }
}

/** Newest first. */
export async function readHistory(
  view: ReadView,
  id: RecordId,
  options: VersionsOptions,
): Promise<HistoryEntry[]> {
  return entriesOf(view, await view.commits.versions(id, options))
}

/** The version in force at the view's commit; a deletion is one, too. */
export async function readVersion(view: ReadView, id: RecordId): Promise<HistoryEntry | undefined> {
  const version = await versionIn(view, id)
  return version && (await entriesOf(view, [version]))[0]
}

async function entriesOf(view: ReadView, versions: readonly RecordVersion[]): Promise<HistoryEntry[]> {
  const infos = await view.commits.commits(versions.map(({ seq }) => seq))
  return versions.map((version, at) => toEntry(version, infos[at] as CommitInfo))
}

function toEntry({ seq, record }: RecordVersion, { time, meta }: CommitInfo): HistoryEntry {
  const { validFrom, validTo } = record ?? {}
  return {
    seq,
    time,
    meta,
    fields: record && (copyValue(record.value) as ValueObject),
    ...(validFrom !== undefined && { validFrom }),
    ...(validTo !== undefined && { validTo }),
  }
}
