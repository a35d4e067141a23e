/**
 * The lines typed at the prompt, kept for the next time in a file that only its owner reads: one per line, oldest first.
 * Lines are appended as they come, so that several prompts at once lose nothing; the file is cut when it is opened.
 */

import { appendFileSync, chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { historyEntriesMax, historyEntryCharsMax } from './limits.ts'

const ownerOnly = 0o600

export function defaultHistoryFile(): string {
  return join(homedir(), '.config', 'dendrodb', 'history')
}

export class HistoryFile {
  readonly #path: string
  /** Oldest first. */
  readonly lines: readonly string[]
  #isWritable: boolean

  private constructor(path: string, lines: readonly string[], isWritable: boolean) {
    this.#path = path
    this.lines = lines
    this.#isWritable = isWritable
  }

  /** A prompt without a history is better than none: where the file cannot be used, nothing is kept. */
  static open(path: string): HistoryFile {
    try {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
      const all = readLines(path)
      const lines = all.slice(-historyEntriesMax)
      if (lines.length < all.length) writeFileSync(path, toText(lines), { mode: ownerOnly })
      else appendFileSync(path, '', { mode: ownerOnly })
      chmodSync(path, ownerOnly)
      return new HistoryFile(path, lines, true)
    } catch {
      return new HistoryFile(path, [], false)
    }
  }

  append(line: string): void {
    if (!this.#isWritable || line.trim() === '' || line.length > historyEntryCharsMax) return
    try {
      appendFileSync(this.#path, toText([line]), { mode: ownerOnly })
    } catch {
      this.#isWritable = false
    }
  }
}

function readLines(path: string): string[] {
  try {
    return readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

function toText(lines: readonly string[]): string {
  return lines.map((line) => `${line.replace(/[\r\n]/g, ' ')}\n`).join('')
}
