/**
 * The plan of a statement that reads: plain data, one kind of node per relational operator, each with its
 * input.
 * Why: rules of the optimizer turn plans into better ones, EXPLAIN prints them and tests compare them, so
 * they hold trees of expressions and no closures. execute/ turns the final plan into operators.
 * Invariant: rows are values; for a single source they are the records' own objects.
 */

import type { Range } from '@dendrodb/protocol'
import type {
  Expression,
  GroupClause,
  IdiomExpression,
  OrderKey,
  Projection,
  RecordIdExpression,
} from '../dql/ast.ts'
import type { TraceDirection } from '../provenance/trace-commits.ts'

export type PlanNode = SourceNode | StageNode

/** Where rows come from. */
export type SourceNode =
  | TableNode
  | ScanTableNode
  | ScanIndexNode
  | GetRecordsNode
  | ValuesNode
  | UnionNode
  | CountNode
  | NothingNode

/** What is done to rows. */
export type StageNode =
  | PermissionNode
  | FilterNode
  | SplitNode
  | AggregateNode
  | SortNode
  | TopRowsNode
  | LimitNode
  | ProjectNode
  | OmitNode
  | FetchNode
  | TraceNode
  | SearchNode
  | TraverseNode
  | MetadataNode

/** All rows of a table; the optimizer chooses how to get at them and leaves no such node. */
export interface TableNode {
  readonly kind: 'table'
  readonly table: string
}

export interface ScanTableNode {
  readonly kind: 'scan_table'
  readonly table: string
  /** Ids in a range, as written. */
  readonly range?: RecordIdExpression
  /** The same as a value, where it was found at run time. */
  readonly between?: Range
  /** Bounds of the id that conditions give; evaluated when the scan opens. */
  readonly bounds?: IdBounds
  readonly reverse?: boolean
}

export interface IdBounds {
  readonly lower?: BoundExpression
  readonly upper?: BoundExpression
}

export interface BoundExpression {
  readonly expression: Expression
  readonly inclusive: boolean
  readonly isRule?: boolean
}

/** Entries of an index in one or several ranges, and the records they lead to. */
export interface ScanIndexNode {
  readonly kind: 'scan_index'
  readonly table: string
  readonly index: string
  readonly indexId: number
  readonly unique: boolean
  readonly lookups: readonly IndexLookup[]
  /** Rows come in the order of the index instead of that of the ids. */
  readonly order?: IndexOrder
  /**
   * The entries say enough: rows are empty objects, one per record. Cut entries are checked with `recheck`.
   */
  readonly countOnly?: boolean
  readonly recheck?: Expression
  /** Part of the table's rows that is expected to be read. */
  readonly fraction: number
}

/** One way into an index. */
export interface IndexLookup {
  /** Values of the leading fields. */
  readonly equals: readonly LookupValue[]
  /** Bounds of the field after them. */
  readonly lower?: BoundExpression
  readonly upper?: BoundExpression
  /** See `LookupValue`, for the field that has bounds. */
  readonly boundsAlsoNone?: boolean
}

export interface LookupValue {
  readonly expression: Expression
  /**
   * `one`: the value. `each`: every element of a list (IN), or where the value is a range, what lies in it.
   * `first`: any one element of a list (CONTAINSALL), since more are asked for than must be found.
   */
  readonly take: 'one' | 'each' | 'first'
  /**
   * Records whose path leads through a link, or meets a value that is no list where the index follows
   * elements, stand under NONE; they are looked at as well, and the condition decides.
   */
  readonly alsoNone?: boolean
  /** Part of a permission rule: evaluated as the rules are, without the caller's parameters. */
  readonly isRule?: boolean
}

export interface IndexOrder {
  readonly reverse: boolean
  readonly keys: readonly OrderKey[]
  /** Ties among the keys are already in the order of the ids, so that rows may be passed on as they come. */
  readonly isTotal: boolean
}

/** Records by id: of literal ids, or of what conditions on the id of a table say. */
export interface GetRecordsNode {
  readonly kind: 'get_records'
  readonly ids: readonly LookupValue[]
  readonly table: string
  /** From a condition on the id: only ids of the table, in its order and once each. */
  readonly isLookup?: boolean
}

/** A target that is known only when it is evaluated: links, records, lists, objects, any value. */
export interface ValuesNode {
  readonly kind: 'values'
  readonly expression: Expression
  /** The statement that changes what it is; it refuses NONE and NULL, which a query reads as no rows. */
  readonly changedBy?: string
}

