/**
 * What an expression sees besides its row: parameters, the view, the rules, the bounds.
 * Invariant: immutable; a subquery, block or rule derives its own. All reads of single records by expressions
 * go through `readRecord` and `readRecords`, which is what keeps rows that the session may not see out of
 * every path.
 */

import type { RecordId, Value, ValueObject } from '@dendrodb/protocol'
import type { ReadView, StoredRecord, WriteTx } from '../../models/model.ts'
import type { MaybePromise } from '../../storage/kv-store.ts'
import type { StatementRun } from '../execute/statement-run.ts'
import { runTask, type Task, wait } from '../execute/task.ts'
import type { FunctionContext } from '../functions/function-definition.ts'
import type { DatabaseHost, QueryHost } from '../host.ts'
import { queryLimits } from '../limits.ts'
import { queryErrors } from '../query-errors.ts'
import type { Session } from '../session.ts'
import {
  type AccessKind,
  type AccessScopeOf,
  type GuardOf,
  isOutOfReach,
  type RowGuardOf,
} from './access-scope.ts'
import { Scope } from './scope.ts'

export type AccessScope = AccessScopeOf<EvalContext>
export type Guard = GuardOf<EvalContext>
export type RowGuard = RowGuardOf<EvalContext>

/** Rules for every kind of session; access/ implements them. */
export interface AccessRules {
  scopeOf(kind: AccessKind): AccessScope
}

/** One request's surroundings, the same for all of its statements. */
export interface RequestContext {
  readonly session: Session
  readonly host: QueryHost
  /** `$auth` and `$session`. */
  readonly authValue: Value
  readonly sessionValue: Value
  /** Access without rules, for evaluating the rules themselves. */
  readonly ruleAccess: AccessScope
  /** Whether a closure has been made, so that results and records have to be looked through for one. */
  hasClosures: boolean
}

/** `$before`, `$after`, `$value`, `$input` while a record is being written. */
export interface DocumentValues {
  readonly before?: Value
  readonly after?: Value
  readonly value?: Value
  readonly input?: Value
}

/** Where a recursed destructuring goes on at `@`. */
export interface RecursionFrame {
  readonly depth: number
  recurse(value: Value, frame: RecursionFrame, ctx: EvalContext): MaybePromise<Value>
}

export interface EvalContextFields {
  readonly run: StatementRun
  readonly request: RequestContext
  readonly database: DatabaseHost
  readonly view: ReadView
  /** The view itself while its transaction may be written to. */
  readonly tx: WriteTx | undefined
  readonly access: AccessScope
  readonly scope: Scope
  /** `$parent`: the row around a subquery. */
  readonly parent: Value
  readonly document: DocumentValues | undefined
  readonly recursion: RecursionFrame | undefined
  readonly depth: number
}

export class EvalContext implements EvalContextFields {
  readonly run: StatementRun
  readonly request: RequestContext
  readonly database: DatabaseHost
  readonly view: ReadView
  readonly tx: WriteTx | undefined
  readonly access: AccessScope
  readonly scope: Scope
  readonly parent: Value
  readonly document: DocumentValues | undefined
  readonly recursion: RecursionFrame | undefined
  readonly depth: number
  /** The one for rules that ask for nothing of the record but its fields: the same for all rows. */
  #ofRules: EvalContext | undefined

  constructor(fields: EvalContextFields) {
    this.run = fields.run
    this.request = fields.request
    this.database = fields.database
    this.view = fields.view
    this.tx = fields.tx
    this.access = fields.access
    this.scope = fields.scope
    this.parent = fields.parent
    this.document = fields.document
    this.recursion = fields.recursion
    this.depth = fields.depth
  }

  get functions(): FunctionContext {
    return this.run.functions
  }

