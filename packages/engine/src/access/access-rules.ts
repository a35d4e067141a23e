/**
 * What sessions may do with rows, told from the tables' permissions.
 * - Root and the role `admin` are not asked.
 * - A table with declared permissions: full, none, or a condition on the row. A condition that fails with an
 *   error counts as not met.
 * - A table without: a signed-in user's records are those whose `owner` is the user.
 * - Nobody who is not signed in reads or writes anything.
 * Conditions know the user through `$auth` and `$session`, see all rows, and see none of the caller's
 * parameters.
 */

import { DbError, type Value } from '@dendrodb/protocol'
import type { Catalog, PermissionRule, TableDefinition } from '../catalog/definitions.ts'
import { accessErrors } from '../query/access-errors.ts'
import type { AccessKind, Action } from '../query/compile/access-scope.ts'
import type { CompiledExpression } from '../query/compile/compiled.ts'
import type { Compiler } from '../query/compile/compiler.ts'
import type { AccessRules, AccessScope, EvalContext, Guard, RowGuard } from '../query/compile/eval-context.ts'
import { type AnyNode, someNode } from '../query/compile/walk.ts'
import type { Expression, ParamExpression } from '../query/dql/ast.ts'
import { parseExpression } from '../query/dql/parse-dql.ts'
import { isBoundError } from '../query/execute/statement-run.ts'
import { isTruthy } from '../query/operators/truthiness.ts'

/** Rules whose compiled form is kept. */
const rulesKeptMax = 1_000

const allow: Guard = { type: 'allow' }
const ownerRule = 'owner = $auth.id'

/** Parameters that stand for the record while it is written. */
const documentParams: ReadonlySet<string> = new Set(['before', 'after', 'value', 'input'])

interface CompiledRule {
  readonly condition: Expression
  readonly compiled: CompiledExpression
  /** Whether it asks for one of `documentParams`. */
  readonly usesDocument: boolean
}

type TableGuards = Map<Action, Guard>

export class TableRules implements AccessRules {
  readonly #createCompiler: () => Compiler
  readonly #guards = new WeakMap<TableDefinition, TableGuards>()
  readonly #rules = new Map<string, CompiledRule | undefined>()
  readonly #scopes = new Map<AccessKind, AccessScope>()
  readonly #undeclared: Guard

  constructor(createCompiler: () => Compiler) {
    this.#createCompiler = createCompiler
    this.#undeclared = this.#rowGuard(
      ownerRule,
      'the default for tables without permissions: records of your own',
    )
  }

  scopeOf(kind: AccessKind): AccessScope {
    let scope = this.#scopes.get(kind)
    if (scope === undefined) {
      scope = this.#createScope(kind)
      this.#scopes.set(kind, scope)
    }
    return scope
  }

  #createScope(kind: AccessKind): AccessScope {
    const isUnrestricted = kind === 'system' || kind === 'unrestricted'
    return {
      kind,
      isUnrestricted,
      guard: (catalog, table, action) => {
        if (isUnrestricted) return allow
        if (kind === 'anonymous') throw accessErrors.SIGN_IN_REQUIRED()
        return this.#guardOf(catalog, table, action)
      },
    }
  }

  #guardOf(catalog: Catalog, name: string, action: Action): Guard {
    const table = catalog.table(name)
    if (table?.permissions === undefined) return this.#undeclared
    let guards = this.#guards.get(table)
    if (guards === undefined) {
      guards = new Map()
      this.#guards.set(table, guards)
    }
    let guard = guards.get(action)
    if (guard === undefined) {
      guard = this.#declaredGuard(name, action, table.permissions[action])
      guards.set(action, guard)
    }
    return guard
  }

  #declaredGuard(table: string, action: Action, rule: PermissionRule): Guard {
    const origin = `PERMISSIONS FOR ${action} of ${table}`
    if (rule === 'full') return allow
    return rule === 'none' ? { type: 'deny', origin } : this.#rowGuard(rule.where, origin)
  }

  #rowGuard(rule: string, origin: string): Guard {
    const compiled = this.#compile(rule)
    if (compiled === undefined) return { type: 'deny', origin: `${origin} (the rule does not compile)` }
    return {
      type: 'where',
      origin,
      rule,
      condition: compiled.condition,
      passes: (row, ctx) => passes(compiled, row, ctx),
    } satisfies RowGuard
  }

  /** `undefined`: the rule is no condition, so it is never met. */
  #compile(rule: string): CompiledRule | undefined {
    if (this.#rules.has(rule)) return this.#rules.get(rule)
    if (this.#rules.size >= rulesKeptMax) this.#rules.clear()
    const compiled = compileRule(rule, this.#createCompiler())
    this.#rules.set(rule, compiled)
    return compiled
  }
}

function compileRule(rule: string, compiler: Compiler): CompiledRule | undefined {
  try {
    const condition = parseExpression(rule)
    const usesDocument = someNode(condition, isDocumentParam)
    return { condition, compiled: compiler.expression(condition), usesDocument }
  } catch (error) {
    if (error instanceof DbError) return undefined
    throw error
  }
}

function isDocumentParam(node: AnyNode): boolean {
  return node.kind === 'param' && documentParams.has((node as ParamExpression).name)
}

function passes(rule: CompiledRule, row: Value, ctx: EvalContext): ReturnType<RowGuard['passes']> {
  const { compiled, usesDocument } = rule
  try {
    const found = compiled.evaluate(
      row,
      usesDocument ? ctx.forRule({ ...ctx.document, value: row }) : ctx.forRule(),
    )
    return found instanceof Promise ? found.then(isTruthy, notMet) : isTruthy(found)
  } catch (error) {
    return notMet(error)
  }
}

/**
 * A rule that fails is not met. A bound that is reached ends the statement, and a bug is none of the rule's.
 */
function notMet(error: unknown): boolean {
  if (!(error instanceof DbError) || isBoundError(error)) throw error
  return false
}
