/**
 * Which kind of access a session has; see `AccessKind`.
 */

import type { AccessKind } from './compile/access-scope.ts'
import type { Session } from './session.ts'

/** Being an admin is a role of the account; being root and being the engine are not for anybody to claim. */
export function accessKindOf({ isSystem, isRoot, auth }: Session): AccessKind {
  if (isSystem) return 'system'
  if (isRoot || auth?.roles.includes('admin') === true) return 'unrestricted'
  return auth === undefined ? 'anonymous' : 'user'
}
