/**
 * Which other threads may have a store's files open (level-reader.ts).
 * Why counted: LevelDB closes when its last handle does, but takes down with the first one the cache that all
 * of them read through. So the store, which opened it, has to be the last to close.
 */

import { extname } from 'node:path'
import type { KvShare } from '../kv-store.ts'
import type { SharedFiles } from './bulk/file-view.ts'

/** What `openReader` of level-reader.ts is given. */
export interface SharedFolder {
  /** The folder under the name by which the store opened it. */
  readonly folder: string
  /** As they were in a snapshot of the store. */
  readonly files: SharedFiles | undefined
}

const isSource = extname(import.meta.filename) === '.ts'
const readerModule = isSource
  ? new URL('./level-reader.ts', import.meta.url)
  : new URL('./level-reader.js', import.meta.url)

export class LevelShares {
  readonly #recalls = new Set<() => void>()
  /** Resolves when the last one has been released, where somebody waits for that. */
  #none: PromiseWithResolvers<void> | undefined

  add(data: SharedFolder, onRecall: () => void): KvShare {
    // Each share is its own, though two may be recalled by the same function.
    const recall = () => onRecall()
    this.#recalls.add(recall)
    return { module: readerModule.href, data, release: () => this.#release(recall) }
  }

  /** Asks for every share and resolves when all have been released. */
  async recall(): Promise<void> {
    if (this.#recalls.size === 0) return
    this.#none ??= Promise.withResolvers()
    for (const recall of [...this.#recalls]) recall()
    await this.#none?.promise
  }

  #release(recall: () => void): void {
    this.#recalls.delete(recall)
    if (this.#recalls.size > 0) return
    this.#none?.resolve()
    this.#none = undefined
  }
}
