/**
 * Queries of NQL without text: `from('user').where('age', '>', 30).orderBy('name').limit(10)`.
 * Immutable: each method gives a new builder, so that a query may be the beginning of several.
 */

import { fromUntrusted, RecordId, typeOf, type Value, type ValueObject } from '@dendrodb/protocol'
import type { NqlAnswer } from '../query/nql/create-run-nql.ts'
import { nqlErrors } from '../query/nql/nql-errors.ts'
import {
  type FieldPath,
  type NqlAggregate,
  type NqlOperator,
  type NqlQuery,
  nqlAggregates,
  nqlOperators,
} from '../query/nql/nql-query.ts'
import { type TimeInput, toTime } from './time-input.ts'

/** A field by its name, with dots between the names of nested ones; or those names. */
export type FieldInput = string | readonly string[]

export class QueryBuilder {
  readonly #query: NqlQuery
  readonly #run: (query: NqlQuery) => Promise<NqlAnswer>

  /** Made by a database; see `Database.from`. */
  constructor(query: NqlQuery, run: (query: NqlQuery) => Promise<NqlAnswer>) {
    this.#query = query
    this.#run = run
  }

  /** The state after a commit, or at an instant. */
  asOf(time: number | TimeInput): QueryBuilder {
    return this.#with({ asOf: typeof time === 'number' ? toCount('asOf', time) : toTime(time, 'asOf') })
  }

  /** What held then. */
  validAsOf(time: TimeInput): QueryBuilder {
    return this.#with({ validAsOf: toTime(time) })
  }

  /**
   * One more condition; all of them have to hold. A field that is not there counts as null, and values of
   * different types are neither equal nor in any order.
   */
  where(field: FieldInput, operator: NqlOperator, value: unknown): QueryBuilder {
    if (!nqlOperators.includes(operator)) throw invalid('where', `takes ${nqlOperators.join(' ')}`)
    const condition = { field: toPath(field), operator, value: toScalar(value) }
    return this.#with({ where: [...(this.#query.where ?? []), condition] })
  }

  /** Rows whose texts hold all of the words. */
  search(text: string): QueryBuilder {
    return this.#with({ search: text })
  }

  orderBy(field: FieldInput, direction: 'asc' | 'desc' = 'asc'): QueryBuilder {
    return this.#with({ orderBy: { field: toPath(field), descending: direction === 'desc' } })
  }

  /** In place of the rows the records that edges of a relation lead to. */
  traverse(relation: string): QueryBuilder {
    return this.#with({ traverse: relation })
  }

  /** In place of the rows the records written by the commits that led to them, or that they led to. */
  trace(direction: 'causes' | 'effects', options: { readonly depth?: number } = {}): QueryBuilder {
    const { depth } = options
    return this.#with({
      trace: depth === undefined ? { direction } : { direction, depth: toCount('trace', depth) },
    })
  }

  /** A row per value of the field: the value, `count`, and if asked for one figure more: `sum_price`. */
  groupBy(field: FieldInput, aggregate?: Lowercase<NqlAggregate>, of?: FieldInput): QueryBuilder {
    const group = { field: toPath(field) }
    if (aggregate === undefined) return this.#with({ groupBy: group })
    const name = nqlAggregates.find((each) => each === aggregate.toUpperCase())
    if (name === undefined || of === undefined) {
      throw invalid('groupBy', `takes one of ${nqlAggregates.join(' ').toLowerCase()} and a field`)
    }
    return this.#with({ groupBy: { ...group, aggregate: { name, field: toPath(of) } } })
  }

  limit(count: number): QueryBuilder {
    return this.#with({ limit: toCount('limit', count) })
  }

  /** The rows, copies that are yours. */
  async rows(): Promise<readonly ValueObject[]> {
    return (await this.answer()).rows
  }

  /** The rows with their number and the newest commit. */
  answer(): Promise<NqlAnswer> {
    return this.#run(this.#query)
  }

  /** How the query will be run; `analyze`: how it was. */
  async explain(options: { readonly analyze?: boolean } = {}): Promise<ValueObject> {
    const { rows } = await this.#run({ ...this.#query, explain: options.analyze ? 'analyze' : 'plan' })
    return rows[0] as ValueObject
  }

  #with(change: Partial<NqlQuery>): QueryBuilder {
    return new QueryBuilder({ ...this.#query, ...change }, this.#run)
  }
}

function toPath(field: FieldInput): FieldPath {
  const path = typeof field === 'string' ? field.split('.') : field
  if (path.length === 0 || path.includes('')) throw invalid('field', 'has names that are not empty')
  return path
}

function toCount(part: string, count: number): number {
  if (Number.isSafeInteger(count) && count >= 0) return count
  throw invalid(part, 'takes an integer from 0 on')
}

/** @throws NQL_QUERY_INVALID for lists and objects, which NQL compares with nothing */
function toScalar(input: unknown): Value {
  const value = fromUntrusted(input)
  const part = value instanceof RecordId ? value.key : value
  if (!compoundTypes.has(typeOf(part as Value))) return value
  throw invalid('where', 'takes a single value')
}

const compoundTypes: ReadonlySet<string> = new Set(['array', 'object', 'set', 'range', 'record'])

function invalid(part: string, reason: string): Error {
  return nqlErrors.QUERY_INVALID({ part, reason })
}
