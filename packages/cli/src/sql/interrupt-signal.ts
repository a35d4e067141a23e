/**
 * Ctrl-C while a script runs: the first one cancels the statement, a second one ends the process at once.
 */

import type { EventEmitter } from 'node:events'

export interface InterruptSource extends Pick<EventEmitter, 'on' | 'off'> {
  exit(code: number): void
}

export interface Interrupt {
  readonly signal: AbortSignal
  /** Gives Ctrl-C its usual meaning back. */
  release(): void
}

/** Exit code of a process that SIGINT ended: 128 + 2. */
const interruptedCode = 130

/** @param process `process`, or a stand-in */
export function interruptSignal(process: InterruptSource): Interrupt {
  const controller = new AbortController()
  const onInterrupt = () => {
    if (controller.signal.aborted) process.exit(interruptedCode)
    controller.abort()
  }
  process.on('SIGINT', onInterrupt)
  return { signal: controller.signal, release: () => process.off('SIGINT', onInterrupt) }
}
