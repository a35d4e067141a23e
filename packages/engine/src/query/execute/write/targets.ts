/**
 * Targets of statements that make records: tables, in which new ids are generated, and ids.
 */

import { RecordId, typeOf, type Value } from '@dendrodb/protocol'
import type { Compiler } from '../../compile/compiler.ts'
import type { EvalContext } from '../../compile/eval-context.ts'
import { isPlainObject, ownField } from '../../compile/read-field.ts'
import type { Scope } from '../../compile/scope.ts'
import type { Expression } from '../../dql/ast.ts'
import { queryErrors } from '../../query-errors.ts'
import { isTableCall } from '../operators/values.ts'
import { done, type Task, wait } from '../task.ts'

export type Target = { readonly table: string } | { readonly id: RecordId }

export interface CompiledTarget {
  /** Whether it is a single id or table, known without reading anything. */
  isPoint(scope: Scope): boolean
  resolve(row: Value, ctx: EvalContext): Task<readonly Target[]>
}

export function compileTarget(target: Expression, statement: string, compiler: Compiler): CompiledTarget {
  if (target.kind === 'table') {
    const { name } = target
    return {
      isPoint: () => true,
      resolve: () => done([{ table: name }]),
    }
  }
  const value = compiler.expression(target)
  const isTable = isTableCall(target)
  const isDirect =
    (target.kind === 'record_id' && target.key.kind !== 'key_range') ||
    (target.kind === 'call' && idCalls.has(target.name))
  return {
    isPoint: (scope) =>
      value.isPoint && (isDirect || (target.kind === 'param' && scope.get(target.name) instanceof RecordId)),
    *resolve(row, ctx) {
      const found = yield* wait(value.evaluate(row, ctx))
      if (isTable && typeof found === 'string') return [{ table: found }]
      return targetsIn(found, statement)
    },
  }
}

const idCalls: ReadonlySet<string> = new Set(['type::record', 'type::thing', 'type::table'])

/** @throws QUERY_TARGET_INVALID */
function targetsIn(value: Value, statement: string): readonly Target[] {
  if (value instanceof RecordId) return [{ id: value }]
  if (Array.isArray(value)) return (value as readonly Value[]).flatMap((each) => targetsIn(each, statement))
  const id = isPlainObject(value) ? ownField(value, 'id') : undefined
  if (id instanceof RecordId) return [{ id }]
  throw queryErrors.TARGET_INVALID({ statement, found: typeOf(value) })
}
