/**
 * `type::field(name)` and `type::fields(names)`: paths that are texts until the statement runs.
 * As projections they appear under the name of the path, like one that is written.
 */

import { typeOf, type Value } from '@dendrodb/protocol'
import { chain } from '../../storage/chain.ts'
import type { MaybePromise } from '../../storage/kv-store.ts'
import type { CallExpression, Expression, IdiomExpression } from '../dql/ast.ts'
import { parseExpression } from '../dql/parse-dql.ts'
import { queryLimits } from '../limits.ts'
import { pathNames } from '../plan/output-names.ts'
import { queryErrors } from '../query-errors.ts'
import { evaluateAll } from './combine.ts'
import type { CompiledExpression } from './compiled.ts'
import type { Compiler } from './compiler.ts'
import type { EvalContext } from './eval-context.ts'

const fieldCalls: ReadonlySet<string> = new Set(['type::field', 'type::fields'])

type FieldCall = CallExpression & { readonly name: 'type::field' | 'type::fields' }

export function isFieldCall(node: { readonly kind: string }): node is FieldCall {
  return node.kind === 'call' && fieldCalls.has((node as { readonly name?: string }).name ?? '')
}

interface Field {
  readonly idiom: IdiomExpression
  /** Under which it is shown. */
  readonly path: readonly string[]
  readonly expression: CompiledExpression
}

export interface DynamicFields {
  /** The paths that are asked for. */
  fields(row: Value, ctx: EvalContext): MaybePromise<readonly Field[]>
}

export function compileFields({ name, args }: CallExpression, compiler: Compiler): DynamicFields {
  const [arg] = args
  if (arg === undefined || args.length !== 1) throw wrong(name, '1 argument', String(args.length))
  const names = compiler.expression(arg)
  const known = new Map<string, Field>()
  function fieldOf(text: Value): Field {
    if (typeof text !== 'string') throw wrong(name, 'the path of a field as text', typeOf(text))
    let field = known.get(text)
    if (field === undefined) {
      const idiom = parsePath(text, name)
      field = { idiom, path: pathNames(idiom), expression: compiler.expression(idiom) }
      if (known.size < queryLimits.dynamicFieldsMax) known.set(text, field)
    }
    return field
  }
  return {
    fields: (row, ctx) =>
      chain(names.evaluate(row, ctx), (value) => {
        if (name === 'type::field') return [fieldOf(value)]
        if (!Array.isArray(value)) throw wrong(name, 'an array of paths', typeOf(value))
        return (value as readonly Value[]).map(fieldOf)
      }),
  }
}

/** The call as a value: that of the field, or the list of the fields' values. */
export function compileFieldCall(node: CallExpression, compiler: Compiler): CompiledExpression {
  const dynamic = compileFields(node, compiler)
  return {
    isPure: false,
    isPoint: false,
    evaluate: (row, ctx) =>
      chain(valuesOf(dynamic, row, ctx), (found) => {
        const values = found.map(({ value }) => value)
        return node.name === 'type::field' ? values[0] : values
      }),
  }
}

export interface NamedValue {
  readonly path: readonly string[]
  readonly value: Value
}

export function valuesOf(dynamic: DynamicFields, row: Value, ctx: EvalContext): MaybePromise<NamedValue[]> {
  return chain(dynamic.fields(row, ctx), (fields) => {
    const expressions = fields.map(({ expression }) => expression)
    return chain(evaluateAll(expressions, row, ctx), (values) =>
      fields.map(({ path }, i) => ({ path, value: values[i] })),
    )
  })
}

function parsePath(text: string, name: string): IdiomExpression {
  const expression: Expression = parseExpression(text, { textBytesMax: queryLimits.dynamicFieldBytesMax })
  if (expression.kind === 'idiom' && expression.start === undefined) return expression
  throw wrong(name, 'the path of a field', `'${text}'`)
}

function wrong(name: string, expected: string, found: string): Error {
  return queryErrors.TYPE_EXPECTED({ clause: `${name}()`, expected, found })
}
