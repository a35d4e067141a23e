/**
 * What a line says of a definition, checked: a definition that is not well formed would harm the catalog.
 */

import type {
  FieldPath,
  PathStep,
  PermissionRule,
  SchemaMode,
  TableKind,
  TablePermissions,
} from '../catalog/definitions.ts'

const schemas = ['schemaless', 'schemafull', 'schemamixed'] as const satisfies readonly SchemaMode[]
const actions = ['select', 'create', 'update', 'delete'] as const

/** @throws SyntaxError */
export function checkKind(kind: unknown): TableKind {
  const { type, from, to, enforced } = objectOf('kind', kind)
  if (type === 'any' || type === 'normal') return { type }
  if (type !== 'relation') throw new SyntaxError('kind.type is any, normal or relation')
  return {
    type,
    from: checkNames('kind.from', from),
    to: checkNames('kind.to', to),
    enforced: checkFlag('kind.enforced', enforced),
  }
}

/** @throws SyntaxError */
export function checkSchema(schema: unknown): SchemaMode {
  const known = schemas.find((each) => each === schema)
  if (known === undefined) throw new SyntaxError(`schema is ${schemas.join(', ')}`)
  return known
}

/** `undefined`: not declared. @throws SyntaxError */
export function checkPermissions(permissions: unknown): TablePermissions | undefined {
  if (permissions === undefined) return undefined
  const rules = objectOf('permissions', permissions)
  const [select, create, update, remove] = actions.map((action) => checkRule(action, rules[action]))
  return { select, create, update, delete: remove } as TablePermissions
}

/** `undefined`: for ever. @throws SyntaxError */
export function checkHistory(micros: unknown): number | undefined {
  if (micros === undefined) return undefined
  if (Number.isSafeInteger(micros) && Number(micros) >= 0) return Number(micros)
  throw new SyntaxError('historyMicros is a number of microseconds')
}

/** @throws SyntaxError */
export function checkFields(fields: unknown): readonly FieldPath[] {
  const paths = listOf('fields', fields)
  if (paths.length === 0) throw new SyntaxError('an index has fields')
  return paths.map((path) => listOf('a path', path).map(checkStep))
}

/** @throws SyntaxError */
export function checkFlag(name: string, flag: unknown): boolean {
  if (typeof flag !== 'boolean') throw new SyntaxError(`${name} is true or false`)
  return flag
}

/** @throws SyntaxError */
export function checkComment(comment: unknown): string | undefined {
  if (comment === undefined || typeof comment === 'string') return comment
  throw new SyntaxError('comment is text')
}

function checkRule(action: string, rule: unknown): PermissionRule {
  if (rule === 'full' || rule === 'none') return rule
  const { where } = objectOf(`permissions.${action}`, rule)
  if (typeof where !== 'string') throw new SyntaxError(`permissions.${action} is full, none or a condition`)
  return { where }
}

function checkStep(step: unknown): PathStep {
  if (typeof step === 'string') return step
  if (objectOf('a step of a path', step).each === true) return { each: true }
  throw new SyntaxError('a step of a path is a name or {"each": true}')
}

function checkNames(name: string, names: unknown): readonly string[] {
  return listOf(name, names).map((each) => {
    if (typeof each !== 'string') throw new SyntaxError(`${name} is a list of names`)
    return each
  })
}

function listOf(name: string, list: unknown): readonly unknown[] {
  if (!Array.isArray(list)) throw new SyntaxError(`${name} is a list`)
  return list
}

function objectOf(name: string, object: unknown): Readonly<Record<string, unknown>> {
  const isObject = typeof object === 'object' && object !== null && !Array.isArray(object)
  if (!isObject) throw new SyntaxError(`${name} is an object`)
  return object as Readonly<Record<string, unknown>>
}
