/**
 * The places that SET and UNSET name. Unlike elsewhere, positions may be computed: `SET list[$i] = 1`.
 */

import type { Value } from '@dendrodb/protocol'
import type { CompiledExpression } from '../../compile/compiled.ts'
import type { Compiler } from '../../compile/compiler.ts'
import type { EvalContext } from '../../compile/eval-context.ts'
import { type Place, type PlacePart, placeOf } from '../../compile/nested-fields.ts'
import type { IdiomExpression, IndexPart, PathPart } from '../../dql/ast.ts'
import { wholeNumber } from '../../operators/value-text.ts'
import { queryErrors } from '../../query-errors.ts'
import { done, type Task, wait } from '../task.ts'

export interface CompiledPlace {
  readonly isPoint: boolean
  /** Set where nothing has to be computed. */
  readonly constant: Place | undefined
  resolve(record: Value, ctx: EvalContext): Task<Place>
}

/** @throws QUERY_TYPE_EXPECTED for a path that names no place */
export function compilePlace(idiom: IdiomExpression, compiler: Compiler): CompiledPlace {
  if (!idiom.parts.some(isComputed)) {
    const [constant] = placeOf(idiom, 'SET') as readonly [Place]
    return {
      isPoint: true,
      constant,
      resolve: () => done(constant),
    }
  }
  const parts = idiom.parts.map((part): PlacePart | CompiledExpression => {
    if (isComputed(part)) return compiler.expression((part as IndexPart).index)
    return (placeOf({ ...idiom, parts: [part] }, 'SET')[0] as Place)[0] as PlacePart
  })
  return {
    isPoint: parts.every((part) => typeof part !== 'object' || part.isPoint),
    constant: undefined,
    *resolve(record, ctx) {
      const place: PlacePart[] = []
      for (const part of parts) {
        place.push(typeof part === 'object' ? positionOf(yield* wait(part.evaluate(record, ctx))) : part)
      }
      return place
    },
  }
}

function isComputed(part: PathPart): boolean {
  return part.kind === 'index' && part.index.kind !== 'literal'
}

function positionOf(value: Value): PlacePart {
  if (typeof value === 'string') return value
  const position = wholeNumber(value)
  if (typeof position === 'number') return position
  throw queryErrors.TYPE_EXPECTED({ clause: 'a position in SET', expected: 'an int', found: typeof value })
}
