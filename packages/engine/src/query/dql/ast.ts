/**
 * The syntax tree of DQL: what a text says, before anything is known of tables, parameters or permissions.
 * Why: parser, planner, formatter and EXPLAIN meet here and nowhere else, so the tree is plain data: readonly
 * objects told apart by `kind`, without methods, safe to cache and to share between queries.
 * Invariants:
 * - `span` holds UTF-16 offsets into the parsed text, `end` exclusive. Nothing else in the tree depends on
 *   the text: two trees that differ in spans alone mean the same.
 * - Spellings are normalised: `IS NOT` is `!=`, `AND` is `&&`, `NOT x` is `!x`, `a.*` is `a[*]`, names are
 *   unescaped.
 * - An absent clause is an absent property, never `undefined` as a value and never an empty list.
 * This file holds what is mutually recursive, as an expression may hold a statement and the other way round.
 */

import type { BranchStatementOf } from './ast-branch.ts'
import type { ForgettingStatementOf } from './ast-forgetting.ts'
import type { HistoryStatementOf } from './ast-history.ts'
import type {
  BinaryOperator,
  Distance,
  FunctionParam,
  IndexHint,
  InfoStatement,
  KeyGenerator,
  KeyLiteral,
  LeafExpression,
  LeafPart,
  TableExpression,
  UnaryOperator,
  UseStatement,
  WordStatement,
} from './ast-leaf.ts'
import type {
  DefineEventOf,
  DefineFieldOf,
  DefineFunctionOf,
  DefineParamOf,
  DefineStatementOf,
  DefineTableOf,
  PermissionOf,
  PermissionsOf,
  SchemaStatementOf,
} from './ast-schema.ts'
import type { Node, Span, TypeNode } from './ast-type.ts'

export type * from './ast-branch.ts'
export type * from './ast-forgetting.ts'
export type * from './ast-history.ts'
export type * from './ast-leaf.ts'
export type * from './ast-schema.ts'

// Expressions

export type Expression =
  | LeafExpression
  | RecordIdExpression
  | IdiomExpression
  | ArrayExpression
  | SetExpression
  | ObjectExpression
  | RangeExpression
  | UnaryExpression
  | BinaryExpression
  | BetweenExpression
  | MatchesExpression
  | KnnExpression
  | CastExpression
  | CallExpression
  | ClosureExpression
  | SubqueryExpression
  | BlockExpression

/** `user:alice`, and `user:1..5` where the key is a range. */
export interface RecordIdExpression extends Node<'record_id'> {
  readonly table: string
  readonly key: RecordKeyNode
}

export type RecordKeyNode = SingleRecordKey | RecordKeyRange

export type SingleRecordKey = KeyLiteral | KeyGenerator | KeyArray | KeyObject

export interface KeyArray extends Node<'key_array'> {
  readonly items: readonly Expression[]
}

export interface KeyObject extends Node<'key_object'> {
  readonly entries: readonly ObjectEntry[]
}

/** `t:1..5`, `t:1>..=5`, `t:..5`, `t:1..`, `t:..` (the whole table). */
export interface RecordKeyRange extends Node<'key_range'> {
  readonly lower?: RecordKeyBound
  readonly upper?: RecordKeyBound
}

export interface RecordKeyBound {
  readonly key: SingleRecordKey
  readonly inclusive: boolean
}

export interface ArrayExpression extends Node<'array'> {
  readonly items: readonly Expression[]
}

/** `{1, 2}`; `{1,}` of one element; `{,}` empty. */
export interface SetExpression extends Node<'set'> {
  readonly items: readonly Expression[]
}

/** `{ name: 'x', 'any key': 1 }`. Of a repeated key the last value stays, so keys are distinct. */
export interface ObjectExpression extends Node<'object'> {
  readonly entries: readonly ObjectEntry[]
}

export interface ObjectEntry {
  readonly key: string
  readonly value: Expression
  readonly span: Span
}

