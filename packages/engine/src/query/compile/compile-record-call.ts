/**
 * Functions of a record that ask the database about it: they need the view, which other functions do not
 * have. Of a record that the session may not see they know nothing.
 */

import { RecordId, typeOf, type Value } from '@dendrodb/protocol'
import { chain } from '../../storage/chain.ts'
import type { MaybePromise } from '../../storage/kv-store.ts'
import { queryErrors } from '../query-errors.ts'
import type { CompiledExpression } from './compiled.ts'
import type { EvalContext } from './eval-context.ts'

interface RecordFunction {
  /** Reads the record by id and nothing else. */
  readonly isPoint: boolean
  call(id: RecordId, ctx: EvalContext): MaybePromise<Value>
}

/** By their name behind `record::`, which is also that of the method of a record id. */
const recordFunctions: ReadonlyMap<string, RecordFunction> = new Map([
  ['exists', { isPoint: true, call: exists }],
  ['seq', { isPoint: true, call: seq }],
  ['valid', { isPoint: true, call: valid }],
])

const prefix = 'record::'

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
  const [arg] = args
  if (arg === undefined || args.length !== 1) {
    throw queryErrors.TYPE_EXPECTED({ clause: `${name}()`, expected: '1 argument', found: args.length })
  }
  return {
    isPure: false,
    isPoint: arg.isPoint && called.isPoint,
    evaluate: (row, ctx) => chain(arg.evaluate(row, ctx), (id) => called.call(expectId(id, name), ctx)),
  }
}

function expectId(id: Value, name: string): RecordId {
  if (id instanceof RecordId) return id
  throw queryErrors.TYPE_EXPECTED({ clause: `${name}()`, expected: 'a record id', found: typeOf(id) })
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
  return chain(ctx.readRecord(id), (visible) => {
    if (visible === undefined) return undefined
    return chain(ctx.view.getRecord(id), (record) => ({
      ...(record?.validFrom !== undefined && { from: record.validFrom }),
      ...(record?.validTo !== undefined && { to: record.validTo }),
    }))
  })
}
