/**
 * Two sorted scans as one, in which the upper hides what it has a key for.
 */

import type { KvEntry, MaybePromise, ScanOptions } from '../../storage/kv-store.ts'
import { rowsPerChunkMax } from '../document/limits.ts'

/** What lies below. */
export interface Layer {
  readonly entries: AsyncGenerator<readonly KvEntry[]>
  /** Whether a value of the upper scan only hides. */
  readonly isGone: (stored: Uint8Array) => boolean
  /** Whether the upper one hides the entry by something else than its key. */
  readonly isHidden?: (entry: KvEntry) => MaybePromise<boolean>
}

export async function* mergeLayers(
  upper: AsyncGenerator<readonly KvEntry[]>,
  lower: Layer,
  { reverse = false, limit = Number.POSITIVE_INFINITY, chunkEntries = rowsPerChunkMax }: ScanOptions,
): AsyncGenerator<KvEntry[]> {
  const [own, inherited] = [new Head(upper), new Head(lower.entries)]
  const chunkMax = Math.min(chunkEntries, rowsPerChunkMax)
  let chunk: KvEntry[] = []
  let left = limit
  try {
    while (left > 0) {
      const above = own.peek() ?? (await own.fill())
      const below = inherited.peek() ?? (await inherited.fill())
      const order = compareHeads(above, below, reverse)
      let next: KvEntry | undefined
      if (above !== undefined && order <= 0) {
        own.advance()
        if (order === 0) inherited.advance()
        next = lower.isGone(above.value) ? undefined : above
      } else if (below !== undefined) {
        inherited.advance()
        const isHidden = lower.isHidden?.(below) ?? false
        next = (isHidden instanceof Promise ? await isHidden : isHidden) ? undefined : below
      } else {
        break
      }
      if (next === undefined) continue
      chunk.push(next)
      left -= 1
      if (chunk.length < chunkMax) continue
      yield chunk
      chunk = []
    }
    if (chunk.length > 0) yield chunk
  } finally {
    await Promise.all([upper.return(undefined), lower.entries.return(undefined)])
  }
}

/** Below 0: the upper one comes first; 0: both have the key; an end comes last. */
function compareHeads(above: KvEntry | undefined, below: KvEntry | undefined, reverse: boolean): number {
  if (below === undefined) return -1
  if (above === undefined) return 1
  const order = Buffer.compare(above.key, below.key)
  return reverse ? -order : order
}

/** The present entry of a scan. */
class Head {
  readonly #chunks: AsyncGenerator<readonly KvEntry[]>
  #chunk: readonly KvEntry[] = []
  #at = 0
  #isDone = false

  constructor(chunks: AsyncGenerator<readonly KvEntry[]>) {
    this.#chunks = chunks
  }

  peek(): KvEntry | undefined {
    return this.#chunk[this.#at]
  }

  async fill(): Promise<KvEntry | undefined> {
    while (this.#at >= this.#chunk.length && !this.#isDone) {
      const step = await this.#chunks.next()
      this.#isDone = step.done === true
      this.#chunk = step.done === true ? [] : step.value
      this.#at = 0
    }
    return this.peek()
  }

  advance(): void {
    this.#at += 1
  }
}