  /** A copy with other fields. */
  with(change: Partial<EvalContextFields>): EvalContext {
    return new EvalContext({
      run: this.run,
      request: this.request,
      database: this.database,
      view: change.view ?? this.view,
      tx: 'tx' in change ? change.tx : this.tx,
      access: change.access ?? this.access,
      scope: change.scope ?? this.scope,
      parent: 'parent' in change ? change.parent : this.parent,
      document: 'document' in change ? change.document : this.document,
      recursion: 'recursion' in change ? change.recursion : this.recursion,
      depth: change.depth ?? this.depth,
    })
  }

  /** One level further in, with a scope of its own. @throws QUERY_TOO_DEEP */
  nested(change: Partial<EvalContextFields> = {}): EvalContext {
    if (this.depth >= queryLimits.nestingDepthMax) {
      throw queryErrors.TOO_DEEP({ depth: queryLimits.nestingDepthMax })
    }
    return this.with({ scope: new Scope(this.scope), ...change, depth: this.depth + 1 })
  }

  /** For a permission rule: sees all rows, and none of the caller's variables. @throws QUERY_TOO_DEEP */
  forRule(document?: DocumentValues): EvalContext {
    if (document !== undefined) return this.#nestedForRule(document)
    this.#ofRules ??= this.#nestedForRule(undefined)
    return this.#ofRules
  }

  #nestedForRule(document: DocumentValues | undefined): EvalContext {
    return this.nested({
      access: this.request.ruleAccess,
      scope: ruleScope,
      parent: undefined,
      document,
      tx: undefined,
    })
  }

  /** The record's fields; `undefined` when there is none or the session may not see it. */
  readRecord(id: RecordId): MaybePromise<ValueObject | undefined> {
    if (this.access.isUnrestricted && !id.table.startsWith('$')) {
      const record = this.view.getRecord(id)
      return record instanceof Promise ? record.then(rowBehind) : record?.value
    }
    return runTask(this.#readGuarded(id))
  }

  /** In the order of the ids. */
  readRecords(ids: readonly RecordId[]): MaybePromise<(ValueObject | undefined)[]> {
    if (this.access.isUnrestricted && !ids.some((id) => id.table.startsWith('$'))) {
      const records = this.view.getRecords(ids)
      return records instanceof Promise ? records.then(rowsBehind) : rowsBehind(records)
    }
    return runTask(this.#readAllGuarded(ids))
  }

  /**
   * Whether the session may see the record; one that does not exist may be seen where the table has no row
   * rule.
   */
  canSee(id: RecordId): MaybePromise<boolean> {
    if (isOutOfReach(id.table, this.access)) return false
    if (this.access.isUnrestricted) return true
    const guard = this.access.guard(this.view.catalog, id.table, 'select')
    if (guard.type !== 'where') return guard.type === 'allow'
    const record = this.readRecord(id)
    return record instanceof Promise ? record.then(isPresent) : isPresent(record)
  }

  /** As `passes` of the guard, for a row that is there. */
  passes(guard: RowGuard, row: Value): MaybePromise<boolean> {
    return guard.passes(row, this)
  }

  *#readGuarded(id: RecordId): Task<ValueObject | undefined> {
    if (isOutOfReach(id.table, this.access)) return undefined
    const guard = this.access.guard(this.view.catalog, id.table, 'select')
    if (guard.type === 'deny') return undefined
    const record = yield* wait(this.view.getRecord(id))
    if (record === undefined || guard.type === 'allow') return record?.value
    return (yield* wait(guard.passes(record.value, this))) ? record.value : undefined
  }

  *#readAllGuarded(ids: readonly RecordId[]): Task<(ValueObject | undefined)[]> {
    const rows: (ValueObject | undefined)[] = []
    for (const id of ids) rows.push(yield* this.#readGuarded(id))
    return rows
  }
}

const ruleScope = new Scope()

function rowBehind(record: StoredRecord | undefined): ValueObject | undefined {
  return record?.value
}

function rowsBehind(records: readonly (StoredRecord | undefined)[]): (ValueObject | undefined)[] {
  return records.map(rowBehind)
}

function isPresent(row: ValueObject | undefined): boolean {
  return row !== undefined
}
