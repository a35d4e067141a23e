/**
 * Ends a server when the process is told to end: the first SIGINT or SIGTERM closes it in order, a second one
 * at once.
 */

import type { EventEmitter } from 'node:events'

/** A server, as far as it is needed here. */
export interface Closable {
  close(): Promise<void>
}

export interface SignalSource extends Pick<EventEmitter, 'on' | 'off'> {
  exit(code: number): void
}

const signals = ['SIGINT', 'SIGTERM'] as const

/** Exit code of a process that was ended by a second signal: 128 + SIGINT. */
const interruptedCode = 130

/** Resolves when the server has been closed by a signal. @param process `process`, or a stand-in */
export async function runUntilSignal(server: Closable, process: SignalSource): Promise<void> {
  let end: (() => void) | undefined
  const told = new Promise<void>((resolve) => {
    end = resolve
  })
  let isEnding = false
  const onSignal = () => {
    if (isEnding) process.exit(interruptedCode)
    isEnding = true
    end?.()
  }
  for (const signal of signals) process.on(signal, onSignal)
  try {
    await told
    await server.close()
  } finally {
    for (const signal of signals) process.off(signal, onSignal)
  }
}
