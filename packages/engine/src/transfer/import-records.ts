/**
 * Writes an export of records into a database.
 * Why it can be run again: every record has its id in the file, and one that is there already, to the byte,
 * is passed over; so an import that was interrupted goes on where it stopped.
 * Order: tables as they come, records in commits of bounded size, indexes once the records are there.
 */

import type { NewIndex } from '../catalog/definitions.ts'
import type { WriteMeta } from '../ledger/write-meta.ts'
import type { WriteTx } from '../models/model.ts'
import {
  changeOf,
  type DefinitionLine,
  isSameDefinition,
  newIndexOf,
  parseDefinition,
} from './definition-lines.ts'
import { charsPerCommit, recordsPerCommit } from './limits.ts'
import { isSameRecord, isSameValue, type PlainRecord, parseRecord } from './record-lines.ts'
import { type Line, lineProblem, parseLine } from './text-lines.ts'
import { transferErrors } from './transfer-errors.ts'

/** What an import needs of the database that it writes to. */
export interface ImportTarget {
  write<T>(
    work: (tx: WriteTx) => Promise<T>,
    options: { readonly meta?: WriteMeta },
  ): Promise<{ readonly result: T }>
  waitForIndex(table: string, index: string): Promise<void>
}

export interface ImportOptions {
  /** For messages. */
  readonly file: string
  /** Whether records and definitions that are others may be overwritten. */
  readonly overwrite: boolean
  readonly meta?: WriteMeta | undefined
}

export interface ImportCounts {
  /** Records that were not there, or were others. */
  readonly written: number
  /** Records that were there already. */
  readonly unchanged: number
}

type Entry = { readonly line: Line } & (
  | { readonly type: 'record'; readonly record: PlainRecord }
  | { readonly type: 'definition'; readonly definition: DefinitionLine }
)

/** Lines that hold no header and no end, in the order of an export. @throws TRANSFER_LINE, TRANSFER_EXISTS */
export class RecordImport {
  readonly #target: ImportTarget
  readonly #options: ImportOptions
  #batch: Entry[] = []
  #batchChars = 0
  #written = 0
  #unchanged = 0

  constructor(target: ImportTarget, options: ImportOptions) {
    this.#target = target
    this.#options = options
  }

  get counts(): ImportCounts {
    return { written: this.#written, unchanged: this.#unchanged }
  }

  async add(line: Line): Promise<void> {
    const entry = this.#parse(line)
    if (entry.type === 'definition' && entry.definition.type === 'index') {
      await this.flush()
      return this.#defineIndex(line, entry.definition.index)
    }
    this.#batch.push(entry)
    this.#batchChars += line.text.length
    if (this.#batch.length >= recordsPerCommit || this.#batchChars >= charsPerCommit) await this.flush()
  }

  /** Writes what was added. */
  async flush(): Promise<void> {
    const batch = this.#batch
    this.#batch = []
    this.#batchChars = 0
    if (batch.length === 0) return
    const { result } = await this.#target.write((tx) => this.#write(tx, batch), this.#writeOptions())
    this.#written += result.written
    this.#unchanged += result.unchanged
  }

  #parse(line: Line): Entry {
    const { file } = this.#options
    const fields = parseLine(file, line)
    return lineProblem(file, line, (): Entry => {
      const record = parseRecord(fields)
      if (record !== undefined) return { line, type: 'record', record }
      const definition = parseDefinition(fields)
      if (definition !== undefined) return { line, type: 'definition', definition }
      throw new SyntaxError('it is neither a record nor a definition')
    })
  }

  async #write(tx: WriteTx, batch: readonly Entry[]): Promise<ImportCounts> {
    let written = 0
    let unchanged = 0
    for (const entry of batch) {
      if (entry.type === 'definition') {
        await this.#define(tx, entry.line, entry.definition)
        continue
      }
      const { id, fields, valid } = entry.record
      const there = await tx.getRecord(id)
      if (there !== undefined && isSameRecord(entry.record, there)) {
        unchanged += 1
        continue
      }
      if (there !== undefined) this.#mayOverwrite(entry.line, `the record ${id}`)
      await tx.put(id, fields, valid)
      written += 1
    }
    return { written, unchanged }
  }

  async #define(tx: WriteTx, line: Line, definition: DefinitionLine): Promise<void> {
    switch (definition.type) {
      case 'param': {
        const { name, value } = definition
        const there = tx.catalog.param(name)
        if (there !== undefined && isSameValue(there.value, value)) return
        if (there !== undefined) this.#mayOverwrite(line, `the parameter ${name}`)
        await tx.setParam(name, value)
        return
      }
      case 'table': {
        const { name, implicit, change } = definition
        const there = tx.catalog.table(name)
        if (there !== undefined && isSameDefinition(changeOf(there), change)) return
        if (there !== undefined && !there.implicit) this.#mayOverwrite(line, `the table ${name}`)
        if (implicit && there === undefined) await tx.ensureTable(name, change.kind)
        else await tx.defineTable(name, change)
        return
      }
      case 'index':
        return
      default:
        definition satisfies never
    }
  }

  /** In a commit of its own, as the build begins with it. */
  async #defineIndex(line: Line, index: NewIndex): Promise<void> {
    const { result: isNew } = await this.#target.write(async (tx) => {
      const there = tx.catalog.table(index.table)?.indexes.find(({ name }) => name === index.name)
      if (there !== undefined && isSameDefinition(newIndexOf(there), index)) return false
      if (there !== undefined) this.#mayOverwrite(line, `the index ${index.name} of ${index.table}`)
      await tx.defineIndex(index)
      return true
    }, this.#writeOptions())
    if (isNew) await this.#target.waitForIndex(index.table, index.name)
  }

  #mayOverwrite({ number }: Line, what: string): void {
    const { file, overwrite } = this.#options
    if (!overwrite) throw transferErrors.EXISTS({ file, line: number, what })
  }

  #writeOptions(): { readonly meta?: WriteMeta } {
    const { meta } = this.#options
    return meta === undefined ? {} : { meta }
  }
}
