/**
 * What was typed at the prompt, kept for the next time in a file that only its owner reads: an entry per
 * line, oldest first. Entries are appended as they come, so that several prompts at once lose nothing; the
 * file is cut when it is opened.
 */

import { appendFileSync, chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { historyEntriesMax, historyEntryCharsMax } from '../limits.ts'

const ownerOnly = 0o600

export function defaultHistoryFile(): string {
  return join(homedir(), '.config', 'dendrodb', 'history')
}

export class HistoryFile {
  readonly #path: string
  /** Oldest first. */
  readonly entries: readonly string[]
  /** Why nothing is kept; `undefined` as long as all is well. */
  problem: string | undefined

  private constructor(path: string, entries: readonly string[], problem: string | undefined) {
    this.#path = path
    this.entries = entries
    this.problem = problem
  }

  /** A prompt without a history is better than none: where the file cannot be used, nothing is kept. */
  static open(path: string): HistoryFile {
    try {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
      appendFileSync(path, '', { mode: ownerOnly })
      chmodSync(path, ownerOnly)
      const all = readFileSync(path, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
      const entries = all.slice(-historyEntriesMax)
      if (entries.length < all.length) replaceFile(path, entries)
      return new HistoryFile(path, entries, undefined)
    } catch (error) {
      return new HistoryFile(path, [], (error as Error).message)
    }
  }

  append(entry: string): void {
    if (this.problem !== undefined || entry.trim() === '' || entry.length > historyEntryCharsMax) return
    try {
      appendFileSync(this.#path, toText([entry]), { mode: ownerOnly })
    } catch (error) {
      this.problem = (error as Error).message
    }
  }
}

/** Whole or not at all, as another prompt may be reading it. */
function replaceFile(path: string, entries: readonly string[]): void {
  const draft = `${path}.${process.pid}`
  writeFileSync(draft, toText(entries), { mode: ownerOnly })
  renameSync(draft, path)
}

function toText(entries: readonly string[]): string {
  return entries.map((entry) => `${entry.replace(/[\r\n]/g, ' ')}\n`).join('')
}
