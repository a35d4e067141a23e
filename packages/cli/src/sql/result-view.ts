/**
 * What a statement gave, as text: rows as a table, everything else as a literal, or both as JSON or DQL.
 */

import { once } from 'node:events'
import { stringifyJson, toJson, typeOf, type Value, type ValueObject } from '@dendrodb/protocol'
import type { OutputStream } from '../cli-io.ts'
import { layoutLiteral } from '../output/literal-layout.ts'
import type { Paint } from '../output/paint.ts'
import { formatTable } from '../output/table.ts'

export const resultFormats = ['table', 'json', 'dql'] as const
export type ResultFormat = (typeof resultFormats)[number]

export interface ResultViewOptions {
  readonly stream: OutputStream
  readonly paint: Paint
  readonly format: ResultFormat
  readonly showsTiming: boolean
}

export interface ShownResult {
  readonly value: Value
  readonly timeMs: number
}

/** Columns of a literal's lines where there is no terminal that says. */
const literalColumns = 100

export class ResultView {
  readonly #stream: OutputStream
  readonly #paint: Paint
  format: ResultFormat
  showsTiming: boolean

  constructor({ stream, paint, format, showsTiming }: ResultViewOptions) {
    this.#stream = stream
    this.#paint = paint
    this.format = format
    this.showsTiming = showsTiming
  }

  /** Resolves when the reader can take more. @param fields the order of the columns, as the statement has it */
  async show(result: ShownResult, fields: readonly string[] = []): Promise<void> {
    await this.print(this.#text(result, fields))
  }

  async print(text: string): Promise<void> {
    if (!this.#stream.write(text) && !this.#stream.destroyed) await once(this.#stream, 'drain')
  }

  #text({ value, timeMs }: ShownResult, fields: readonly string[]): string {
    switch (this.format) {
      case 'json':
        return `${this.#json(value)}\n`
      case 'dql':
        return `${layoutLiteral(value, this.#columns ?? Number.POSITIVE_INFINITY)}\n`
      case 'table':
        return this.#table(value, timeMs, fields)
      default:
        return this.format satisfies never
    }
  }

  /** For a person over several lines, for a program one line per result. */
  #json(value: Value): string {
    return this.#columns === undefined ? stringifyJson(value) : JSON.stringify(toJson(value), null, 2)
  }

  #table(value: Value, timeMs: number, order: readonly string[]): string {
    const rows = rowsOf(value)
    const time = this.showsTiming ? ` in ${formatMs(timeMs)}` : ''
    if (rows === undefined) {
      const literal = layoutLiteral(value, this.#columns ?? literalColumns)
      return `${literal}\n${time === '' ? '' : this.#paint.dim(`${time.trim()}\n`)}`
    }
    const columns = this.#columns
    const table = rows.length === 0 ? '' : formatTable(rows, { columns, order, paint: this.#paint })
    return `${table}${this.#paint.dim(`${rows.length} ${rows.length === 1 ? 'row' : 'rows'}${time}`)}\n`
  }

  get #columns(): number | undefined {
    return this.#stream.isTTY === true ? (this.#stream.columns ?? 80) : undefined
  }
}

/** `undefined` for what is no list of objects. */
function rowsOf(value: Value): readonly ValueObject[] | undefined {
  if (!Array.isArray(value)) return undefined
  const elements = value as readonly Value[]
  return elements.every((each) => typeOf(each) === 'object') ? (elements as readonly ValueObject[]) : undefined
}

function formatMs(ms: number): string {
  if (ms >= 10_000) return `${(ms / 1000).toFixed(1)} s`
  return `${ms >= 100 ? Math.round(ms) : ms >= 10 ? ms.toFixed(1) : ms.toFixed(2)} ms`
}
