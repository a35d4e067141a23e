/**
 * The log: one JSON object per line on standard output, or wherever the caller wants it.
 * Written in the background, as a write per line would cost a busy server a good part of its time; at most a
 * second of lines is in memory, and `flush` is called before the process ends.
 * Why the line of a request is put together by hand: it is the one line of every request, and the general way
 * takes three times as long.
 * Invariant: no line holds a token, a password, a query or a body.
 */

import { pino } from 'pino'
import { lineBatchCharsMax } from './limits.ts'

export interface Log {
  /** A request that has been answered. */
  request(line: RequestLine): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

export interface RequestLine {
  readonly level: 'debug' | 'info'
  readonly requestId: string
  readonly method: string
  readonly path: string
  readonly status: number
  readonly durationMs: number
  readonly userId: string | undefined
  readonly sessionId: string | undefined
}

export interface OpenLog extends Log {
  flush(): void
}

/** How long a line may wait for others to be written with. */
const lineWaitMs = 250

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
  const lines = new LineBatch((text) => destination.write(text))
  return {
    request: (line) => {
      if (logger.isLevelEnabled(line.level)) lines.add(formatRequest(line))
    },
    info: (fields, message) => logger.info(fields, message),
    warn: (fields, message) => logger.warn(fields, message),
    error: (fields, message) => logger.error(fields, message),
    flush: () => {
      lines.write()
      destination.flushSync()
    },
  }
}

class LineBatch {
  readonly #write: (text: string) => void
  #text = ''
  #timer: NodeJS.Timeout | undefined

  constructor(write: (text: string) => void) {
    this.#write = write
  }

  add(line: string): void {
    this.#text += line
    if (this.#text.length >= lineBatchCharsMax) this.write()
    else this.#timer ??= setTimeout(() => this.write(), lineWaitMs).unref()
  }

  write(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#text === '') return
    this.#write(this.#text)
    this.#text = ''
  }
}

/** What comes from outside is quoted; level, method and session are words of ours. */
function formatRequest(line: RequestLine): string {
  const { level, requestId, method, path, status, durationMs, userId, sessionId } = line
  const user = userId === undefined ? '' : `,"user_id":${JSON.stringify(userId)}`
  const session = sessionId === undefined ? '' : `,"session_id":"${sessionId}"`
  return (
    `{"level":"${level}","time":"${isoTime()}","request_id":${JSON.stringify(requestId)},"method":"${method}",` +
    `"path":${JSON.stringify(path)},"status":${status},"duration_ms":${durationMs}${user}${session},"msg":"request"}\n`
  )
}

let lastMs = 0
let lastText = ''

/** The time to the millisecond; many lines fall into the same one. */
function isoTime(): string {
  const nowMs = Date.now()
  if (nowMs !== lastMs) {
    lastMs = nowMs
    lastText = new Date(nowMs).toISOString()
  }
  return lastText
}
