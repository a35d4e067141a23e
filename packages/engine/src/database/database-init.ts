/**
 * What a database begins with: indexes, records, links.
 * Why in commits of bounded size: the database has no name until all of it is written, so that nobody sees
 * half of it, and memory does not grow with what it begins with.
 */

import { fromUntrusted, RecordId, ulid, type ValueObject } from '@dendrodb/protocol'
import { isSystemTable } from '../catalog/system-tables.ts'
import { engineErrors } from '../engine-errors.ts'
import type { WriteMeta } from '../ledger/write-meta.ts'
import type { WriteTx } from '../models/model.ts'
import type { DatabaseHost } from '../query/host.ts'
import { initCommitRecords, initIndexesMax, initLinksMax, initRecordsMax } from './limits.ts'
import { putLink } from './links.ts'
import { type IdInput, toId } from './record-calls.ts'

export interface InitIndex {
  readonly table: string
  /** Names of fields, dots between the steps of a path. */
  readonly fields: readonly string[]
  /** Default: the fields, joined by `_`. */
  readonly name?: string
  readonly unique?: boolean
}

export interface InitLink {
  readonly from: IdInput
  readonly relation: string
  readonly to: IdInput
}

export interface DatabaseInit {
  readonly indexes?: readonly InitIndex[]
  /** Records by table; one without `id` is given one. */
  readonly seed?: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>
  readonly links?: readonly InitLink[]
  /** What the commits say of themselves. */
  readonly meta?: WriteMeta
}

/** @throws ENGINE_INIT_INVALID before anything is written; INDEX_UNIQUE_VIOLATION, VALUE_* */
export async function writeInit(database: DatabaseHost, init: DatabaseInit): Promise<void> {
  const { indexes = [], seed = {}, links = [], meta } = init
  const records = Object.entries(seed).flatMap(([table, rows]) => rows.map((row) => toRecord(table, row)))
  const edges = links.map(({ from, relation, to }) => ({
    from: toId(from),
    relation: userTable(relation, 'links'),
    to: toId(to),
  }))
  checkCount('indexes', indexes.length, initIndexesMax)
  checkCount('seed', records.length, initRecordsMax)
  checkCount('links', edges.length, initLinksMax)
  const definitions = indexes.map(toIndex)
  const options = meta === undefined ? {} : { meta }
  const write = (work: (tx: WriteTx) => Promise<void>) => database.write(work, options)
  if (definitions.length > 0) {
    // The tables are empty, so that each is ready at once.
    await write(async (tx) => {
      for (const definition of definitions) await tx.defineIndex(definition)
    })
  }
  for (const part of partsOf(records)) {
    await write(async (tx) => {
      for (const { id, fields } of part) await tx.put(id, fields)
    })
  }
  for (const part of partsOf(edges)) {
    await write(async (tx) => {
      for (const edge of part) await putLink(tx, edge)
    })
  }
}

function toIndex({ table, fields, name, unique = false }: InitIndex) {
  if (fields.length === 0 || fields.some((field) => !/^[^.]+(\.[^.]+)*$/.test(field))) {
    throw invalid('indexes', 'lists of fields, with dots between the steps of a path')
  }
  return {
    name: name ?? fields.join('_').replaceAll('.', '_'),
    table: userTable(table, 'indexes'),
    fields: fields.map((field) => field.split('.')),
    unique,
  }
}

function toRecord(table: string, row: Readonly<Record<string, unknown>>) {
  const { id: given, ...fields } = fromUntrusted(row) as ValueObject
  userTable(table, 'seed')
  if (given instanceof RecordId && given.table !== table) throw invalid('seed', `records of ${table}`)
  const isKey = typeof given === 'string' || typeof given === 'number' || typeof given === 'bigint'
  if (given !== undefined && !(given instanceof RecordId) && !isKey) {
    throw invalid('seed', 'records whose id is a text, an integer or a record id')
  }
  const id = given instanceof RecordId ? given : new RecordId(table, isKey ? given : ulid())
  return { id, fields }
}

function userTable(name: string, field: string): string {
  if (name === '' || isSystemTable(name)) throw invalid(field, 'of tables whose names do not begin with $')
  return name
}

function checkCount(field: string, count: number, countMax: number): void {
  if (count > countMax) throw invalid(field, `at most ${countMax}; write the others afterwards`)
}

function invalid(field: string, expected: string): Error {
  return engineErrors.INIT_INVALID({ field, expected })
}

function* partsOf<Item>(items: readonly Item[]): Iterable<readonly Item[]> {
  for (let at = 0; at < items.length; at += initCommitRecords) yield items.slice(at, at + initCommitRecords)
}
