/**
 * The log as its readers want it: commit by commit, with what each wrote, from any commit on.
 * Why beside the log of replay: that carries bytes for another store; this is for people and programs that
 * follow what happens. Whose payloads were erased is shown as erased: the commit itself stays.
 * Cost: per commit its own keys, read in order; memory is that of what is handed out.
 */

import { type Datetime, decodeCanonical, RecordId, type Value, type ValueObject } from '@dendrodb/protocol'
import { decodeCommit, headOf } from '../ledger/commit.ts'
import { formatHead } from '../ledger/hash.ts'
import { keyOf, kindRange } from '../ledger/key-space.ts'
import { openVersion } from '../ledger/record-version.ts'
import { readUvarint } from '../ledger/uvarint.ts'
import { decodeMetaPayload, type WriteMeta } from '../ledger/write-meta.ts'
import type { KvEntry } from '../storage/kv-store.ts'
import { datetimeOfMicros } from './commit-time.ts'
import type { DatabaseCore } from './database-core.ts'
import { logReadCommits } from './limits.ts'
import type { HeldSnapshot } from './shared-snapshot.ts'

export interface LogChange {
  readonly id: RecordId
  /** What the record holds since; `undefined`: it was deleted. */
  readonly fields: ValueObject | undefined
  /** The commitment to this version, 32 bytes. */
  readonly hash: Uint8Array
  readonly validFrom?: Value
  readonly validTo?: Value
}

export interface LogEntry {
  readonly seq: number
  readonly head: string
  readonly time: Datetime
  /** Number of the branch; 0 is main. */
  readonly branch: number
  /** Its name; `undefined` for main, and for a branch that has been removed. */
  readonly branchName: string | undefined
  readonly meta: WriteMeta
  readonly changes: readonly LogChange[]
  /** Versions of this commit whose contents have been erased. */
  readonly erased: number
  /** Of what it wrote, as it is stored. */
  readonly bytes: number
}

/** A commit, or a version that it wrote. */
export interface HashedThing {
  readonly seq: number
  readonly record?: RecordId
}

export interface LogOptions {
  /** Commits after this one, in order. Default: from the first one on. */
  readonly after?: number | undefined
  /** Instead: the newest ones, newest first. */
  readonly newestFirst?: boolean | undefined
  /** At most so many commits. */
  readonly limit?: number | undefined
}

/** In chunks; of one snapshot. */
export async function* readLogEntries(
  core: DatabaseCore,
  { after = 0, newestFirst = false, limit = Number.MAX_SAFE_INTEGER }: LogOptions,
): AsyncGenerator<readonly LogEntry[]> {
  const held = await core.holdSnapshot()
  try {
    const { seq: newest } = held.manifest
    const entriesIn = (from: number, to: number) => entriesOf(held, core, from, to)
    let left = limit
    if (newestFirst) {
      for (let to = newest; to > after && left > 0; ) {
        const from = Math.max(after + 1, to - Math.min(logReadCommits, left) + 1)
        yield (await entriesIn(from, to)).reverse()
        left -= to - from + 1
        to = from - 1
      }
      return
    }
    for (let from = after + 1; from <= newest && left > 0; ) {
      const to = Math.min(newest, from + Math.min(logReadCommits, left) - 1)
      yield await entriesIn(from, to)
      left -= to - from + 1
      from = to + 1
    }
  } finally {
    held.release()
  }
}

