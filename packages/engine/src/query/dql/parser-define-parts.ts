/** Clauses that several definitions share. */

import type { IfExists, PermissionNode, PermissionsClause } from './ast.ts'
import type { Mutable } from './mutable.ts'
import type { Parser } from './parser.ts'

/** `IF NOT EXISTS`, `OVERWRITE`, unless the word is the name itself. */
export function parseIfNotExists(p: Parser): IfExists {
  if (p.token.keyword === 'IF' && p.peek().keyword === 'NOT') {
    p.advance()
    p.advance()
    p.expectKeyword('EXISTS')
    return 'skip'
  }
  const { type } = p.token.keyword === 'OVERWRITE' ? p.peek() : p.token
  if (p.token.keyword !== 'OVERWRITE' || (type !== 'word' && type !== 'escaped' && type !== 'param'))
    return 'error'
  p.advance()
  return 'overwrite'
}

/** `COMMENT 'text'`. */
export function parseComment(p: Parser, node: { comment?: string }): boolean {
  if (node.comment !== undefined || !p.eatKeyword('COMMENT')) return false
  node.comment = p.string('a comment in quotes')
  return true
}

/** `IF EXISTS`, unless `if` is the name. */
export function parseIfExists(p: Parser): boolean {
  if (p.token.keyword !== 'IF' || p.peek().keyword !== 'EXISTS') return false
  p.advance()
  p.advance()
  return true
}

/** `NONE`, `FULL`, `WHERE cond`. */
export function parsePermission(p: Parser): PermissionNode {
  switch (p.expectOneOf(['NONE', 'FULL', 'WHERE'])) {
    case 'NONE':
      return { type: 'none' }
    case 'FULL':
      return { type: 'full' }
    case 'WHERE':
      return { type: 'where', where: p.grammar.expression(p) }
  }
}

const actions = { SELECT: 'select', CREATE: 'create', UPDATE: 'update', DELETE: 'delete' } as const

/** After PERMISSIONS: `NONE`, `FULL`, or `FOR select, update WHERE … FOR delete NONE`. A later FOR wins. */
export function parsePermissions(p: Parser): PermissionsClause {
  if (!p.atKeyword('FOR')) {
    const type = p.expectOneOf(['NONE', 'FULL']) === 'NONE' ? 'none' : 'full'
    return { select: { type }, create: { type }, update: { type }, delete: { type } }
  }
  const permissions: Mutable<PermissionsClause> = {}
  while (p.eatKeyword('FOR')) {
    const named = p.list((each) => actions[each.expectOneOf(['SELECT', 'CREATE', 'UPDATE', 'DELETE'])])
    const permission = parsePermission(p)
    for (const action of named) permissions[action] = permission
    if (p.token.type === ',' && p.peek().keyword === 'FOR') p.advance()
  }
  return permissions
}

/** `TABLES a, b`, if it is there. */
export function parseTables(p: Parser): string[] | undefined {
  if (!p.eatKeyword('TABLES')) return undefined
  const tables = [p.name('a table name')]
  while (p.eat(',')) tables.push(p.name('a table name'))
  return tables
}
