/**
 * How far a long work is, on one line of a terminal; nothing anywhere else.
 */

import type { OutputStream } from '../cli-io.ts'

export interface Progress {
  /** A word for what is being done. */
  readonly phase: string
  readonly done: number
  /** Not known: no bar, only what is done. */
  readonly total: number | undefined
}

const barColumns = 30
/** Shorter steps nobody sees, and a slow terminal would hold the work up. */
const redrawMs = 50

export class ProgressBar {
  readonly #stream: OutputStream
  #isShown = false
  #drawnMs = Number.NEGATIVE_INFINITY

  constructor(stream: OutputStream) {
    this.#stream = stream
  }

  show(progress: Progress): void {
    if (this.#stream.isTTY !== true) return
    const nowMs = performance.now()
    if (nowMs - this.#drawnMs < redrawMs) return
    this.#drawnMs = nowMs
    this.#isShown = true
    this.#stream.write(`\r${progressLine(progress)}\u001b[K`)
  }

  /** Shows what it is told, and ends the work when the signal says so. */
  listener(signal: AbortSignal): (progress: Progress) => void {
    return (progress) => {
      signal.throwIfAborted()
      this.show(progress)
    }
  }

  clear(): void {
    if (this.#isShown) this.#stream.write('\r\u001b[K')
    this.#isShown = false
  }
}

/** `chain    ██████░░░░░░  40 %  8,000 of 20,000`. */
export function progressLine({ phase, done, total }: Progress): string {
  const name = phase.padEnd(7)
  if (total === undefined) return `${name}  ${done.toLocaleString('en-US')}`
  const share = total === 0 ? 1 : Math.min(1, done / total)
  const full = Math.round(share * barColumns)
  const bar = '█'.repeat(full) + '░'.repeat(barColumns - full)
  const percent = String(Math.floor(share * 100)).padStart(3)
  const counts = `${done.toLocaleString('en-US')} of ${total.toLocaleString('en-US')}`
  return `${name}  ${bar} ${percent} %  ${counts}`
}