/** `1..5`, `1..=5`, `1>..5`, `..5`, `1..`, `..`. By default the lower end is included, the upper is not. */
export interface RangeExpression extends Node<'range'> {
  readonly lower?: Expression
  readonly upper?: Expression
  readonly lowerInclusive: boolean
  readonly upperInclusive: boolean
}

export interface UnaryExpression extends Node<'unary'> {
  readonly operator: UnaryOperator
  readonly operand: Expression
}

export interface BinaryExpression extends Node<'binary'> {
  readonly operator: BinaryOperator
  readonly left: Expression
  readonly right: Expression
}

/** `x BETWEEN lower AND upper` (ours): both ends included. */
export interface BetweenExpression extends Node<'between'> {
  readonly value: Expression
  readonly lower: Expression
  readonly upper: Expression
  readonly negated: boolean
}

/** `field @@ 'text'`, `field @1@ 'text'`, `field @1,OR@ 'text'`. */
export interface MatchesExpression extends Node<'matches'> {
  readonly left: Expression
  readonly right: Expression
  /** Number that `search::score(n)` and `search::highlight(…, n)` refer to. */
  readonly reference?: number
  /** How the terms of the text combine; AND when not given. */
  readonly terms?: 'AND' | 'OR'
}

/** `field <|k|> v`, `<|k,ef|>`, `<|k,COSINE|>`. */
export interface KnnExpression extends Node<'knn'> {
  readonly left: Expression
  readonly right: Expression
  readonly k: number
  /** Beam width of the index search. */
  readonly ef?: number
  /** Given: exact scan by this distance, without an index. */
  readonly distance?: Distance
}

/** `<int> x`. */
export interface CastExpression extends Node<'cast'> {
  readonly type: TypeNode
  readonly operand: Expression
}

/**
 * `string::len(x)`, `fn::greet('Ann')`, `count()`, `rand()`. Built-in names are in lower case; names under
 * `fn::` keep theirs. Whether the function exists is not the parser's business.
 */
export interface CallExpression extends Node<'call'> {
  readonly name: string
  readonly args: readonly Expression[]
}

/** `|$a: int, $b| $a + $b`, `|$a| -> int { … }`. */
export interface ClosureExpression extends Node<'closure'> {
  readonly params: readonly FunctionParam[]
  readonly returns?: TypeNode
  readonly body: Expression
}

/** A statement as a value: `(SELECT …)`, or bare where a whole expression may stand: `LET $x = SELECT …`. */
export interface SubqueryExpression extends Node<'subquery'> {
  readonly statement: Statement
}

/** `{ LET $x = 1; RETURN $x + 1 }`. An empty `{}` is an object unless a block must stand there. */
export interface BlockExpression extends Node<'block'> {
  readonly statements: readonly Statement[]
}

// Paths

/**
 * A path of at least one part. Without `start` it begins at the current record: `a.b` is [field a, field b],
 * `->knows->person` is [graph, graph]. With `start` it begins at that value: `$x.a`, `user:1->knows`,
 * `(SELECT …)[0]`.
 */
export interface IdiomExpression extends Node<'idiom'> {
  readonly start?: Expression
  readonly parts: readonly PathPart[]
}

export type PathPart =
  | LeafPart
  | IndexPart
  | WherePart
  | DestructurePart
  | MethodPart
  | CallPart
  | GraphPart
  | RecursePart

/** `[expr]`: an array position or an object's field. */
export interface IndexPart extends Node<'index'> {
  readonly index: Expression
}

/**
 * `[WHERE cond]`, `[? cond]`: the elements (or reached records) for which the condition holds, with the
 * element as the current record. A condition after a traversal and before FROM, `SELECT ->follows->user WHERE
 * age > 25 FROM …`, is this part at the end of the path.
 */
export interface WherePart extends Node<'where'> {
  readonly condition: Expression
}

/** `.{ a, b.c, d: x.y }`. */
export interface DestructurePart extends Node<'destructure'> {
  readonly fields: readonly DestructureField[]
}

