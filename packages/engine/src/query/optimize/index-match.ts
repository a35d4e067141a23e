/**
 * How one index can serve constraints: its leading fields by equality, the next one by bounds.
 * Paths of several steps may lead through links, which an index does not follow: it has NONE there. The same
 * holds for an index of elements where the field holds no list. Such lookups take the entries under NONE as
 * well.
 */

import type { FieldPath, IndexDefinition } from '../../catalog/definitions.ts'
import type { Expression } from '../dql/ast.ts'
import type { BoundExpression, IndexLookup, LookupValue } from '../plan/plan-node.ts'
import type { Constraint } from './constraints.ts'
import { costModel, listFraction } from './cost-model.ts'

export interface IndexMatch {
  readonly index: IndexDefinition
  readonly lookup: IndexLookup
  /** Share of the table's rows. */
  readonly fraction: number
  /** Conjuncts that the entries answer fully. */
  readonly answered: ReadonlySet<Expression>
  /** Leading fields that have one value. */
  readonly equalFields: number
}

/** `undefined`: the constraints say nothing of the index's first field. */
export function matchIndex(
  index: IndexDefinition,
  constraints: readonly Constraint[],
): IndexMatch | undefined {
  const equals: LookupValue[] = []
  const answered = new Set<Expression>()
  let fraction = 1
  let equalFields = 0
  for (const path of index.fields) {
    const equal = constraints.find((each) => isEqualityOn(each, path))
    if (equal === undefined) break
    const alsoNone = needsNone(path)
    equals.push({ ...lookupValue(equal), ...(alsoNone && { alsoNone }) })
    if (equal.isExact && !alsoNone && !equal.isRule) answered.add(equal.source)
    fraction *= equal.take === 'each' ? listFraction(lengthOf(equal.expression)) : costModel.equalFraction
    if (equal.take === 'one' && equalFields === equals.length - 1) equalFields += 1
  }
  const isWhole = equals.length === index.fields.length
  if (isWhole && index.unique && equals.every((value) => value.take === 'one')) {
    fraction = costModel.pointFraction
  }
  const bounds = isWhole ? undefined : matchBounds(index.fields[equals.length] as FieldPath, constraints)
  if (equals.length === 0 && bounds === undefined) return undefined
  for (const source of bounds?.answered ?? []) answered.add(source)
  return {
    index,
    lookup: { equals, ...bounds?.lookup },
    fraction: fraction * (bounds?.fraction ?? 1),
    answered,
    equalFields,
  }
}

interface BoundsMatch {
  readonly lookup: Pick<IndexLookup, 'lower' | 'upper' | 'boundsAlsoNone'>
  readonly fraction: number
  readonly answered: readonly Expression[]
}

function matchBounds(path: FieldPath, constraints: readonly Constraint[]): BoundsMatch | undefined {
  if (path.some((step) => typeof step !== 'string')) return undefined
  const onPath = constraints.filter((each) => samePath(each.path, path))
  const lower = onPath.find((each) => each.kind === 'lower')
  const upper = onPath.find((each) => each.kind === 'upper')
  if (lower === undefined && upper === undefined) return undefined
  const boundsAlsoNone = needsNone(path)
  const both = [lower, upper].filter((each) => each !== undefined)
  return {
    lookup: {
      ...(lower && { lower: boundOf(lower) }),
      ...(upper && { upper: boundOf(upper) }),
      ...(boundsAlsoNone && { boundsAlsoNone }),
    },
    fraction: both.length === 2 ? costModel.betweenFraction : costModel.sideFraction,
    answered: boundsAlsoNone ? [] : answeredBy(both, constraints),
  }
}

/** A BETWEEN is answered only where both of its bounds are the ones used. */
function answeredBy(used: readonly Constraint[], all: readonly Constraint[]): readonly Expression[] {
  return used
    .filter((each) => !each.isRule)
    .map((each) => each.source)
    .filter((source) => all.every((other) => other.source !== source || used.includes(other)))
}

function isEqualityOn(constraint: Constraint, path: FieldPath): boolean {
  const eachSteps = path.filter((step) => typeof step !== 'string').length
  if (eachSteps > 1) return false
  const kind = eachSteps === 0 ? 'equal' : 'element'
  return constraint.kind === kind && samePath(constraint.path, path)
}

/** The same fields; steps into lists aside. */
function samePath(fields: readonly string[], path: FieldPath): boolean {
  const names = path.filter((step) => typeof step === 'string')
  return names.length === fields.length && names.every((name, i) => name === fields[i])
}

function needsNone(path: FieldPath): boolean {
  return path.length > 1
}

function lookupValue({ expression, take, isRule }: Constraint): LookupValue {
  return { expression, take, ...(isRule && { isRule }) }
}

function boundOf({ expression, inclusive, isRule }: Constraint): BoundExpression {
  return { expression, inclusive, ...(isRule && { isRule }) }
}

function lengthOf(expression: Expression): number {
  return expression.kind === 'array' ? expression.items.length : costModel.listLength
}
