/**
 * What `ddb branch` prints: for people, or a line of JSON per branch, change or conflict.
 */

import { formatValue, stringifyJson, type Value, type ValueObject } from '@dendrodb/protocol'
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

const signs = { added: '+', removed: '-', changed: '~' } as const

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
    for (const row of rows) yield* this.#change(row)
    yield this.#paint.dim(`${countOf(rows.length, 'record')} differ${rows.length === 1 ? 's' : ''}`)
  }

  *merged(answer: ValueObject): Iterable<string> {
    const { status, source, target, changed, resolved, conflicts } = answer
    if (status === 'up_to_date') return yield `${target} has everything that ${source} has changed`
    if (status === 'merged') {
      const decided = resolved === 0 ? '' : `, ${countOf(resolved, 'conflict')} resolved`
      return yield `${this.#paint.green('merged')} ${source} into ${target}: ${countOf(changed, 'record')}${decided}`
    }
    for (const conflict of conflicts as readonly ValueObject[]) yield* this.#conflict(conflict)
  }

  *discarded(name: string): Iterable<string> {
    yield `${this.#paint.green('discarded')} ${printableLine(name)}`
  }

  *#change({ id, change, before, after, fields = [] }: ValueObject): Iterable<string> {
    const sign = signs[change as keyof typeof signs]
    const record = after ?? before
    yield `${sign} ${this.#paint.bold(textOf(id))}${record === undefined ? '' : ` ${textOf(record)}`}`
    for (const { field, old, new: now } of fields as readonly ValueObject[]) {
      yield `    ${printableLine(String(field))}: ${textOf(old)} → ${textOf(now)}`
    }
  }

  *#conflict({ id, kind, base, ours, theirs, fields, records }: ValueObject): Iterable<string> {
    const about = fields ?? records
    yield `! ${this.#paint.bold(textOf(id))} ${kind}${about === undefined ? '' : ` ${textOf(about)}`}`
    for (const [side, record] of Object.entries({ base, ours, theirs })) {
      yield `    ${side.padEnd(6)} ${record === undefined ? '–' : textOf(record)}`
    }
  }
}

function countOf(count: Value, what: string): string {
  return count === 1 ? `1 ${what}` : `${count} ${what}s`
}

function textOf(value: Value): string {
  return printableLine(formatValue(value))
}