/**
 * `name` is the field of the result; `path` is read from the value: `a` is {a, [field a]}, `b.*` {b, [field
 * b, all]}.
 */
export interface DestructureField {
  readonly name: string
  readonly path: readonly PathPart[]
  readonly span: Span
}

/**
 * `.len()`: a method of the value's type, or a closure held in a field of that name. The name is as written.
 */
export interface MethodPart extends Node<'method'> {
  readonly name: string
  readonly args: readonly Expression[]
}

/** `$closure(1, 2)`. */
export interface CallPart extends Node<'call'> {
  readonly args: readonly Expression[]
}

/**
 * One step along edges: `->knows` reaches the edges, a second `->person` their far ends.
 * `out` is `->`, `in` is `<-`, `both` is `<->`. No `targets`: `->?`, any table.
 * The clauses come from the parenthesised form `->(knows WHERE … LIMIT 3)`; `fields` from `->(SELECT a FROM
 * knows)`.
 */
export interface GraphPart extends Node<'graph'> {
  readonly direction: 'out' | 'in' | 'both'
  readonly targets?: readonly GraphTarget[]
  readonly fields?: Projection
  readonly where?: Expression
  readonly split?: readonly IdiomExpression[]
  readonly group?: GroupClause
  readonly order?: OrderClause
  readonly limit?: Expression
  readonly skip?: Expression
  readonly alias?: IdiomExpression
}

/** A table, or ids of it in a range: `->knows:1..5`. */
export type GraphTarget = TableExpression | RecordIdExpression

/**
 * `.{min..max}`: the path is followed again from what it reached. `.{3}` has `min` = `max` = 3; no `max`:
 * until nothing new is reached or the engine's bound. Without `path` the rest of the idiom is the path.
 */
export interface RecursePart extends Node<'recurse'> {
  readonly min?: number
  readonly max?: number
  readonly mode?: RecurseMode
  readonly path?: readonly PathPart[]
}

export type RecurseMode =
  | { readonly type: 'collect'; readonly inclusive: boolean }
  | { readonly type: 'path'; readonly inclusive: boolean }
  | { readonly type: 'shortest'; readonly to: Expression; readonly inclusive: boolean }

// Statements

export type Statement = DataStatement | ControlStatement | SchemaStatement | SessionStatement

export type DataStatement =
  | SelectStatement
  | CreateStatement
  | InsertStatement
  | UpdateStatement
  | DeleteStatement
  | RelateStatement
  | CountStatement

export type ControlStatement =
  | ExpressionStatement
  | LetStatement
  | ReturnStatement
  | IfStatement
  | ForStatement
  | WordStatement
  | ThrowStatement
  | SleepStatement
  | ExplainStatement

export type SchemaStatement = SchemaStatementOf<Expression, BlockExpression, SelectStatement>

export type SessionStatement =
  | BranchStatementOf<Expression>
  | HistoryStatementOf<Expression, WriteClauses>
  | ForgettingStatementOf<Expression>
  | UseStatement
  | InfoStatement
  | ShowChangesStatement
  | LiveStatement
  | KillStatement

// Reading

export interface SelectStatement extends Node<'select'> {
  readonly projection: Projection
  /** Fields left out of the result. */
  readonly omit?: readonly IdiomExpression[]
  /** `FROM ONLY`: the result is the one row instead of a list, an error when there are more. */
  readonly only: boolean
  readonly from: readonly Expression[]
  readonly index?: IndexHint
  /** Transaction time: a commit's seq or a datetime (`AS OF`, or SurrealQL's `VERSION`). */
  readonly asOf?: Expression
  /** Valid time: a datetime. */
  readonly validAsOf?: Expression
  /** `TRACE CAUSES DEPTH 3`: the commits behind the rows (ours). `depth`: steps at most. */
  readonly trace?: { readonly direction: 'causes' | 'effects'; readonly depth?: Expression }
  readonly where?: Expression
  readonly split?: readonly IdiomExpression[]
  readonly group?: GroupClause
  readonly having?: Expression
  readonly order?: OrderClause
  readonly limit?: Expression
  readonly skip?: Expression
  readonly fetch?: readonly Expression[]
  readonly timeout?: Expression
  readonly parallel: boolean
  readonly tempfiles: boolean
  readonly explain?: 'plan' | 'full'
}

