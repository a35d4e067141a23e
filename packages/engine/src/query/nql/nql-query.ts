/**
 * A query of NQL as data: what a text is read into, and what the builder makes.
 */

import type { Datetime, Value } from '@dendrodb/protocol'
import type { TraceDirection } from '../provenance/trace-commits.ts'

export interface NqlQuery {
  readonly from: string
  /** The plan instead of the rows; `analyze`: after running it. */
  readonly explain?: 'plan' | 'analyze'
  /** Number of a commit, or an instant. */
  readonly asOf?: number | Datetime
  readonly validAsOf?: Datetime
  /** All of them hold. */
  readonly where?: readonly NqlCondition[]
  readonly search?: string
  readonly orderBy?: { readonly field: FieldPath; readonly descending: boolean }
  readonly traverse?: string
  readonly trace?: { readonly direction: TraceDirection; readonly depth?: number }
  readonly groupBy?: NqlGroup
  readonly limit?: number
}

export interface NqlCondition {
  readonly field: FieldPath
  readonly operator: NqlOperator
  readonly value: Value
}

export interface NqlGroup {
  readonly field: FieldPath
  /** Beside the number of rows. */
  readonly aggregate?: { readonly name: NqlAggregate; readonly field: FieldPath }
}

/** Names from the outside in. */
export type FieldPath = readonly string[]

export const nqlOperators = ['=', '!=', '<', '<=', '>', '>='] as const
export type NqlOperator = (typeof nqlOperators)[number]

export const nqlAggregates = ['SUM', 'AVG', 'MIN', 'MAX'] as const
export type NqlAggregate = (typeof nqlAggregates)[number]
