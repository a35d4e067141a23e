/**
 * Signals as people mean them. A terminal's Ctrl-C reaches npm and the server at once, and npm then sends it
 * to the server again; `npx` does the same. The second one of such a pair is no wish to stop at once.
 */

import type { SignalSource } from '@dendrodb/server'

/** A second press comes later than this, an echo by a parent process sooner. */
export const echoMsMax = 500

type Listener = Parameters<SignalSource['on']>[1]

/** `process`, where a signal counts only when no other has counted shortly before it. */
export function signalsOncePerPress(process: SignalSource, now: () => number = Date.now): SignalSource {
  const wrapped = new Map<Listener, Listener>()
  let countedMs = Number.NEGATIVE_INFINITY
  const source: SignalSource = {
    on(signal, listener) {
      const once = wrapped.get(listener) ?? oncePerPress(listener)
      wrapped.set(listener, once)
      process.on(signal, once)
      return source as never
    },
    off(signal, listener) {
      const once = wrapped.get(listener) ?? listener
      const echoMs = countedMs + echoMsMax - now()
      // An echo that finds the process winding down would end it by the signal's default.
      if (echoMs > 0) setTimeout(() => process.off(signal, once), echoMs).unref()
      else process.off(signal, once)
      return source as never
    },
    exit: (code) => process.exit(code),
  }
  return source

  function oncePerPress(listener: Listener): Listener {
    return (...args) => {
      if (now() - countedMs < echoMsMax) return
      countedMs = now()
      listener(...args)
    }
  }
}
