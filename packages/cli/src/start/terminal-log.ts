/**
 * The server's log for people: time, level, message, and the fields that matter, on one line.
 */

import type { Writable } from 'node:stream'
import type { Log, RequestLine } from '@dendrodb/server'
import type { Paint } from '../output/paint.ts'
import { printableLine, printableText } from '../output/printable.ts'

const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
type Level = (typeof levels)[number]
type WrittenLevel = 'debug' | 'info' | 'warn' | 'error'

/** @param least as the setting `log_level` */
export function openTerminalLog(stream: Writable, least: Level, paint: Paint, now = () => new Date()): Log {
  const write = (level: WrittenLevel, text: () => string) => {
    if (levels.indexOf(level) < levels.indexOf(least)) return
    stream.write(`${paint.dim(clock(now()))} ${label(level, paint)} ${text()}\n`)
  }
  const at = (level: WrittenLevel) => (fields: object, message: string) => {
    write(level, () => messageText(fields, message, paint))
  }
  return {
    request: (line) => write(line.level, () => requestText(line, paint)),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
  }
}

function clock(time: Date): string {
  const parts = [time.getHours(), time.getMinutes(), time.getSeconds()]
  return parts.map((part) => String(part).padStart(2, '0')).join(':')
}

function label(level: WrittenLevel, paint: Paint): string {
  const padded = level.padEnd(5)
  switch (level) {
    case 'debug':
      return paint.dim(padded)
    case 'info':
      return paint.green(padded)
    case 'warn':
      return paint.yellow(padded)
    case 'error':
      return paint.red(padded)
    default:
      return level satisfies never
  }
}

function messageText(fields: object, message: string, paint: Paint): string {
  const { err, ...rest } = fields as Readonly<Record<string, unknown>>
  const texts = Object.entries(rest).map(([name, value]) => `${name}=${printableLine(fieldText(value))}`)
  const text = printableLine(message) + (texts.length === 0 ? '' : ` ${paint.dim(texts.join(' '))}`)
  return err === undefined ? text : `${text}\n${stackText(err)}`
}

/** `GET /api/data/user 200 1.2 ms root`; ids of requests and sessions are for programs. */
function requestText({ method, path, status, durationMs, userId }: RequestLine, paint: Paint): string {
  const request = printableLine(`${method} ${path}`)
  const after = `${durationMs} ms${userId === undefined ? '' : ` ${printableLine(userId)}`}`
  return `${request} ${statusText(status, paint)} ${paint.dim(after)}`
}

function statusText(status: number, paint: Paint): string {
  if (status >= 500) return paint.red(String(status))
  return status >= 400 ? paint.yellow(String(status)) : String(status)
}

function fieldText(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value))
}

function stackText(error: unknown): string {
  const text = error instanceof Error ? (error.stack ?? error.message) : fieldText(error)
  return printableText(text).replace(/^/gm, '         ')
}
