/** What a key of the store stands for, in the words of a report. */

import { decodeExact, RecordId } from '@dendrodb/protocol'
import type { StoredCatalog } from '../catalog/stored-catalog.ts'
import { decodeHistoryKey } from '../ledger/history-entry.ts'
import { type KeyKind, keyOf, mainBranch, tailOffset } from '../ledger/key-space.ts'
import { readUvarint } from '../ledger/uvarint.ts'

/** What tables and indexes are called. */
export type DefinedNames = Pick<StoredCatalog, 'tableById' | 'tables'>

const names: { readonly [Kind in KeyKind]: (key: Buffer, catalog: DefinedNames | undefined) => string } = {
  format: () => 'the format entry',
  manifest: () => 'the manifest',
  commit: (key) => `commit ${numberAt(key, 0)}`,
  meta: (key) => `the metadata of commit ${numberAt(key, 0)}`,
  effect: (key) => `the note that commit ${numberAt(key, 0)} led to commit ${numberAt(key, 1)}`,
  version: (key) => `version ${numberAt(key, 1)} of commit ${numberAt(key, 0)}`,
  forgotten: (key) => `the mark of what was forgotten of commit ${numberAt(key, 0)}`,
  erasure: (key) => `the note of the erasure by commit ${numberAt(key, 0)}`,
  historyFloor: (key, catalog) =>
    `the note since when the history of table ${tableName(catalog, numberAt(key, 0))} is whole`,
  merkle: (key) => `the Merkle node ${numberAt(key, 0)}/${numberAt(key, 1)}`,
  record: (key, catalog) => {
    const [branch, tableId] = [numberAt(key, 0), numberAt(key, 1)]
    const idKey = key.subarray(tailOffset(branch, tableId))
    return `record ${recordName(catalog, tableId, idKey)}${onBranch(branch)}`
  },
  history: (key, catalog) => {
    const { tableId, idKey } = decodeHistoryKey(key)
    return `the history of ${recordName(catalog, tableId, idKey)}${onBranch(numberAt(key, 0))}`
  },
  index: (key, catalog) =>
    `an index entry of ${indexName(catalog, numberAt(key, 1))}${onBranch(numberAt(key, 0))}`,
  pastIndex: (key, catalog) =>
    `a past index entry of ${indexName(catalog, numberAt(key, 1))}${onBranch(numberAt(key, 0))}`,
  count: (key, catalog) =>
    `the number of records of table ${tableName(catalog, numberAt(key, 1))}${onBranch(numberAt(key, 0))}`,
  build: (key, catalog) => `the progress of the build of ${indexName(catalog, numberAt(key, 0))}`,
  garbage: (key) => `the note that number ${numberAt(key, 1)} is being removed`,
  replay: () => 'the kept answer of a request',
  replayLog: (key) => `the note of the kept answer of commit ${numberAt(key, 0)}`,
  nonce: () => 'the last nonce of a client',
}

const nameByLetter = new Map(
  (Object.keys(names) as KeyKind[]).map((kind) => [keyOf(kind)[0] as number, names[kind]]),
)

/** @param catalog has the names of tables and indexes, where they are known */
export function nameOfKey(key: Uint8Array, catalog?: DefinedNames): string {
  try {
    return nameByLetter.get(key[0] ?? 0)?.(Buffer.from(key), catalog) ?? 'a stray key'
  } catch {
    // The key itself is not whole.
    return 'a stray key'
  }
}

const seqKinds = new Set((['commit', 'meta', 'version', 'forgotten'] as const).map((kind) => keyOf(kind)[0]))

/** The commit that the key belongs to, where it is one of the log. */
export function seqOfKey(key: Uint8Array): number | undefined {
  return seqKinds.has(key[0]) ? readUvarint(key, 1).value : undefined
}

export function recordName(catalog: DefinedNames | undefined, tableId: number, idKey: Uint8Array): string {
  const table = catalog?.tableById(tableId)?.name ?? `table ${tableId}`
  try {
    return new RecordId(table, decodeExact(idKey, 0).value as RecordId['key']).toString()
  } catch {
    return `${table}:<${Buffer.from(idKey).toString('hex')}>`
  }
}

/** The number at a place, counted from 0. */
function numberAt(key: Uint8Array, place: number): number {
  let number = readUvarint(key, 1)
  for (let at = 0; at < place; at += 1) number = readUvarint(key, number.end)
  return number.value
}

function onBranch(branch: number): string {
  return branch === mainBranch ? '' : ` on branch ${branch}`
}

function tableName(catalog: DefinedNames | undefined, id: number): string {
  return catalog?.tableById(id)?.name ?? String(id)
}

function indexName(catalog: DefinedNames | undefined, id: number): string {
  for (const table of catalog?.tables() ?? []) {
    const index = table.indexes.find((each) => each.id === id)
    if (index !== undefined) return `${table.name}.${index.name}`
  }
  return `index ${id}`
}
