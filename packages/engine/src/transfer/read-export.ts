/**
 * An export as it is read: its header at once, the lines behind it as they are asked for.
 * Invariant: the lines end without an error only where the export does.
 */

import { genesisOf } from '../replay/log-chain.ts'
import type { LogItem, LogStream } from '../replay/log-item.ts'
import { readFile } from '../storage/plain-file.ts'
import { type ExportHeader, type ExportKind, parseHeader } from './header-line.ts'
import { HistoryReader } from './history-lines.ts'
import { type ByteStream, type Line, lineProblem, parseLine, readLines } from './text-lines.ts'
import { transferErrors } from './transfer-errors.ts'

/** A file, a stream that can be read once, or what has been opened already. */
export type ExportInput = string | { readonly name: string; readonly stream: ByteStream } | OpenedExport

/** @throws STORAGE_FILE_UNREADABLE, TRANSFER_NOT_ONE, TRANSFER_FORMAT_TOO_NEW */
export async function openExportFile(input: ExportInput): Promise<OpenedExport> {
  if (input instanceof OpenedExport) return input
  if (typeof input !== 'string') return openExport(input.name, input.stream)
  return openExport(input, readFile(input))
}

/** @throws TRANSFER_NOT_ONE, TRANSFER_FORMAT_TOO_NEW */
async function openExport(file: string, stream: ByteStream): Promise<OpenedExport> {
  const lines = readLines(file, stream)
  const { value } = await lines.next()
  try {
    return new OpenedExport(file, parseHeader(file, value as Line | undefined), lines)
  } catch (error) {
    await lines.return(undefined)
    throw error
  }
}

export class OpenedExport {
  /** For messages. */
  readonly file: string
  readonly header: ExportHeader
  readonly #lines: AsyncGenerator<Line>

  /** Made by `openExport`. */
  constructor(file: string, header: ExportHeader, lines: AsyncGenerator<Line>) {
    this.file = file
    this.header = header
    this.#lines = lines
  }

  /** @throws TRANSFER_OTHER_KIND */
  expect(wanted: ExportKind): void {
    const { kind: found } = this.header
    if (found !== wanted) throw transferErrors.OTHER_KIND({ file: this.file, found, wanted })
  }

  /** Lines between header and end; once. @throws TRANSFER_LINE, TRANSFER_INCOMPLETE */
  async *lines(): AsyncGenerator<Line> {
    const { file } = this
    let last = 1
    for await (const line of this.#lines) {
      last = line.number
      if (!line.text.startsWith('{"end":')) {
        yield line
        continue
      }
      parseLine(file, line)
      const { value: more } = await this.#lines.next()
      if (more !== undefined) {
        throw transferErrors.LINE({ file, line: (more as Line).number, problem: 'it stands behind the end' })
      }
      return
    }
    throw transferErrors.INCOMPLETE({ file, line: last })
  }

  /** Of a history; once. @throws TRANSFER_LINE, TRANSFER_INCOMPLETE */
  async *log(): LogStream {
    const { file } = this
    const reader = new HistoryReader(genesisOf(Buffer.from(this.header.store ?? '', 'base64')).hash)
    let items: LogItem[] = []
    let chars = 0
    for await (const line of this.lines()) {
      const fields = parseLine(file, line)
      const item = lineProblem(file, line, () => reader.item(fields))
      if (item === undefined)
        throw transferErrors.LINE({ file, line: line.number, problem: 'it is no part of a log' })
      items.push(item)
      chars += line.text.length
      if (chars < charsPerChunk) continue
      yield items
      items = []
      chars = 0
    }
    if (items.length > 0) yield items
  }

  async close(): Promise<void> {
    await this.#lines.return(undefined)
  }
}

/** Characters of the lines whose items are handed on together, but for the last one. */
const charsPerChunk = 256 * 1024
