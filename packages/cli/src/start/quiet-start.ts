/**
 * A log that keeps still while the server starts: the banner, or the error that ends the start, says the same
 * better.
 * What the banner does not say, warnings and errors, is written once the start has succeeded.
 */

import type { Log } from '@dendrodb/server'

export interface QuietStart {
  readonly log: Log
  /** The start is over: writes what was held back, and everything from now on at once. */
  release(): void
}

export function quietStart(log: Log): QuietStart {
  let isStarting = true
  const held: (() => void)[] = []
  const hold = (level: 'warn' | 'error') => (fields: object, message: string) => {
    if (isStarting) held.push(() => log[level](fields, message))
    else log[level](fields, message)
  }
  return {
    log: {
      request: (line) => log.request(line),
      info(fields, message) {
        if (!isStarting) log.info(fields, message)
      },
      warn: hold('warn'),
      error: hold('error'),
    },
    release() {
      isStarting = false
      for (const write of held.splice(0)) write()
    },
  }
}
