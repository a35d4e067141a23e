/**
 * Functions of a record that ask the database about it: they need the view, which other functions do not
 * have. Of a record that the session may not see they know nothing.
 */

import { must, RecordId, typeOf, type Value } from '@dendrodb/protocol'
import type { StoredRecord } from '../../models/model.ts'
import { chain } from '../../storage/chain.ts'
import type { MaybePromise } from '../../storage/kv-store.ts'
import { runTask } from '../execute/task.ts'
import { describeValue } from '../operators/describe-value.ts'
import { commitValue, validValue } from '../provenance/commit-value.ts'
import { recordHistory, recordVersion } from '../provenance/record-history.ts'
import { queryErrors } from '../query-errors.ts'
import type { CompiledExpression } from './compiled.ts'
import type { EvalContext } from './eval-context.ts'

interface RecordFunction {
  /** Reads the record by id and nothing else. */
  readonly isPoint: boolean
  /** What it takes behind the record: the number of a commit, which has to be there or may. */
  readonly takesSeq?: 'always' | 'optionally'
  call(id: RecordId, ctx: EvalContext, seq: number | undefined): MaybePromise<Value>
}

/** By their name behind `record::`, which is also that of the method of a record id. */
const recordFunctions: ReadonlyMap<string, RecordFunction> = new Map<string, RecordFunction>([
  ['exists', { isPoint: true, call: exists }],
  ['seq', { isPoint: true, call: seq }],
  ['valid', { isPoint: true, call: valid }],
  ['provenance', { isPoint: false, call: provenance }],
  [
    'history',
    {
      isPoint: false,
      takesSeq: 'optionally',
      call: (id, ctx, before) => runTask(recordHistory(id, before, ctx)),
    },
  ],
  [
    'version',
    {
      isPoint: false,
      takesSeq: 'always',
      call: (id, ctx, seq = 0) => runTask(recordVersion(id, seq, ctx)),
    },
  ],
])

const prefix = 'record::'
export const historyCallName = `${prefix}history`

/** `undefined`: no such function. */
export function recordFunction(name: string): RecordFunction | undefined {
  return recordFunctions.get(name)
}

/** `undefined`: the call is of another function. @throws QUERY_TYPE_EXPECTED */
export function compileRecordCall(
  name: string,
  args: readonly CompiledExpression[],
): CompiledExpression | undefined {
  const called = name.startsWith(prefix) ? recordFunction(name.slice(prefix.length)) : undefined
  if (called === undefined) return undefined
  checkArguments(called, name, args.length)
  const [arg, seq] = args as [CompiledExpression, CompiledExpression | undefined]
  return {
    isPure: false,
    isPoint: arg.isPoint && called.isPoint,
    evaluate: (row, ctx) =>
      chain(arg.evaluate(row, ctx), (id) =>
        chain(seq?.evaluate(row, ctx), (given) =>
          called.call(expectId(id, name), ctx, expectSeq(given, called, name)),
        ),
      ),
  }
}

/** The same as a method: the arguments without the record. @throws QUERY_TYPE_EXPECTED */
export function callRecordMethod(
  id: RecordId,
  name: string,
  args: readonly Value[],
  ctx: EvalContext,
): MaybePromise<Value> {
  const called = must(recordFunctions.get(name), 'a function of records')
  checkArguments(called, prefix + name, args.length + 1)
  return called.call(id, ctx, expectSeq(args[0], called, prefix + name))
}

function checkArguments({ takesSeq }: RecordFunction, name: string, found: number): void {
  const [least, most] = [takesSeq === 'always' ? 2 : 1, takesSeq === undefined ? 1 : 2]
  if (found >= least && found <= most) return
  const expected = least === most ? `${least} argument${least === 1 ? '' : 's'}` : '1 or 2 arguments'
  throw queryErrors.TYPE_EXPECTED({ clause: `${name}()`, expected, found })
}

export function expectId(id: Value, name: string): RecordId {
  if (id instanceof RecordId) return id
  throw queryErrors.TYPE_EXPECTED({ clause: `${name}()`, expected: 'a record id', found: typeOf(id) })
}

function expectSeq(given: Value, { takesSeq }: RecordFunction, name: string): number | undefined {
  return given === undefined && takesSeq !== 'always' ? undefined : commitNumber(given, name)
}

/** @throws QUERY_TYPE_EXPECTED */
export function commitNumber(given: Value, name: string): number {
  if (typeof given === 'number' && Number.isSafeInteger(given) && given >= 0) return given
  const found = `${typeOf(given)} ${describeValue(given)}`
  throw queryErrors.TYPE_EXPECTED({ clause: `${name}()`, expected: 'the number of a commit', found })
}

function exists(id: RecordId, ctx: EvalContext): MaybePromise<boolean> {
  return chain(ctx.readRecord(id), (record) => record !== undefined)
}

/** The commit of the version that the view shows. */
function seq(id: RecordId, ctx: EvalContext): MaybePromise<Value> {
  return chain(ctx.readRecord(id), (visible) => {
    if (visible === undefined) return undefined
    return chain(ctx.view.getRecord(id), (record) => record?.seq)
  })
}

/** The bounds of the version that the view shows, those that it has. */
function valid(id: RecordId, ctx: EvalContext): MaybePromise<Value> {
  return chain(visibleRecord(id, ctx), (record) => record && validValue(record))
}

/** What the commit that wrote the version says of itself. */
function provenance(id: RecordId, ctx: EvalContext): MaybePromise<Value> {
  return chain(visibleRecord(id, ctx), (record) => {
    if (record === undefined || record.seq === 0) return undefined
    return chain(ctx.view.commits.commits([record.seq]), ([commit]) => commit && commitValue(commit))
  })
}

function visibleRecord(id: RecordId, ctx: EvalContext): MaybePromise<StoredRecord | undefined> {
  return chain(ctx.readRecord(id), (visible) => visible && ctx.view.getRecord(id))
}
