/**
 * Rows as a table: a column for every field of any row, `id` first, numbers to the right.
 * Widths: each column gets what it needs while the terminal has room; when it has not, the widest give way first.
 */

import { formatValue, typeOf, type Value, type ValueObject } from '@dendrodb/protocol'
import { cutToWidth, displayWidth, padToWidth } from './display-width.ts'
import { cellCharsMax, cellCharsMin, tableColumnsMax } from './limits.ts'
import type { Paint } from './paint.ts'
import { printableLine } from './printable.ts'

export interface TableOptions {
  /** Columns of the terminal; without it cells are as wide as they are. */
  readonly columns?: number | undefined
  /** Fields that come first, after `id` unless it is among them. */
  readonly order?: readonly string[]
  readonly paint: Paint
}

interface Cell {
  readonly text: string
  readonly isNumber: boolean
  /** NONE and NULL, which are shown apart from texts that read the same. */
  readonly isAbsent: boolean
}

interface Column {
  readonly name: string
  readonly cells: readonly Cell[]
  readonly width: number
  readonly align: 'left' | 'right'
}

const separator = ' │ '

/** Lines with their ends. `rows` has at least one. */
export function formatTable(rows: readonly ValueObject[], { columns, order = [], paint }: TableOptions): string {
  const names = columnNames(rows, order)
  const shown = names.slice(0, tableColumnsMax)
  const table = fitted(
    shown.map((name) => columnOf(name, rows)),
    columns,
  )
  const head = table.map(({ name, width, align }) => paint.bold(padToWidth(cutToWidth(name, width), width, align)))
  const rule = table.map(({ width }) => '─'.repeat(width)).join('─┼─')
  const lines = rows.map((_, at) => table.map((column) => cellText(column, at, paint)).join(paint.dim(separator)))
  const hidden = names.length - shown.length
  return [
    ` ${head.join(paint.dim(separator))}`,
    paint.dim(`─${rule}─`),
    ...lines.map((line) => ` ${line}`),
    ...(hidden > 0 ? [paint.dim(`(${hidden} more fields)`)] : []),
  ]
    .map((line) => `${line.trimEnd()}\n`)
    .join('')
}

function columnNames(rows: readonly ValueObject[], order: readonly string[]): string[] {
  const found = new Set<string>()
  for (const row of rows) for (const name of Object.keys(row)) found.add(name)
  const first = order.includes('id') ? order : ['id', ...order]
  return [...new Set([...first.filter((name) => found.has(name)), ...found])]
}

function columnOf(name: string, rows: readonly ValueObject[]): Column {
  const cells = rows.map((row) => cellOf(Object.hasOwn(row, name) ? row[name] : undefined))
  const width = Math.max(displayWidth(printableLine(name)), ...widthsOf(cells))
  const values = cells.filter(({ isAbsent }) => !isAbsent)
  const isNumeric = values.length > 0 && values.every(({ isNumber }) => isNumber)
  return { name: printableLine(name), cells, width, align: isNumeric ? 'right' : 'left' }
}

/** Bounded, as a call with a million arguments fails. */
function widthsOf(cells: readonly Cell[]): readonly number[] {
  let widest = 0
  for (const { text } of cells) widest = Math.max(widest, displayWidth(text))
  return [widest]
}

function cellOf(value: Value): Cell {
  const type = typeOf(value)
  const isAbsent = type === 'none' || type === 'null'
  const isNumber = type === 'int' || type === 'float' || type === 'decimal'
  return { text: cutToWidth(valueText(value, type), cellCharsMax), isNumber, isAbsent }
}

/** Texts and datetimes as they are, without the quotes and prefixes that a query would need; all else as a literal. */
function valueText(value: Value, type: ReturnType<typeof typeOf>): string {
  if (type === 'string') return value === '' ? "''" : printableLine(value as string)
  if (type === 'datetime' || type === 'uuid' || type === 'float' || type === 'decimal') return String(value)
  return printableLine(formatValue(value))
}

function cellText({ cells, width, align }: Column, at: number, paint: Paint): string {
  const cell = cells[at]
  if (cell === undefined) return ''
  const text = padToWidth(cutToWidth(cell.text, width), width, align)
  return cell.isAbsent ? paint.dim(text) : text
}

/** The table within the terminal: the widest columns are cut to one common width. */
function fitted(table: readonly Column[], columns: number | undefined): readonly Column[] {
  if (columns === undefined) return table
  const room = columns - 2 - separator.length * (table.length - 1)
  const widthMax = commonWidth(
    table.map(({ width }) => width),
    room,
  )
  return table.map((column) => ({ ...column, width: Math.min(column.width, widthMax) }))
}

/** The largest width that all columns may have so that together they fit; not less than what a cell needs to say something. */
function commonWidth(widths: readonly number[], room: number): number {
  const ascending = [...widths].sort((a, b) => a - b)
  let left = room
  for (const [at, width] of ascending.entries()) {
    const share = Math.floor(left / (ascending.length - at))
    if (width > share) return Math.max(cellCharsMin, share)
    left -= width
  }
  return Number.POSITIVE_INFINITY
}
