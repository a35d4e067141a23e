/**
 * Results as people or programs want them.
 * `table`: rows as a table, anything else as a DQL literal. `json`: a line of plain JSON per statement.
 * `dql`: literals, which keep every type. What a statement such as LET leaves behind is no result and is not
 * shown to programs.
 */

import { formatValue, stringifyJson, typeOf, type Value, type ValueObject } from '@dendrodb/protocol'
import type { OutputStream } from '../cli-io.ts'
import { type Paint, plain } from '../output/paint.ts'
import { planLines } from '../output/plan-tree.ts'
import { prettyValue } from '../output/pretty-value.ts'
import { printableJson, printableText } from '../output/printable.ts'
import { tableLines } from '../output/table.ts'
import { writeLines } from '../output/write-text.ts'
import type { ScannedStatement } from './scan-statements.ts'

export const resultFormats = ['table', 'json', 'dql'] as const
export type ResultFormat = (typeof resultFormats)[number]

export interface ResultViewOptions {
  readonly stdout: OutputStream
  readonly paint?: Paint
  readonly format: ResultFormat
  /** Says how long each statement took. */
  readonly showsTiming: boolean
  /** Says `ok` for a statement that has no result. */
  readonly saysOk: boolean
}

export interface ShownResult {
  readonly value: Value
  readonly timeMs: number
}

/** What matters of the statement that gave it. */
export type ShownStatement = Pick<ScannedStatement, 'keyword' | 'fields'>

/** Statements that do something and have nothing to say about it. */
const silent: ReadonlySet<string> = new Set([
  ...['LET', 'USE', 'DEFINE', 'REMOVE', 'REBUILD', 'ALTER', 'FOR', 'SLEEP', 'KILL'],
  ...['BEGIN', 'COMMIT', 'CANCEL'],
])

/** Without a terminal, lines are as long as they have to be. */
const literalWidth = 100

export class ResultView {
  format: ResultFormat
  showsTiming: boolean
  readonly #stdout: OutputStream
  readonly #paint: Paint
  readonly #saysOk: boolean

  constructor({ stdout, paint = plain, format, showsTiming, saysOk }: ResultViewOptions) {
    this.#stdout = stdout
    this.#paint = paint
    this.#saysOk = saysOk
    this.format = format
    this.showsTiming = showsTiming
  }

  async show(result: ShownResult, statement: ShownStatement): Promise<void> {
    // Over HTTP, NONE arrives as NULL.
    const isNothing = (result.value ?? null) === null && silent.has(statement.keyword)
    if (isNothing && !this.#saysOk) return
    if (isNothing) await this.print([this.#note('ok', result)])
    else await this.print(this.#lines(result, statement))
  }

  /** Resolves when the reader can take more. */
  async print(lines: Iterable<string>): Promise<void> {
    await writeLines(this.#stdout, lines)
  }

  #lines(result: ShownResult, statement: ShownStatement): Iterable<string> {
    switch (this.format) {
      case 'json':
        return [this.#onTerminal ? printableJson(stringifyJson(result.value)) : stringifyJson(result.value)]
      case 'dql':
        return this.#onTerminal ? this.#literalLines(result.value) : [formatValue(result.value)]
      case 'table':
        return this.#tableOrLiteral(result, statement)
      default:
        return this.format satisfies never
    }
  }

  *#tableOrLiteral(result: ShownResult, { keyword, fields }: ShownStatement): Iterable<string> {
    const { value } = result
    if (!isRows(value)) {
      yield* (keyword === 'EXPLAIN' ? planLines(value) : undefined) ?? this.#literalLines(value)
      if (this.showsTiming) yield this.#note('', result)
      return
    }
    if (value.length > 0) {
      yield* tableLines(value, { fields, width: this.#width, paint: this.#paint })
    }
    yield this.#note(value.length === 1 ? '1 row' : `${value.length} rows`, result)
  }

  #literalLines(value: Value): readonly string[] {
    const lines = prettyValue(value, this.#width ?? literalWidth)
    return this.#onTerminal ? lines.map(printableText) : lines
  }

  #note(what: string, { timeMs }: ShownResult): string {
    const time = this.showsTiming ? `in ${formatMs(timeMs)}` : ''
    return this.#paint.dim([what, time].filter((part) => part !== '').join(' '))
  }

  get #onTerminal(): boolean {
    return this.#stdout.isTTY === true
  }

  get #width(): number | undefined {
    if (!this.#onTerminal) return undefined
    // Some terminals say 0 for what they do not know.
    const { columns = 0 } = this.#stdout
    return columns > 0 ? columns : 80
  }
}

function isRows(value: Value): value is readonly ValueObject[] {
  return (
    typeOf(value) === 'array' && (value as readonly Value[]).every((element) => typeOf(element) === 'object')
  )
}

/** `0.42 ms`, `13 ms`, `2.1 s`. */
export function formatMs(ms: number): string {
  if (ms >= 1000) return `${(ms / 1000).toFixed(1)} s`
  return `${ms >= 10 ? Math.round(ms) : Number(ms.toPrecision(2))} ms`
}
