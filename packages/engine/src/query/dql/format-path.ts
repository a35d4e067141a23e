/** Paths as canonical text: `a.b[0]->knows[WHERE since > 2020]`. */

import { formatIdentifier } from '@dendrodb/protocol'
import type {
  DestructureField,
  Expression,
  GraphPart,
  IdiomExpression,
  PathPart,
  RecursePart,
} from './ast.ts'
import type { Format } from './format.ts'
import { formatGroup, formatOrder, formatProjection } from './format-clauses.ts'
import { escapeName, formatField } from './format-name.ts'
import { powerOf, powers } from './operator-power.ts'

const arrows = { out: '->', in: '<-', both: '<->' } as const

export function formatPath(f: Format, { start, parts }: IdiomExpression): string {
  if (start === undefined) return formatOpenPath(f, parts)
  return formatStart(f, start, parts) + formatParts(f, parts)
}

function formatStart(f: Format, start: Expression, parts: readonly PathPart[]): string {
  // `f(1)` would call the function of that name.
  if (start.kind === 'table' && parts[0]?.kind === 'call') return escapeName(start.name)
  const text = f.expression(start)
  const isRange = start.kind === 'record_id' && start.key.kind === 'key_range'
  return powerOf(start) < powers.primary || start.kind === 'idiom' || isRange ? `(${text})` : text
}

/** A path from the current record. */
function formatOpenPath(f: Format, parts: readonly PathPart[]): string {
  const [first, second] = parts
  if (first?.kind !== 'field') return formatParts(f, parts)
  const name = second?.kind === 'call' ? escapeName(first.name) : formatField(first.name)
  return name + formatParts(f, parts.slice(1))
}

function formatParts(f: Format, parts: readonly PathPart[]): string {
  return parts.map((part) => formatPart(f, part)).join('')
}

function formatPart(f: Format, part: PathPart): string {
  switch (part.kind) {
    case 'field':
      return `.${formatIdentifier(part.name)}`
    case 'index':
      return `[${f.expression(part.index)}]`
    case 'all':
      return '[*]'
    case 'last':
      return '[$]'
    case 'flatten':
      return '…'
    case 'optional':
      return '.?'
    case 'where':
      return `[WHERE ${f.expression(part.condition)}]`
    case 'destructure':
      return formatDestructure(f, part.fields)
    case 'method':
      return `.${formatIdentifier(part.name)}(${part.args.map(f.expression).join(', ')})`
    case 'call':
      return `(${part.args.map(f.expression).join(', ')})`
    case 'graph':
      return formatGraph(f, part)
    case 'recurse':
      return formatRecurse(f, part)
    case 'repeat':
      return '.@'
    default:
      return part satisfies never
  }
}

function formatDestructure(f: Format, fields: readonly DestructureField[]): string {
  if (fields.length === 0) return '.{}'
  return `.{ ${fields.map((field) => formatDestructureField(f, field)).join(', ')} }`
}

function formatDestructureField(f: Format, { name, path }: DestructureField): string {
  const [first, ...others] = path
  const isOwn = first?.kind === 'field' && first.name === name
  const isShort = others.every((part) => part.kind === 'all' || part.kind === 'destructure')
  if (!isOwn || !isShort) return `${formatIdentifier(name)}: ${formatOpenPath(f, path)}`
  const rest = others.map((part) => (part.kind === 'all' ? '.*' : formatPart(f, part)))
  return formatIdentifier(name) + rest.join('')
}

function formatGraph(f: Format, part: GraphPart): string {
  const arrow = arrows[part.direction]
  const [target, ...others] = part.targets ?? []
  const clauses = formatGraphClauses(f, part)
  const fields = part.fields === undefined ? '' : `SELECT ${formatProjection(f, part.fields)} FROM `
  if (clauses === '' && fields === '') {
    if (target === undefined) return `${arrow}?`
    if (others.length === 0 && target.kind === 'table') return arrow + formatIdentifier(target.name)
  }
  const targets = target === undefined ? '?' : [target, ...others].map(f.expression).join(', ')
  return `${arrow}(${fields}${targets}${clauses})`
}

function formatGraphClauses(f: Format, part: GraphPart): string {
  return [
    part.where && ` WHERE ${f.expression(part.where)}`,
    part.split && ` SPLIT ${part.split.map(f.expression).join(', ')}`,
    formatGroup(f, part.group),
    formatOrder(f, part.order),
    part.limit && ` LIMIT ${f.expression(part.limit)}`,
    part.skip && ` START ${f.expression(part.skip)}`,
    part.alias && ` AS ${f.expression(part.alias)}`,
  ].join('')
}

function formatRecurse(f: Format, { min, max, mode, path }: RecursePart): string {
  const isFixed = min !== undefined && min === max
  const bounds = isFixed ? String(min) : `${min ?? ''}..${max ?? ''}`
  const target = mode?.type === 'shortest' ? `=${formatTarget(f, mode.to)}` : ''
  const inclusive = mode?.inclusive === true ? '+inclusive' : ''
  const steps = path === undefined ? '' : `(${formatOpenPath(f, path)})`
  return `.{${bounds}${mode === undefined ? '' : `+${mode.type}`}${target}${inclusive}}${steps}`
}

/** A single value, as no operator may stand there. */
function formatTarget(f: Format, to: Expression): string {
  const text = f.expression(to)
  const isSingle = to.kind === 'param' || (to.kind === 'record_id' && to.key.kind === 'key_literal')
  return isSingle ? text : `(${text})`
}
