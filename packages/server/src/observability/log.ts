/**
 * The log: one JSON object per line on standard output, or wherever the caller wants it.
 * Written in the background, as a write per line would cost a busy server a tenth of its time; at most a second of
 * lines is in memory, and `flush` is called before the process ends.
 * Invariant: no line holds a token, a password, a query or a body.
 */

import { pino } from 'pino'

export interface Log {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

export interface OpenLog extends Log {
  flush(): void
}

/** @param file path, or 1 for standard output */
export function openLog(level: string, file: string | number = 1): OpenLog {
  const destination = pino.destination({ dest: file, sync: false, minLength: 4096, periodicFlush: 1000 })
  const logger = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: pino.stdSerializers.err },
    },
    destination,
  )
  return Object.assign(logger as Log, { flush: () => destination.flushSync() })
}
