/**
 * The kinds of value a setting may have. Each reads the text of a flag or an environment variable as well as
 * what TOML gives, so that one setting is written the same everywhere.
 */

import { isIP } from 'node:net'
import { DbError, Duration } from '@dendrodb/protocol'
import { z } from 'zod'

export function text(problem = 'must be text') {
  return z.string({ error: problem }).min(1, 'must not be empty')
}

export function choice<const Word extends string>(words: readonly Word[]) {
  return z.enum(words, { error: `must be one of ${words.join(', ')}` })
}

export function integer(minimum: number, maximum: number) {
  const problem = `must be an integer from ${minimum} to ${maximum}`
  const digits = z.string().regex(/^\d{1,15}$/, problem)
  return z
    .union([z.number(), digits.transform(Number)], { error: problem })
    .pipe(z.int(problem).min(minimum, problem).max(maximum, problem))
}

/** `http://127.0.0.1:5001`, perhaps with a path. */
export function url() {
  const problem = 'must be the address of a service, such as http://127.0.0.1:5001'
  return text(problem).refine((given) => /^https?:\/\//.test(given) && URL.canParse(given), problem)
}

/** Several texts: a TOML array, or one text with commas. */
export function list(isGood: (entry: string) => boolean, problem: string) {
  const split = (joined: string) => joined.split(',').map((entry) => entry.trim())
  return z
    .union([z.array(z.string()), z.string().transform(split)], { error: 'must be a list of texts' })
    .transform((entries) => entries.filter((entry) => entry !== ''))
    .refine((entries) => entries.every(isGood), problem)
}

const byteUnits: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['B', 1],
  ['KiB', 1024],
  ['MiB', 1024 ** 2],
  ['GiB', 1024 ** 3],
])

/** `16MiB`, or a plain number of bytes. */
export function bytes(minimum: number, maximum: number) {
  const problem = `must be a size from ${formatBytes(minimum)} to ${formatBytes(maximum)}, such as 16MiB`
  const sized = z.string().transform((given, context) => {
    const [, digits = '', unit = ''] = /^(\d{1,15}) ?([A-Za-z]*)$/.exec(given) ?? []
    const factor = byteUnits.get(unit)
    if (digits !== '' && factor !== undefined) return Number(digits) * factor
    context.addIssue(problem)
    return z.NEVER
  })
  return z
    .union([z.number(), sized], { error: problem })
    .pipe(z.int(problem).min(minimum, problem).max(maximum, problem))
}

/** `30s`, `15m`, `7d`; in milliseconds. */
export function duration(minimum: string, maximum: string) {
  const problem = `must be a time from ${minimum} to ${maximum}, such as 30s, 15m or 7d`
  const parsed = z.string(problem).transform((given, context) => {
    const millis = durationMs(given)
    if (millis !== undefined) return millis
    context.addIssue(problem)
    return z.NEVER
  })
  return parsed.pipe(
    z
      .number()
      .min(durationMs(minimum) ?? 0, problem)
      .max(durationMs(maximum) ?? 0, problem),
  )
}

function formatBytes(count: number): string {
  const units = [...byteUnits].reverse()
  const [unit, factor] = units.find(([, size]) => count >= size && count % size === 0) ?? ['B', 1]
  return `${count / factor}${unit}`
}

/** An IP address, or a network such as `10.0.0.0/8`. */
export function isNetwork(entry: string): boolean {
  const [address = '', bits, ...rest] = entry.split('/')
  const version = isIP(address)
  if (version === 0 || rest.length > 0) return false
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128))
}

/** `https://app.example.com`: scheme, host and port, nothing after them. */
export function isOrigin(entry: string): boolean {
  return entry === '*' || (URL.canParse(entry) && new URL(entry).origin === entry)
}

function durationMs(given: string): number | undefined {
  try {
    return Number(Duration.parse(given).wholeUnits('ms'))
  } catch (error) {
    if (error instanceof DbError) return undefined
    throw error
  }
}
