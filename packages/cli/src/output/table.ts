/**
 * Rows as a table. Columns are all fields that any row has: `id` first, then those that were asked for by
 * name, in that order, then the ends of edges, then the others by name. On a terminal the widest columns are
 * cut until the table fits; columns for which there is no room are counted in a line below.
 */

import type { Value, ValueObject } from '@dendrodb/protocol'
import { cutToWidth, displayWidth } from './display-width.ts'
import { cellCharsMax, cellCharsMin, tableColumnsMax } from './limits.ts'
import type { Paint } from './paint.ts'
import { printableLine } from './printable.ts'
import { type Cell, cellOf } from './table-cell.ts'

export interface TableOptions {
  /** Fields that the query names, in its order. */
  readonly fields: readonly string[]
  /** Columns of the terminal; `undefined`: nothing is cut to fit. */
  readonly width: number | undefined
  readonly paint: Paint
}

interface Column {
  readonly field: string
  readonly title: string
  readonly cells: readonly Cell[]
  readonly isNumeric: boolean
  width: number
}

const gap = ' │ '

/** The lines of the table. Rows that are no objects have no place in one. */
export function* tableLines(rows: readonly ValueObject[], options: TableOptions): Iterable<string> {
  const { width, paint } = options
  const names = columnNames(rows, options.fields)
  const columns = names.slice(0, tableColumnsMax).map((field) => columnOf(field, rows))
  const shown = width === undefined ? columns : fitted(columns, width)
  yield joined(
    shown.map((column) => paint.bold(pad(column.title, column, column.isNumeric))),
    paint,
  )
  yield paint.dim(shown.map((column) => '─'.repeat(column.width)).join('─┼─'))
  for (let row = 0; row < rows.length; row += 1) {
    yield joined(
      shown.map((column) => cellText(column, row, paint)),
      paint,
    )
  }
  const hidden = names.slice(shown.length)
  if (hidden.length > 0) yield paint.dim(hiddenNote(hidden, width))
}

function columnNames(rows: readonly ValueObject[], asked: readonly string[]): readonly string[] {
  const present = new Set<string>()
  for (const row of rows) for (const field of Object.keys(row)) present.add(field)
  const first = ['id', ...asked, 'in', 'out'].filter((field) => present.has(field))
  return [...new Set([...first, ...[...present].sort()])]
}

function columnOf(field: string, rows: readonly ValueObject[]): Column {
  const cells = rows.map((row) => cellOf(fieldOf(row, field), cellCharsMax))
  const title = printableLine(field)
  const isNumeric = cells.some(({ kind }) => kind === 'number') && cells.every(({ kind }) => kind !== 'other')
  const width = cells.reduce((widest, { text }) => Math.max(widest, displayWidth(text)), displayWidth(title))
  return { field, title, cells, isNumeric, width: Math.max(1, width) }
}

function fieldOf(row: ValueObject, field: string): Value {
  return Object.hasOwn(row, field) ? row[field] : undefined
}

/** As many columns as have room, the widest of them narrowed. */
function fitted(columns: readonly Column[], width: number): readonly Column[] {
  let count = 0
  for (let needed = -gap.length; count < columns.length; count += 1) {
    needed += gap.length + Math.min(columns[count]?.width ?? 0, cellCharsMin)
    if (needed > width && count > 0) break
  }
  const shown = columns.slice(0, count)
  let room = width - gap.length * (count - 1)
  // From the narrowest on, each takes what it needs up to an even share of what is left.
  const byWidth = [...shown].sort((a, b) => a.width - b.width)
  for (const [at, column] of byWidth.entries()) {
    column.width = Math.max(1, Math.min(column.width, Math.floor(room / (byWidth.length - at))))
    room -= column.width
  }
  return shown
}

function cellText(column: Column, row: number, paint: Paint): string {
  const { text, kind } = column.cells[row] ?? { text: '', kind: 'other' }
  const padded = pad(text, column, kind === 'number' || (kind === 'absent' && column.isNumeric))
  return kind === 'absent' ? paint.dim(padded) : padded
}

function pad(text: string, { width }: Column, isRight: boolean): string {
  const cut = cutToWidth(text, width)
  const blanks = ' '.repeat(Math.max(0, width - displayWidth(cut)))
  return isRight ? `${blanks}${cut}` : `${cut}${blanks}`
}

function joined(cells: readonly string[], paint: Paint): string {
  return cells.join(paint.dim(gap)).trimEnd()
}

function hiddenNote(hidden: readonly string[], width: number | undefined): string {
  const many = hidden.length === 1 ? 'column' : 'columns'
  const text = `+ ${hidden.length} ${many}: ${hidden.map(printableLine).join(', ')}`
  return cutToWidth(text, Math.max(width ?? 200, 20))
}