/** What each row of the result holds. `value`: the bare value of the single item instead of an object. */
export interface Projection {
  readonly value: boolean
  readonly items: readonly ProjectionItem[]
}

export type ProjectionItem = Node<'all'> | ProjectedField

/**
 * Without `alias` the field is named by its path (graph steps included), by the function's name, or else by
 * the text of the expression (`formatExpression`).
 */
export interface ProjectedField extends Node<'field'> {
  readonly expression: Expression
  /** A path of fields: `AS stats.total` makes an object `stats`. */
  readonly alias?: IdiomExpression
}

/** `GROUP ALL` makes one group of all rows. */
export type GroupClause =
  | { readonly type: 'all' }
  | { readonly type: 'by'; readonly keys: readonly Expression[] }

export type OrderClause =
  | { readonly type: 'rand' }
  | { readonly type: 'by'; readonly keys: readonly OrderKey[] }

export interface OrderKey {
  readonly expression: Expression
  readonly descending: boolean
  /** Unicode collation for strings instead of code points. */
  readonly collate: boolean
  /** Digits within strings compare as numbers. */
  readonly numeric: boolean
  readonly span: Span
}

/** `COUNT t [WHERE …] [GROUP BY f]` (ours). */
export interface CountStatement extends Node<'count'> {
  readonly target: Expression
  readonly where?: Expression
  readonly group?: readonly Expression[]
  readonly asOf?: Expression
  readonly validAsOf?: Expression
}

// Writing

/** Clauses that every writing statement may end with. */
export interface WriteClauses {
  readonly output?: OutputClause
  readonly timeout?: Expression
  readonly parallel: boolean
  readonly meta?: WriteMetaClause
}

/** What the write says about itself (ours); each expression is evaluated once per statement. */
export interface WriteMetaClause {
  readonly validFrom?: Expression
  readonly validTo?: Expression
  /** One seq or an array of them. */
  readonly causedBy?: Expression
  readonly evidence?: Expression
  /** 0 to 1. */
  readonly confidence?: Expression
}

/** RETURN of a writing statement; without it AFTER holds (DELETE: NONE). */
export type OutputClause =
  | { readonly type: 'none' | 'null' | 'before' | 'after' | 'diff' }
  | { readonly type: 'fields'; readonly projection: Projection }

export type DataClause =
  | { readonly type: 'set'; readonly assignments: readonly Assignment[] }
  | { readonly type: 'unset'; readonly fields: readonly IdiomExpression[] }
  | { readonly type: 'content' | 'merge' | 'patch' | 'replace'; readonly value: Expression }

/** `+?=` adds to an array unless it is there already. */
export interface Assignment {
  readonly place: IdiomExpression
  readonly operator: '=' | '+=' | '-=' | '+?='
  readonly value: Expression
  readonly span: Span
}

export interface CreateStatement extends Node<'create'>, WriteClauses {
  readonly only: boolean
  readonly targets: readonly Expression[]
  readonly data?: DataClause
}

export interface InsertStatement extends Node<'insert'>, WriteClauses {
  /** `INSERT RELATION`: the rows are edges with `in` and `out`. */
  readonly relation: boolean
  /** `IGNORE`: a row whose id or unique key exists is skipped. */
  readonly ignore: boolean
  /** No `into`: each row's `id` says where it goes. */
  readonly into?: Expression
  readonly source: InsertSource
  readonly onDuplicateKeyUpdate?: readonly Assignment[]
}

export type InsertSource =
  /** An object or an array of objects. */
  | { readonly type: 'value'; readonly value: Expression }
  /** `(a, b) VALUES (1, 2), (3, 4)`: every row has as many expressions as there are fields. */
  | {
      readonly type: 'rows'
      readonly fields: readonly IdiomExpression[]
      readonly rows: readonly (readonly Expression[])[]
    }

