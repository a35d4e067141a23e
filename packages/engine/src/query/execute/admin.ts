/**
 * Statements that are for administrators.
 */

import { accessErrors } from '../access-errors.ts'
import type { EvalContext } from '../compile/eval-context.ts'

/** @throws ACCESS_ADMIN_REQUIRED */
export function requireAdmin(ctx: EvalContext, statement: string): void {
  if (!ctx.access.isUnrestricted) throw accessErrors.ADMIN_REQUIRED({ statement })
}

/** @throws ACCESS_ROOT_REQUIRED */
export function requireRoot(ctx: EvalContext, statement: string): void {
  const { isRoot, isSystem } = ctx.request.session
  if (!isRoot && !isSystem) throw accessErrors.ROOT_REQUIRED({ statement })
}
