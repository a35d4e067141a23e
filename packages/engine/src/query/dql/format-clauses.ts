/**
 * Clauses as canonical text. Each function gives `''` for what is not there, or the clause with a space
 * before it.
 */

import type {
  Assignment,
  DataClause,
  Expression,
  GroupClause,
  IndexHint,
  OrderClause,
  OrderKey,
  OutputClause,
  Projection,
  ProjectionItem,
  WriteClauses,
} from './ast.ts'
import type { Format } from './format.ts'
import { formatName } from './format-name.ts'

/** Without a space before it. */
export function formatProjection(f: Format, { value, items }: Projection): string {
  const list = items.map((item) => formatItem(f, item)).join(', ')
  return value ? `VALUE ${list}` : list
}

function formatItem(f: Format, item: ProjectionItem): string {
  if (item.kind === 'all') return '*'
  const alias = item.alias === undefined ? '' : ` AS ${f.expression(item.alias)}`
  return f.expression(item.expression) + alias
}

export function formatList(f: Format, word: string, list: readonly Expression[] | undefined): string {
  return list === undefined ? '' : ` ${word} ${list.map(f.expression).join(', ')}`
}

export function formatClause(f: Format, word: string, expression: Expression | undefined): string {
  return expression === undefined ? '' : ` ${word} ${f.expression(expression)}`
}

export function formatGroup(f: Format, group: GroupClause | undefined): string {
  if (group === undefined) return ''
  return group.type === 'all' ? ' GROUP ALL' : formatList(f, 'GROUP BY', group.keys)
}

export function formatOrder(f: Format, order: OrderClause | undefined): string {
  if (order === undefined) return ''
  if (order.type === 'rand') return ' ORDER BY RAND()'
  return ` ORDER BY ${order.keys.map((key, index) => formatOrderKey(f, key, index)).join(', ')}`
}

function formatOrderKey(f: Format, key: OrderKey, index: number): string {
  const text = f.expression(key.expression)
  // RAND() alone would order by chance.
  const value = index === 0 && /^rand\(/.test(text) ? `(${text})` : text
  return value + flag(key.collate, 'COLLATE') + flag(key.numeric, 'NUMERIC') + flag(key.descending, 'DESC')
}

export function flag(isSet: boolean, word: string): string {
  return isSet ? ` ${word}` : ''
}

export function formatIndexHint(hint: IndexHint | undefined): string {
  if (hint === undefined) return ''
  return hint.type === 'noindex' ? ' WITH NOINDEX' : ` WITH INDEX ${hint.names.map(formatName).join(', ')}`
}

export function formatExplain(explain: 'plan' | 'full' | undefined): string {
  if (explain === undefined) return ''
  return explain === 'full' ? ' EXPLAIN FULL' : ' EXPLAIN'
}

export function formatData(f: Format, data: DataClause | undefined): string {
  if (data === undefined) return ''
  switch (data.type) {
    case 'set':
      return ` SET ${formatAssignments(f, data.assignments)}`
    case 'unset':
      return formatList(f, 'UNSET', data.fields)
    default:
      return formatClause(f, data.type.toUpperCase(), data.value)
  }
}

export function formatAssignments(f: Format, assignments: readonly Assignment[]): string {
  return assignments
    .map(({ place, operator, value }) => `${f.expression(place)} ${operator} ${f.expression(value)}`)
    .join(', ')
}

/** What every writing statement may end with. */
export function formatWriteClauses(f: Format, { output, timeout, parallel, meta }: WriteClauses): string {
  return [
    formatOutput(f, output),
    formatClause(f, 'TIMEOUT', timeout),
    flag(parallel, 'PARALLEL'),
    formatClause(f, 'VALID FROM', meta?.validFrom),
    formatClause(f, meta?.validFrom === undefined ? 'VALID TO' : 'TO', meta?.validTo),
    formatClause(f, 'CAUSED BY', meta?.causedBy),
    formatClause(f, 'EVIDENCE', meta?.evidence),
    formatClause(f, 'CONFIDENCE', meta?.confidence),
  ].join('')
}

function formatOutput(f: Format, output: OutputClause | undefined): string {
  if (output === undefined) return ''
  if (output.type !== 'fields') return ` RETURN ${output.type.toUpperCase()}`
  const { value, items } = output.projection
  const [first, ...others] = items
  if (value || first?.kind !== 'field') return ` RETURN ${formatProjection(f, output.projection)}`
  // A field with the name of one of the other forms.
  const text = formatItem(f, first)
  const isForm = /^(?:none|null|before|after)\b/i.test(text)
  const alias = first.alias === undefined ? '' : ` AS ${f.expression(first.alias)}`
  const guarded = isForm ? `(${f.expression(first.expression)})${alias}` : text
  return ` RETURN ${[guarded, ...others.map((item) => formatItem(f, item))].join(', ')}`
}
