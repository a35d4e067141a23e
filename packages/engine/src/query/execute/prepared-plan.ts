/**
 * A statement's plan, made when it is first run and kept for as long as the catalog is the same.
 * Why by the catalog object: it is immutable and a new one is made with every change of a definition, so that
 * identity says both "same database" and "same definitions". Sessions of one kind share plans, since rules
 * know the user through `$auth` alone.
 */

import type { Value } from '@dendrodb/protocol'
import type { Catalog } from '../../catalog/definitions.ts'
import type { AccessKind } from '../compile/access-scope.ts'
import type { Compiler } from '../compile/compiler.ts'
import type { EvalContext } from '../compile/eval-context.ts'
import type { IndexHint } from '../dql/ast.ts'
import { queryLimits } from '../limits.ts'
import { optimize } from '../optimize/optimize.ts'
import { injectPermissions } from '../plan/inject-permissions.ts'
import type { PermissionNode, PlanNode } from '../plan/plan-node.ts'
import { buildOperators } from './build-operators.ts'
import { type Batch, type Cursor, type Operator, openOperator } from './operator.ts'

export interface PlanOptions {
  readonly compiler: Compiler
  readonly hint: IndexHint | undefined
  readonly actions: readonly PermissionNode['action'][]
  /** Whether sources are read to their end first; see `createBuffer`. */
  readonly isBuffered?: boolean
}

export interface Prepared {
  readonly plan: PlanNode
  readonly root: Operator
}

interface Entry extends Prepared {
  readonly catalog: Catalog
  readonly kind: AccessKind
}

export class PreparedPlan {
  readonly #logical: PlanNode
  readonly #options: PlanOptions
  /** The latest first. */
  readonly #entries: Entry[] = []

  constructor(logical: PlanNode, options: PlanOptions) {
    this.#logical = logical
    this.#options = options
  }

  /** The rows of a point read; see `Operator.rowsNow`. Not while operators are being measured. */
  rowsNow(ctx: EvalContext, outer: Value): Batch | undefined {
    return ctx.run.profile === undefined ? this.for(ctx).root.rowsNow?.(ctx, outer) : undefined
  }

  open(ctx: EvalContext, outer: Value): Cursor {
    return openOperator(this.for(ctx).root, ctx, outer)
  }

  /** @throws QUERY_RESERVED_NAME, ACCESS_SIGN_IN_REQUIRED */
  for(ctx: EvalContext): Prepared {
    const { catalog } = ctx.view
    const { kind } = ctx.access
    const latest = this.#entries[0]
    if (latest?.catalog === catalog && latest.kind === kind) return latest
    const at = this.#entries.findIndex((entry) => entry.catalog === catalog && entry.kind === kind)
    const entry = at < 0 ? { ...this.#make(this.#logical, ctx), catalog, kind } : (this.#entries[at] as Entry)
    if (at >= 0) this.#entries.splice(at, 1)
    this.#entries.unshift(entry)
    if (this.#entries.length > queryLimits.plansPerStatementMax) this.#entries.pop()
    return entry
  }

  #make(logical: PlanNode, ctx: EvalContext): Prepared {
    const { compiler, hint, actions, isBuffered = false } = this.#options
    const { access, view } = ctx
    const { catalog } = view
    const permitted = injectPermissions(logical, { catalog, access, actions })
    const plan = optimize(permitted, { catalog, access, hint })
    const buildSource = (source: PlanNode, at: EvalContext) => this.#make(source, at).root
    return { plan, root: buildOperators(plan, { compiler, catalog, access, buildSource, isBuffered }) }
  }
}
