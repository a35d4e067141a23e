/**
 * What `ddb branch` prints: for people, or a line of JSON per branch, change or conflict.
 */

import { stringifyJson, type ValueObject } from '@dendrodb/protocol'
import { changeLines, countOf, differCount, valueText } from '../output/change-lines.ts'
import type { Paint } from '../output/paint.ts'
import { printableLine } from '../output/printable.ts'
import { tableLines } from '../output/table.ts'

export interface BranchView {
  branches(rows: readonly ValueObject[]): Iterable<string>
  created(branch: ValueObject): Iterable<string>
  changes(rows: readonly ValueObject[]): Iterable<string>
  merged(answer: ValueObject): Iterable<string>
  discarded(name: string): Iterable<string>
}

export const jsonView: BranchView = {
  branches: (rows) => rows.map(stringifyJson),
  created: (branch) => [stringifyJson(branch)],
  changes: (rows) => rows.map(stringifyJson),
  *merged({ conflicts, ...answer }) {
    yield stringifyJson(answer)
    for (const conflict of conflicts as readonly ValueObject[]) yield stringifyJson(conflict)
  },
  discarded: (name) => [stringifyJson({ name })],
}

export class BranchText implements BranchView {
  readonly #paint: Paint

  constructor(paint: Paint) {
    this.#paint = paint
  }

  *branches(rows: readonly ValueObject[]): Iterable<string> {
    if (rows.length === 0) return yield this.#paint.dim('no branches besides main')
    const shown = rows.map(({ number: _, ...row }) => row)
    const fields = ['name', 'parent', 'forked_at', 'created', 'comment']
    yield* tableLines(shown, { fields, width: undefined, paint: this.#paint })
  }

  *created({ name, parent, forked_at: forkedAt }: ValueObject): Iterable<string> {
    yield `${this.#paint.green('created')} ${name} from ${parent} at commit ${forkedAt}`
  }

  *changes(rows: readonly ValueObject[]): Iterable<string> {
    for (const row of rows) yield* changeLines(row, this.#paint)
    yield this.#paint.dim(differCount(rows.length))
  }

  *merged(answer: ValueObject): Iterable<string> {
    const { status, source, target, changed, resolved, conflicts } = answer
    if (status === 'up_to_date') return yield `${target} has everything that ${source} has changed`
    if (status === 'merged') {
      const decided = resolved === 0 ? '' : `, ${resolved} resolved`
      return yield `${this.#paint.green('merged')} ${source} into ${target}: ${countOf(changed, 'record')}${decided}`
    }
    for (const conflict of conflicts as readonly ValueObject[]) yield* this.#conflict(conflict)
  }

  *discarded(name: string): Iterable<string> {
    yield `${this.#paint.green('discarded')} ${printableLine(name)}`
  }

  *#conflict({ id, kind, base, ours, theirs, fields, records }: ValueObject): Iterable<string> {
    const about = fields ?? records
    yield `! ${this.#paint.bold(valueText(id))} ${kind}${about === undefined ? '' : ` ${valueText(about)}`}`
    for (const [side, record] of Object.entries({ base, ours, theirs })) {
      yield `    ${side.padEnd(6)} ${record === undefined ? '–' : valueText(record)}`
    }
  }
}
