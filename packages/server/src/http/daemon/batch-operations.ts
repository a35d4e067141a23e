/**
 * The operations of a batch: `put`, `del`, `link`, `unlink`, as the body has them and as they are run.
 */

import { putLink, removeLink, type WriteTx } from '@dendrodb/engine'
import type { RecordId, Value, ValueObject } from '@dendrodb/protocol'
import { fieldError } from '../json-body.ts'
import { batchOperationsMax } from '../limits.ts'
import { checkTable } from '../record-path.ts'
import { documentOf, isDocument } from './document.ts'
import { findRecord, type PlainId, plainIdOf, plainKey, splitId } from './plain-ids.ts'

interface Reasons {
  /** Commits that led to it. */
  readonly causedBy: readonly Value[]
}

interface RowOperation extends Reasons {
  readonly target: PlainId
  readonly ifSeq: number | undefined
}

interface PutOperation extends RowOperation {
  readonly op: 'put'
  readonly fields: ValueObject
  readonly validFrom: Value
  readonly validTo: Value
}

interface DeleteOperation extends RowOperation {
  readonly op: 'del'
}

interface LinkOperation extends Reasons {
  readonly op: 'link' | 'unlink'
  readonly from: PlainId
  readonly relation: string
  readonly to: PlainId
}

export type BatchOperation = PutOperation | DeleteOperation | LinkOperation

/** @throws HTTP_FIELD_INVALID, HTTP_TABLE_NAME */
export function batchOperations({ ops }: ValueObject): readonly BatchOperation[] {
  if (!Array.isArray(ops)) throw fieldError('ops', 'a list', ops === undefined ? 'required' : 'type')
  const given = ops as readonly Value[]
  if (given.length === 0 || given.length > batchOperationsMax) {
    throw fieldError('ops', `a list of 1 to ${batchOperationsMax} operations`, 'length')
  }
  return given.map((each, at) => {
    if (!isDocument(each)) throw fieldError(`ops[${at}]`, 'an object', 'type')
    return operationOf(each, `ops[${at}].`)
  })
}

/** As a value: what an idempotency key stands for. */
export function batchRequest(operations: readonly BatchOperation[]): Value {
  return operations.map((each) => {
    if (isLink(each)) {
      return [each.op, ...namesOf(each.from), each.relation, ...namesOf(each.to)]
    }
    const said = [each.op, ...namesOf(each.target), each.ifSeq]
    return each.op === 'put' ? [...said, each.fields, each.validFrom, each.validTo] : said
  })
}

/**
 * All of them in one transaction, in their order: a condition is about the record as those before left it.
 * @throws LEDGER_PRECONDITION, CATALOG_NOT_A_RELATION, …
 */
export async function runBatch(tx: WriteTx, operations: readonly BatchOperation[]): Promise<Value> {
  const results: Value[] = []
  for (const operation of operations) results.push(await run(tx, operation))
  return results
}

async function run(tx: WriteTx, operation: BatchOperation): Promise<Value> {
  if (isLink(operation)) {
    const { op, relation } = operation
    const link = { from: await recordIn(tx, operation.from), relation, to: await recordIn(tx, operation.to) }
    return op === 'link'
      ? { op, created: await putLink(tx, link) }
      : { op, removed: await removeLink(tx, link) }
  }
  const id = await recordIn(tx, operation.target)
  if (operation.ifSeq !== undefined) await tx.expectSeq(id, operation.ifSeq)
  const said = { op: operation.op, coll: id.table, id: plainKey(id) }
  if (operation.op === 'del') return { ...said, deleted: await tx.delete(id) }
  const { fields, validFrom, validTo } = operation
  await tx.put(id, fields, { validFrom, validTo })
  return said
}

function isLink(operation: BatchOperation): operation is LinkOperation {
  return operation.op === 'link' || operation.op === 'unlink'
}

function recordIn(tx: WriteTx, target: PlainId): Promise<RecordId> {
  return findRecord(target, (id) => tx.getRecord(id))
}

function namesOf({ collection, id }: PlainId): readonly Value[] {
  return [collection, id]
}

function operationOf(given: ValueObject, field: string): BatchOperation {
  const { op, coll, id, caused_by: causes, evidence, confidence } = given
  if (evidence !== undefined || confidence !== undefined) {
    const problem = 'without evidence and confidence of its own, which are those of the whole batch'
    throw fieldError(field.slice(0, -1), problem, 'type')
  }
  const causedBy = causes === undefined || causes === null ? [] : ([causes].flat() as readonly Value[])
  switch (op) {
    case 'put': {
      const target = plainIdOf(coll, id, field)
      const fields = documentOf(given.doc, target, `${field}doc`)
      const { valid_from: validFrom, valid_to: validTo } = given
      return { op, target, fields, validFrom, validTo, ifSeq: seqOf(given, field), causedBy }
    }
    case 'del':
    case 'delete':
      return { op: 'del', target: plainIdOf(coll, id, field), ifSeq: seqOf(given, field), causedBy }
    case 'link':
    case 'unlink': {
      const { rel, frm, from, to } = given
      if (typeof rel !== 'string') throw fieldError(`${field}rel`, 'the name of a relation', 'type')
      return {
        op,
        from: splitId(frm ?? from ?? undefined, `${field}frm`),
        relation: checkTable(rel),
        to: splitId(to ?? undefined, `${field}to`),
        causedBy,
      }
    }
    default:
      throw fieldError(`${field}op`, 'put, del, link or unlink', 'type')
  }
}

function seqOf({ if_seq: seq }: ValueObject, field: string): number | undefined {
  if (seq === undefined || seq === null) return undefined
  if (typeof seq === 'number' && Number.isSafeInteger(seq) && seq >= -1) return seq
  throw fieldError(`${field}if_seq`, 'the number of a commit, or -1', 'type')
}
