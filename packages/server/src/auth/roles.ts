/**
 * Names of roles. `admin`, `editor`, `viewer` and `user` mean something to the server; others are for an
 * application's rules. `root` is nobody's role.
 */

import { authErrors } from './auth-errors.ts'
import { roleCharsMax, rolesMax } from './limits.ts'

const rolePattern = /^[a-z][a-z0-9_-]*$/

/** The roles without repeats. @throws AUTH_ROLES_INVALID */
export function checkRoles(given: unknown): readonly string[] {
  const isGood = Array.isArray(given) && given.length <= rolesMax && given.every(isRole)
  if (!isGood) throw authErrors.ROLES_INVALID({ rolesMax, errors: [{ field: 'roles', code: 'format' }] })
  return [...new Set(given as string[])]
}

function isRole(role: unknown): boolean {
  return typeof role === 'string' && role.length <= roleCharsMax && rolePattern.test(role) && role !== 'root'
}
