/**
 * First and last line of an export. Format: docs/formats/export.md
 */

import type { Line } from './text-lines.ts'
import { parseLine } from './text-lines.ts'
import { transferErrors } from './transfer-errors.ts'

const exportFormat = 1

export type ExportKind = 'records' | 'history'

export interface ExportHeader {
  readonly kind: ExportKind
  /** Name of the database. */
  readonly database: string
  /** Newest commit that was looked at, and its head. */
  readonly seq: number
  readonly head: string
  /** Of a history: the format entry as it is stored, base64. */
  readonly store?: string | undefined
}

export function headerLine({ kind, ...fields }: ExportHeader): string {
  return JSON.stringify({ dendrodb: kind, format: exportFormat, ...fields })
}

/** @throws TRANSFER_NOT_ONE, TRANSFER_FORMAT_TOO_NEW */
export function parseHeader(file: string, line: Line | undefined): ExportHeader {
  let fields: Readonly<Record<string, unknown>>
  try {
    fields = line === undefined ? {} : parseLine(file, line)
  } catch (cause) {
    throw transferErrors.NOT_ONE({ file }, { cause })
  }
  const { dendrodb: kind, format, database, seq, head, store } = fields
  const isHeader =
    (kind === 'records' || kind === 'history') && typeof format === 'number' && typeof database === 'string'
  if (!isHeader) throw transferErrors.NOT_ONE({ file })
  if (format > exportFormat) {
    throw transferErrors.FORMAT_TOO_NEW({ file, found: format, supported: exportFormat })
  }
  return {
    kind,
    database,
    seq: Number(seq),
    head: String(head),
    store: typeof store === 'string' ? store : undefined,
  }
}

/** What came before the last line: numbers of records, or of commits and versions. */
export type ExportEnd = Readonly<Record<string, number>>

export function endLine(end: ExportEnd): string {
  return JSON.stringify({ end })
}
