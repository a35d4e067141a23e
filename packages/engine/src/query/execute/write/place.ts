/**
 * The places that SET and UNSET name. Unlike elsewhere, positions may be computed: `SET list[$i] = 1`, and
 * elements chosen: `SET list[WHERE n = 1].n = 2`, `SET list[1..3] = 0`.
 * Positions are computed on the record as it was before the statement; elements are chosen among those that
 * are there when the assignment has its turn.
 */

import { Range, typeOf, type Value, type ValueObject, ValueSet } from '@dendrodb/protocol'
import { holds } from '../../compile/compile-path.ts'
import type { CompiledExpression } from '../../compile/compiled.ts'
import type { Compiler } from '../../compile/compiler.ts'
import { sliceBounds } from '../../compile/element-at.ts'
import type { EvalContext } from '../../compile/eval-context.ts'
import { everyElement, noElements, type Place, type PlacePart, placeOf } from '../../compile/nested-fields.ts'
import { isPlainObject, ownField } from '../../compile/read-field.ts'
import type { IdiomExpression, PathPart } from '../../dql/ast.ts'
import { wholeNumber } from '../../operators/value-text.ts'
import { queryErrors } from '../../query-errors.ts'
import { done, type Task, wait } from '../task.ts'

export interface CompiledPlace {
  readonly isPoint: boolean
  /** Set where nothing has to be computed. Several where the path ends in `.{ a, b }`. */
  readonly constant: readonly Place[] | undefined
  /** In the order of the record's elements. */
  resolve(before: ValueObject, current: ValueObject, ctx: EvalContext): Task<readonly Place[]>
}

type Part = PlacePart | { readonly position: CompiledExpression } | { readonly condition: CompiledExpression }

/** A part whose position is known; a range and a condition choose among what is there. */
type Choice = PlacePart | Range | { readonly condition: CompiledExpression }

/** @throws QUERY_TYPE_EXPECTED for a path that names no place */
export function compilePlace(idiom: IdiomExpression, compiler: Compiler): CompiledPlace {
  if (!idiom.parts.some(isComputed)) {
    const constant = placeOf(idiom, 'SET')
    return { isPoint: true, constant, resolve: () => done(constant) }
  }
  const parts = idiom.parts.flatMap((part) => compilePart(part, idiom, compiler))
  const expressions = parts.flatMap((part) => (typeof part === 'object' ? Object.values(part) : []))
  return {
    isPoint: expressions.every((each: CompiledExpression) => each.isPoint),
    constant: undefined,
    *resolve(before, current, ctx) {
      const choices: Choice[] = []
      for (const part of parts) choices.push(yield* choiceOf(part, before, ctx))
      return yield* placesIn(current, choices, ctx.with({ parent: before }))
    },
  }
}

function isComputed(part: PathPart): boolean {
  return part.kind === 'where' || (part.kind === 'index' && part.index.kind !== 'literal')
}

function compilePart(part: PathPart, idiom: IdiomExpression, compiler: Compiler): readonly Part[] {
  if (part.kind === 'where') return [{ condition: compiler.expression(part.condition) }]
  if (part.kind === 'index' && isComputed(part)) return [{ position: compiler.expression(part.index) }]
  const [place, ...others] = placeOf({ ...idiom, parts: [part] }, 'SET')
  if (place !== undefined && others.length === 0) return place
  throw queryErrors.TYPE_EXPECTED({ clause: 'SET', expected: 'one field at a time', found: part.kind })
}

function* choiceOf(part: Part, before: Value, ctx: EvalContext): Task<Choice> {
  if (typeof part !== 'object' || !('position' in part)) return part
  const value = yield* wait(part.position.evaluate(before, ctx))
  if (typeof value === 'string' || value instanceof Range) return value
  const position = wholeNumber(value)
  if (typeof position === 'number') return position
  throw queryErrors.TYPE_EXPECTED({
    clause: 'a position in SET',
    expected: 'an int or a range of ints',
    found: typeOf(value),
  })
}

/** The places of the value that the choices lead to. */
function* placesIn(value: Value, choices: readonly Choice[], ctx: EvalContext): Task<readonly Place[]> {
  const [choice, ...rest] = choices
  if (choice === undefined) return [[]]
  const isLast = !rest.some(isChoosing)
  if (isLast && !isChoosing(choice)) return [choices as Place]
  const places: Place[] = []
  for (const [part, inner] of yield* chosen(value, choice, ctx)) {
    for (const place of yield* placesIn(inner, rest, ctx)) places.push([...part, ...place])
  }
  return places
}

function isChoosing(choice: Choice): boolean {
  return typeof choice === 'object'
}

/** What one choice leads to, each with the part of the place that names it. */
function* chosen(value: Value, choice: Choice, ctx: EvalContext): Task<readonly (readonly [Place, Value])[]> {
  if (value instanceof ValueSet) throw noElements(value)
  const elements = Array.isArray(value) ? (value as readonly Value[]) : undefined
  if (typeof choice === 'object' && 'condition' in choice) {
    if (elements === undefined) return (yield* holds(value, choice.condition, ctx)) ? [[[], value]] : []
    const kept: [Place, Value][] = []
    for (const [i, element] of elements.entries()) {
      if (yield* holds(element, choice.condition, ctx)) kept.push([[i], element])
    }
    return kept
  }
  if (elements !== undefined) return ofList(elements, choice)
  if (!isPlainObject(value)) return []
  if (choice === everyElement) return Object.entries(value).map(([name, field]) => [[name], field])
  return typeof choice === 'string' ? [[[choice], ownField(value, choice)]] : []
}

function ofList(list: readonly Value[], choice: PlacePart | Range): readonly (readonly [Place, Value])[] {
  const all = list.map((element, i) => [[i], element] as const)
  if (choice instanceof Range) {
    const bounds = sliceBounds(list.length, choice)
    return bounds === undefined ? [] : all.slice(...bounds)
  }
  if (choice === everyElement) return all
  if (typeof choice === 'number') return all.slice(choice, choice + 1 || undefined)
  // A field of a list is one of each element.
  return list.map((element, i) => [
    [i, choice],
    isPlainObject(element) ? ownField(element, choice) : undefined,
  ])
}
