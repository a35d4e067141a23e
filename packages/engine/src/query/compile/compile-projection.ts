/**
 * The projection of SELECT and RETURN: from a row to an object of named values, or to a single value.
 */

import { setField, type Value, type ValueObject } from '@dendrodb/protocol'
import type { MaybePromise } from '../../storage/kv-store.ts'
import type { CallExpression, ProjectedField, Projection, ProjectionItem } from '../dql/ast.ts'
import { runTask, type Task, wait } from '../execute/task.ts'
import { outputPath } from '../plan/output-names.ts'
import { queryErrors } from '../query-errors.ts'
import { effectsOf, evaluateAll } from './combine.ts'
import { type CompiledExpression, pure } from './compiled.ts'
import type { Compiler } from './compiler.ts'
import { compileFields, type DynamicFields, isFieldCall, valuesOf } from './dynamic-fields.ts'
import type { EvalContext } from './eval-context.ts'
import { isPlainObject, ownField } from './read-field.ts'

export function compileProjection(projection: Projection, compiler: Compiler): CompiledExpression {
  if (projection.value) return compileValue(projection, compiler)
  const [only] = projection.items
  if (projection.items.length === 1 && only?.kind === 'all') return wholeRow(compiler)
  return compileObject(projection, compiler)
}

/** `*` alone: the row itself, uncopied. */
function wholeRow(compiler: Compiler): CompiledExpression {
  return compiler.row ?? pure((row) => row)
}

/** `SELECT VALUE x`. */
function compileValue({ items }: Projection, compiler: Compiler): CompiledExpression {
  const [only] = items
  if (only === undefined || items.length !== 1) {
    throw queryErrors.TYPE_EXPECTED({
      clause: 'VALUE',
      expected: 'one expression',
      found: String(items.length),
    })
  }
  return only.kind === 'all' ? wholeRow(compiler) : compiler.expression(only.expression)
}

type Fill = (object: Record<string, Value>, values: readonly Value[], row: Value) => void

function compileObject({ items }: Projection, compiler: Compiler): CompiledExpression {
  const isDynamic = (item: ProjectionItem) =>
    item.kind === 'field' && item.alias === undefined && isFieldCall(item.expression)
  const written = compileWritten(
    items.filter((item) => !isDynamic(item)),
    compiler,
  )
  const dynamic = items.filter(isDynamic).map((item) => {
    return compileFields((item as ProjectedField).expression as CallExpression, compiler)
  })
  return dynamic.length === 0 ? written : withDynamic(written, dynamic)
}

function compileWritten(items: readonly ProjectionItem[], compiler: Compiler): CompiledExpression {
  const fields = items.filter((item) => item.kind === 'field') as readonly ProjectedField[]
  const paths = fields.map(outputPath)
  const parts = fields.map((field) => compiler.expression(field.expression))
  const all = items.some((item) => item.kind === 'all') ? wholeRow(compiler) : undefined
  const fill = paths.every((path) => path.length === 1)
    ? fillFlat(paths.map(([name]) => name as string))
    : fillNested(paths)
  const effects = effectsOf(all === undefined ? parts : [...parts, all])
  function make(values: readonly Value[], row: Value): Value {
    const object: Record<string, Value> = isPlainObject(row) ? { ...row } : {}
    fill(object, values, row)
    return object
  }
  if (effects.isPure && all === undefined && paths.every((path) => path.length === 1)) {
    return compileFlat(
      paths.map(([name]) => name as string),
      parts,
    )
  }
  return {
    ...effects,
    evaluate(row, ctx): MaybePromise<Value> {
      const values = evaluateAll(parts, row, ctx)
      const base = all?.evaluate(row, ctx) as Value
      return values instanceof Promise ? values.then((known) => make(known, base)) : make(values, base)
    },
  }
}

/** Fields whose paths are known only now, put to the others. */
function withDynamic(written: CompiledExpression, dynamic: readonly DynamicFields[]): CompiledExpression {
  function* evaluate(row: Value, ctx: EvalContext): Task<Value> {
    const object = { ...((yield* wait(written.evaluate(row, ctx))) as ValueObject) }
    for (const fields of dynamic) {
      const named = yield* wait(valuesOf(fields, row, ctx))
      const fill = fillNested(named.map(({ path }) => path))
      fill(
        object,
        named.map(({ value }) => value),
        row,
      )
    }
    return object
  }
  return { isPure: false, isPoint: false, evaluate: (row, ctx) => runTask(evaluate(row, ctx)) }
}

/** The most frequent form, without a list of values in between. */
function compileFlat(names: readonly string[], parts: readonly CompiledExpression[]): CompiledExpression {
  if (names.includes('__proto__')) {
    return pure((row, ctx) => {
      const object: Record<string, Value> = {}
      for (const [i, part] of parts.entries())
        setField(object, names[i] as string, part.evaluate(row, ctx) as Value)
      return object
    })
  }
  return pure((row, ctx) => {
    const object: Record<string, Value> = {}
    for (let i = 0; i < parts.length; i += 1) {
      object[names[i] as string] = (parts[i] as CompiledExpression).evaluate(row, ctx) as Value
    }
    return object
  })
}

function fillFlat(names: readonly string[]): Fill {
  return (object, values) => {
    for (let i = 0; i < names.length; i += 1) setField(object, names[i] as string, values[i])
  }
}

/** `AS a.b`: objects on the way are shared by all fields under them. */
function fillNested(paths: readonly (readonly string[])[]): Fill {
  return (object, values) => {
    for (const [i, [name, ...rest]] of paths.entries()) {
      if (name === undefined) continue
      const current = Object.hasOwn(object, name) ? object[name] : undefined
      setField(object, name, placed(current, rest, values[i]))
    }
  }
}

/** NONE is shown where it was asked for. What is no object on the way gives way to one. */
function placed(current: Value, [name, ...rest]: readonly string[], value: Value): Value {
  if (name === undefined) return value
  const copy: Record<string, Value> = isPlainObject(current) ? { ...current } : {}
  setField(copy, name, placed(ownField(copy, name), rest, value))
  return copy
}