/** UPDATE changes what exists; `upsert` creates what does not. */
export interface UpdateStatement extends Node<'update' | 'upsert'>, WriteClauses {
  readonly only: boolean
  readonly targets: readonly Expression[]
  readonly index?: IndexHint
  readonly data?: DataClause
  readonly where?: Expression
  readonly explain?: 'plan' | 'full'
}

export interface DeleteStatement extends Node<'delete'>, WriteClauses {
  readonly only: boolean
  readonly targets: readonly Expression[]
  readonly index?: IndexHint
  readonly where?: Expression
  readonly explain?: 'plan' | 'full'
}

/** `RELATE from->edge->to`; written `to<-edge<-from` it is turned round. */
export interface RelateStatement extends Node<'relate'>, WriteClauses {
  readonly only: boolean
  readonly from: Expression
  /** A `table`, a `record_id`, or an expression that gives one of them. */
  readonly edge: Expression
  readonly to: Expression
  /** Two edges of one table never join the same records twice. */
  readonly unique: boolean
  readonly data?: DataClause
}

// Control

/** An expression as a statement: `1 + 1;`. */
export interface ExpressionStatement extends Node<'expression'> {
  readonly expression: Expression
}

/** `LET $x: int = …`. Without LET, `$x = …` is a comparison. */
export interface LetStatement extends Node<'let'> {
  readonly name: string
  readonly type?: TypeNode
  readonly value: Expression
}

/** RETURN without a value returns NONE. */
export interface ReturnStatement extends Node<'return'> {
  readonly value?: Expression
  readonly fetch?: readonly Expression[]
}

/** The form `IF c THEN x ELSE y END` is read as `IF c { x } ELSE { y }`. */
export interface IfStatement extends Node<'if'> {
  readonly branches: readonly IfBranch[]
  readonly otherwise?: BlockExpression
}

export interface IfBranch {
  readonly condition: Expression
  readonly body: BlockExpression
  readonly span: Span
}

/** `FOR $x IN array-or-range { … }`. */
export interface ForStatement extends Node<'for'> {
  readonly variable: string
  readonly source: Expression
  readonly body: BlockExpression
}

export interface ThrowStatement extends Node<'throw'> {
  readonly error: Expression
}

export interface SleepStatement extends Node<'sleep'> {
  readonly duration: Expression
}

/** `EXPLAIN [ANALYZE] statement` (ours). */
export interface ExplainStatement extends Node<'explain'> {
  readonly analyze: boolean
  readonly statement: Statement
}

// Session

/** `SHOW CHANGES FOR TABLE t SINCE x LIMIT n`; no `table`: the whole database. */
export interface ShowChangesStatement extends Node<'show_changes'> {
  readonly table?: string
  /** A seq or a datetime. */
  readonly since?: Expression
  readonly limit?: Expression
}

export interface LiveStatement extends Node<'live'> {
  /** `LIVE SELECT DIFF`: changes as JSON patches; `projection` is then absent. */
  readonly projection?: Projection
  readonly from: Expression
  readonly where?: Expression
  readonly fetch?: readonly Expression[]
}

export interface KillStatement extends Node<'kill'> {
  /** A uuid, a string or a param. */
  readonly id: Expression
}

// Schema

export type DefineStatement = DefineStatementOf<Expression, BlockExpression, SelectStatement>
export type DefineTableStatement = DefineTableOf<Expression, SelectStatement>
export type DefineFieldStatement = DefineFieldOf<Expression>
export type DefineParamStatement = DefineParamOf<Expression>
export type DefineFunctionStatement = DefineFunctionOf<Expression, BlockExpression>
export type DefineEventStatement = DefineEventOf<Expression>
export type PermissionsClause = PermissionsOf<Expression>
export type PermissionNode = PermissionOf<Expression>
