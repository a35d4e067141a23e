/**
 * Commits and rows as the daemon API shows them. What lies in the system's own tables (accounts, sessions,
 * definitions) is named and counted, never shown: it holds hashes of passwords and tokens.
 */

import type { LogChange, LogEntry } from '@dendrodb/engine'
import type { Value, ValueObject } from '@dendrodb/protocol'
import { plainKey } from './plain-ids.ts'

const systemPrefix = '$'

/** A commit with what it wrote. */
export function entryBody(entry: LogEntry): ValueObject {
  const { seq, head, time, branch, branchName, meta, changes, erased } = entry
  return {
    seq,
    head,
    time,
    ...(branch !== 0 && { branch: branchName ?? branch }),
    ...metaBody(entry),
    ...(meta.actor !== undefined && { actor: meta.actor }),
    ops: changes.map((change) => changeBody(entry, change)),
    ...(erased > 0 && { erased }),
  }
}

/** A record as the commit wrote it, with what is known of that version, as rows of NQL have it. */
export function rowBody(entry: LogEntry, { id, fields, hash, validFrom, validTo }: LogChange): ValueObject {
  const { causedBy = [], evidence, confidence } = entry.meta
  return {
    ...fields,
    _id: plainKey(id),
    _coll: id.table,
    _seq: entry.seq,
    _hash: Buffer.from(hash).toString('hex'),
    ...(causedBy.length > 0 && { _caused_by: causedBy }),
    ...(evidence !== undefined && { _evidence: evidence }),
    ...(confidence !== undefined && { _confidence: confidence }),
    ...(validFrom !== undefined && { _valid_from: validFrom }),
    ...(validTo !== undefined && { _valid_to: validTo }),
  }
}

function changeBody(entry: LogEntry, change: LogChange): Value {
  const { id, fields, hash } = change
  if (id.table.startsWith(systemPrefix)) return { op: 'system', coll: id.table }
  const said = { coll: id.table, id: plainKey(id), hash: Buffer.from(hash).toString('hex') }
  if (fields === undefined) return { op: 'del', ...said }
  return { op: 'put', ...said, doc: rowBody(entry, change) }
}

function metaBody({ meta }: LogEntry): ValueObject {
  const { causedBy = [], evidence, confidence, client, nonce } = meta
  return {
    ...(causedBy.length > 0 && { caused_by: causedBy }),
    ...(evidence !== undefined && { evidence }),
    ...(confidence !== undefined && { confidence }),
    ...(client !== undefined && { client }),
    ...(nonce !== undefined && { nonce }),
  }
}
