/**
 * How far a long work is, on one line of a terminal; nothing anywhere else.
 */

import type { OutputStream } from '../cli-io.ts'

export interface Progress {
  /** A word for what is being done. */
  readonly phase: string
  readonly done: number
  readonly total: number
}

const barColumns = 30

export class ProgressBar {
  readonly #stream: OutputStream
  #isShown = false

  constructor(stream: OutputStream) {
    this.#stream = stream
  }

  show(progress: Progress): void {
    if (this.#stream.isTTY !== true) return
    this.#isShown = true
    this.#stream.write(`\r${progressLine(progress)}\u001b[K`)
  }

  clear(): void {
    if (this.#isShown) this.#stream.write('\r\u001b[K')
    this.#isShown = false
  }
}

/** `chain    ██████░░░░░░  40 %  8,000 of 20,000`. */
export function progressLine({ phase, done, total }: Progress): string {
  const share = total === 0 ? 1 : Math.min(1, done / total)
  const full = Math.round(share * barColumns)
  const bar = '█'.repeat(full) + '░'.repeat(barColumns - full)
  const percent = String(Math.floor(share * 100)).padStart(3)
  const counts = `${done.toLocaleString('en-US')} of ${total.toLocaleString('en-US')}`
  return `${phase.padEnd(7)}  ${bar} ${percent} %  ${counts}`
}