/** One input after the other. */
export interface UnionNode {
  readonly kind: 'union'
  readonly inputs: readonly PlanNode[]
}

/** One group row whose only result is the number of rows of the table. */
export interface CountNode {
  readonly kind: 'count'
  readonly table: string
}

/** No rows, and why. */
export interface NothingNode {
  readonly kind: 'nothing'
  readonly reason: string
}

/** Rows the session may see. Put in by `injectPermissions` alone. */
export interface PermissionNode {
  readonly kind: 'permission'
  readonly input: PlanNode
  readonly table: string
  readonly action: 'select' | 'update' | 'delete'
}

export interface FilterNode {
  readonly kind: 'filter'
  readonly input: PlanNode
  readonly condition: Expression
  /** `having`: on groups instead of rows. */
  readonly clause: 'where' | 'having'
}

export interface SplitNode {
  readonly kind: 'split'
  readonly input: PlanNode
  readonly fields: readonly (readonly string[])[]
}

/** One row per group, in the order of the keys: keys and results of aggregates. */
export interface AggregateNode {
  readonly kind: 'aggregate'
  readonly input: PlanNode
  readonly group: GroupClause
  readonly keys: readonly Expression[]
  readonly aggregates: readonly AggregateCall[]
}

export interface AggregateCall {
  readonly name: string
  readonly args: readonly Expression[]
}

/** Without keys: in random order. */
export interface SortNode {
  readonly kind: 'sort'
  readonly input: PlanNode
  readonly keys: readonly SortKey[] | undefined
  /** The projection comes first because keys are made from its results. */
  readonly project?: Projection
}

export interface SortKey {
  readonly key: OrderKey
  /** Whether the expression reads the projected row. */
  readonly fromOutput: boolean
}

/** The first rows of a sort, without keeping the others. */
export interface TopRowsNode {
  readonly kind: 'top_rows'
  readonly input: PlanNode
  readonly keys: readonly SortKey[]
  readonly project?: Projection
  readonly limit: Expression
  readonly skip?: Expression
}

export interface LimitNode {
  readonly kind: 'limit'
  readonly input: PlanNode
  readonly limit?: Expression
  readonly skip?: Expression
}

export interface ProjectNode {
  readonly kind: 'project'
  readonly input: PlanNode
  readonly projection: Projection
}

export interface OmitNode {
  readonly kind: 'omit'
  readonly input: PlanNode
  readonly fields: readonly IdiomExpression[]
}

export interface FetchNode {
  readonly kind: 'fetch'
  readonly input: PlanNode
  readonly fields: readonly Expression[]
}

/** In place of records, what led to them or what they led to. */
export interface TraceNode {
  readonly kind: 'trace'
  readonly input: PlanNode
  readonly direction: TraceDirection
  readonly depth?: Expression
  /** `commits`: a row per commit. `records`: a row per record that one of the commits wrote. */
  readonly rows: 'commits' | 'records'
}

/** Rows whose texts hold all words of another. */
export interface SearchNode {
  readonly kind: 'search'
  readonly input: PlanNode
  readonly text: string
}

/** In place of records those that edges of one relation lead to, each once. */
export interface TraverseNode {
  readonly kind: 'traverse'
  readonly input: PlanNode
  readonly relation: string
}

/** Records with what is known of their versions beside their fields. */
export interface MetadataNode {
  readonly kind: 'metadata'
  readonly input: PlanNode
}

/** The plan with its input replaced by `map` of it; of a source, the source itself. */
export function mapInput(node: PlanNode, map: (input: PlanNode) => PlanNode): PlanNode {
  if (node.kind === 'union') {
    const inputs = node.inputs.map(map)
    return inputs.every((input, i) => input === node.inputs[i]) ? node : { ...node, inputs }
  }
  if (!('input' in node)) return node
  const input = map(node.input)
  return input === node.input ? node : { ...node, input }
}

/** The plan rebuilt from its sources upwards. */
export function mapPlan(node: PlanNode, map: (node: PlanNode) => PlanNode): PlanNode {
  return map(mapInput(node, (input) => mapPlan(input, map)))
}

/** Whether the rows that come in are groups: an aggregate is below, and no projection in between. */
export function seesGroups(node: PlanNode): boolean {
  let below: PlanNode = node
  while ('input' in below) {
    below = below.input
    if (below.kind === 'aggregate' || below.kind === 'count') return true
    if (below.kind === 'project') return false
  }
  return false
}
