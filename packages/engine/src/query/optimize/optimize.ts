/**
 * The rules in their order. Each takes a plan and gives one that answers the same.
 */

import type { PlanNode } from '../plan/plan-node.ts'
import { chooseAccessPaths } from './choose-access-path.ts'
import { constantConditions } from './constant-conditions.ts'
import { countShortcut } from './count-shortcut.ts'
import { dropIdentity } from './drop-identity.ts'
import { orderFromIndex } from './order-from-index.ts'
import type { PlanContext } from './plan-context.ts'
import { pushDownHaving } from './push-down-having.ts'
import { topRows } from './top-rows.ts'

export function optimize(plan: PlanNode, context: PlanContext): PlanNode {
  let node = pushDownHaving(plan)
  node = constantConditions(node)
  node = chooseAccessPaths(node, context)
  node = orderFromIndex(node, context)
  node = countShortcut(node, context)
  return dropIdentity(topRows(node))
}
