/**
 * The server's log for people: time, level, message, and the fields that matter, on one line.
 */

import type { Writable } from 'node:stream'
import type { Log } from '@dendrodb/server'
import type { Paint } from '../output/paint.ts'
import { printableLine, printableText } from '../output/printable.ts'

const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
type Level = (typeof levels)[number]
type WrittenLevel = keyof Log

/** @param least as the setting `log_level` */
export function openTerminalLog(stream: Writable, least: Level, paint: Paint, now = () => new Date()): Log {
  const at = (level: WrittenLevel) => {
    if (levels.indexOf(level) < levels.indexOf(least)) return () => {}
    return (fields: object, message: string) => {
      stream.write(`${paint.dim(clock(now()))} ${label(level, paint)} ${line(fields, message, paint)}\n`)
    }
  }
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
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

function line(fields: object, message: string, paint: Paint): string {
  const { err, ...rest } = fields as Readonly<Record<string, unknown>>
  const request = message === 'request' ? requestLine(rest, paint) : undefined
  const text = request ?? `${printableLine(message)}${fieldsText(rest, paint)}`
  return err === undefined ? text : `${text}\n${stackText(err)}`
}

/** `GET /api/data/user 200 1.2 ms`. */
function requestLine(fields: Readonly<Record<string, unknown>>, paint: Paint): string | undefined {
  const {
    method,
    path,
    status,
    duration_ms,
    aborted,
    request_id: _id,
    session_id: _session,
    ...rest
  } = fields
  if (typeof status !== 'number' || typeof path !== 'string') return undefined
  const shown =
    status >= 500 ? paint.red(String(status)) : status >= 400 ? paint.yellow(String(status)) : `${status}`
  const ending = aborted === true ? ` ${paint.yellow('client went away')}` : ''
  const request = printableLine(`${String(method)} ${path}`)
  return `${request} ${shown} ${paint.dim(`${String(duration_ms)} ms`)}${fieldsText(rest, paint)}${ending}`
}

function fieldsText(fields: Readonly<Record<string, unknown>>, paint: Paint): string {
  const texts = Object.entries(fields).map(([name, value]) => `${name}=${printableLine(fieldText(value))}`)
  return texts.length === 0 ? '' : ` ${paint.dim(texts.join(' '))}`
}

function fieldText(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value))
}

function stackText(error: unknown): string {
  const text = error instanceof Error ? (error.stack ?? error.message) : fieldText(error)
  return printableText(text).replace(/^/gm, '         ')
}
