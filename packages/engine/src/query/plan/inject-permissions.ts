/**
 * Puts the session's rules into a plan.
 * Why a pass of its own: whatever the statement, language or door, every source of rows passes through here
 * before anything is optimized or run. Sources that are known only at run time (links, parameters) read
 * through `EvalContext.readRecord`, which asks the same guards.
 * Invariant: the permission stands directly above its source, below every condition of the caller, so that
 * conditions are never evaluated on rows the session may not see.
 */

import type { Catalog } from '../../catalog/definitions.ts'
import { isOutOfReach } from '../compile/access-scope.ts'
import type { AccessScope } from '../compile/eval-context.ts'
import { queryErrors } from '../query-errors.ts'
import { mapPlan, type PermissionNode, type PlanNode } from './plan-node.ts'

export interface PermissionOptions {
  readonly catalog: Catalog
  readonly access: AccessScope
  /** What must be allowed on a row: to be seen, and for a write to be changed as well. */
  readonly actions: readonly PermissionNode['action'][]
}

/** @throws QUERY_RESERVED_NAME, ACCESS_SIGN_IN_REQUIRED */
export function injectPermissions(plan: PlanNode, options: PermissionOptions): PlanNode {
  return mapPlan(plan, (node) =>
    'table' in node && node.kind !== 'permission' ? guarded(node, options) : node,
  )
}

function guarded(
  source: PlanNode & { readonly table: string },
  { catalog, access, actions }: PermissionOptions,
): PlanNode {
  const { table } = source
  if (isOutOfReach(table, access)) throw queryErrors.RESERVED_NAME({ name: table })
  let node: PlanNode = source
  for (const action of actions) {
    const guard = access.guard(catalog, table, action)
    if (guard.type === 'deny') return { kind: 'nothing', reason: guard.origin }
    if (guard.type === 'where') node = { kind: 'permission', input: node, table, action }
  }
  return node
}
