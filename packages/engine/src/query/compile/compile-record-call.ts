/**
 * Functions of a record that ask the database about it: they need the view, which other functions do not
 * have. Of a record that the session may not see they know nothing.
 */

import { RecordId, typeOf, type Value } from '@dendrodb/protocol'
import type { RecordVersion, StoredRecord } from '../../models/model.ts'
import { chain } from '../../storage/chain.ts'
import type { MaybePromise } from '../../storage/kv-store.ts'
import { runTask, type Task, wait } from '../execute/task.ts'
import { queryLimits } from '../limits.ts'
import { commitValue, validValue } from '../provenance/commit-value.ts'
import { maySee } from '../provenance/visible-changes.ts'
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
  ['provenance', { isPoint: false, call: provenance }],
  ['history', { isPoint: false, call: (id, ctx) => runTask(history(id, ctx)) }],
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
  return chain(visibleRecord(id, ctx), (record) => record && validValue(record))
}

/** What the commit that wrote the version says of itself. */
function provenance(id: RecordId, ctx: EvalContext): MaybePromise<Value> {
  return chain(visibleRecord(id, ctx), (record) => {
    if (record === undefined || record.seq === 0) return undefined
    return chain(ctx.view.commits.commits([record.seq]), ([commit]) => commit && commitValue(commit))
  })
}

/** The versions of a record, newest first; those that today's rules would not show are left out. */
function* history(id: RecordId, ctx: EvalContext): Task<Value> {
  const { commits } = ctx.view
  const versions = (yield commits.versions(id, queryLimits.historyVersionsMax)) as readonly RecordVersion[]
  const infos = yield* wait(commits.commits(versions.map(({ seq }) => seq)))
  const shown: Value[] = []
  for (const [at, { record, replaced }] of versions.entries()) {
    yield* ctx.run.pause()
    const commit = infos[at]
    if (commit === undefined || !(yield* maySee(id.table, record ?? replaced, ctx))) continue
    const known = commitValue(commit)
    shown.push(
      record === undefined
        ? { ...known, operation: 'delete' }
        : { ...known, operation: 'put', valid: validValue(record), value: record.value },
    )
  }
  return shown
}

function visibleRecord(id: RecordId, ctx: EvalContext): MaybePromise<StoredRecord | undefined> {
  return chain(ctx.readRecord(id), (visible) => visible && ctx.view.getRecord(id))
}
