/**
 * The net of the changes that a transaction makes to indexes.
 * Why names only when they are asked for: hardly any transaction changes a record twice, and to name each
 * entry costs more than to encode it.
 */

import type { IndexChange } from '../../ledger/write-request.ts'
import { keyText } from '../../storage/key-text.ts'

/** What is changed; of each there is one change at most. */
export type ChangedEntry = Pick<IndexChange, 'indexId' | 'entry' | 'idKey'>

export class NetChanges {
  #changes: IndexChange[] = []
  #byName: Map<string, IndexChange> | undefined

  /** To be called before a record is changed that may have been changed already. */
  nameAll(): void {
    this.#byName ??= new Map(this.#changes.map((change) => [nameOf(change), change]))
    this.#changes = []
  }

  /** The change so far. */
  find(entry: ChangedEntry): IndexChange | undefined {
    return this.#byName?.get(nameOf(entry))
  }

  set(change: IndexChange): void {
    if (this.#byName === undefined) this.#changes.push(change)
    else this.#byName.set(nameOf(change), change)
  }

  delete(entry: ChangedEntry): void {
    this.#byName?.delete(nameOf(entry))
  }

  /** In the order in which they were made. */
  all(): IndexChange[] {
    return this.#byName === undefined ? [...this.#changes] : [...this.#byName.values()]
  }
}

function nameOf({ indexId, entry, idKey }: ChangedEntry): string {
  return `${indexId}:${entry.length}:${keyText(entry)}${keyText(idKey)}`
}