async function entriesOf(
  { snapshot }: HeldSnapshot,
  { hash, catalogs }: DatabaseCore,
  from: number,
  to: number,
): Promise<LogEntry[]> {
  const entries: LogEntry[] = []
  const changes = new Map<number, KvEntry[]>()
  for await (const chunk of snapshot.scan({ gte: keyOf('version', from), lt: keyOf('version', to + 1) })) {
    for (const entry of chunk) {
      const seq = readUvarint(entry.key, 1).value
      const known = changes.get(seq)
      if (known === undefined) changes.set(seq, [entry])
      else known.push(entry)
    }
  }
  const metas = new Map<number, Buffer>()
  for await (const chunk of snapshot.scan({ gte: keyOf('meta', from), lt: keyOf('meta', to + 1) })) {
    for (const { key, value } of chunk) metas.set(readUvarint(key, 1).value, value)
  }
  for await (const chunk of snapshot.scan({ gte: keyOf('commit', from), lt: keyOf('commit', to + 1) })) {
    for (const { value } of chunk) {
      const { seq, branch, timeMicros, versionCommitments } = decodeCommit(value)
      const kept = changes.get(seq) ?? []
      const meta = metas.get(seq)
      entries.push({
        seq,
        head: formatHead(hash, headOf(hash, value)),
        time: datetimeOfMicros(timeMicros),
        branch,
        branchName: catalogs.newest().branchByNumber(branch)?.name,
        meta: meta === undefined ? {} : decodeMetaPayload(meta),
        changes: kept.map((entry) => changeOf(entry, versionCommitments)),
        erased: versionCommitments.length - kept.length,
        bytes: kept.reduce((sum, { value: payload }) => sum + payload.length, value.length),
      })
    }
  }
  return entries
}

function changeOf({ key, value }: KvEntry, commitments: readonly Uint8Array[]): LogChange {
  const { table, key: recordKey, bytes, validFrom, validTo } = openVersion(value)
  const n = readUvarint(key, readUvarint(key, 1).end).value
  return {
    id: new RecordId(table, recordKey),
    fields: bytes === undefined ? undefined : (decodeCanonical(bytes) as ValueObject),
    hash: commitments[n] ?? new Uint8Array(),
    ...(validFrom !== undefined && validFrom !== null && { validFrom }),
    ...(validTo !== undefined && validTo !== null && { validTo }),
  }
}

/**
 * The newest commit that wrote to the table, on any branch; `undefined`: none did. It goes back from the
 * newest one, so that it costs as much as has been written elsewhere since.
 */
export async function newestCommitOf(
  core: DatabaseCore,
  table: string,
  signal?: AbortSignal,
): Promise<number | undefined> {
  const held = await core.holdSnapshot()
  try {
    for await (const chunk of held.snapshot.scan(kindRange('version'), { reverse: true })) {
      signal?.throwIfAborted()
      const found = chunk.find(({ value }) => openVersion(value).table === table)
      if (found !== undefined) return readUvarint(found.key, 1).value
    }
    return undefined
  } finally {
    held.release()
  }
}

/**
 * What has this hash: a commit as its head, or a version that is known by it; newest first. Of a version
 * whose contents were erased it is the commit. Like `newestCommitOf` it goes back through the log.
 * @param hash 64 hexadecimal digits, perhaps behind `b2:` or `s2:`
 */
export async function findHash(
  core: DatabaseCore,
  hash: string,
  signal?: AbortSignal,
): Promise<HashedThing | undefined> {
  const [, digits] = /^(?:[bs]2:)?([0-9a-f]{64})$/i.exec(hash) ?? []
  if (digits === undefined) return undefined
  const wanted = Buffer.from(digits, 'hex')
  const held = await core.holdSnapshot()
  try {
    for await (const chunk of held.snapshot.scan(kindRange('commit'), { reverse: true })) {
      signal?.throwIfAborted()
      for (const { value } of chunk) {
        if (headOf(core.hash, value).equals(wanted)) return { seq: decodeCommit(value).seq }
        // Cheaper than to decode each: the commitments stand in it as they are.
        if (!value.includes(wanted)) continue
        const { seq, versionCommitments } = decodeCommit(value)
        const n = versionCommitments.findIndex((each) => wanted.equals(each))
        if (n < 0) continue
        const payload = await held.snapshot.get(keyOf('version', seq, n))
        if (payload === undefined) return { seq }
        const { table, key } = openVersion(payload)
        return { seq, record: new RecordId(table, key) }
      }
    }
    return undefined
  } finally {
    held.release()
  }
}
