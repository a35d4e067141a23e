/**
 * What a text looks like: `string::is_email` and its like.
 * All patterns are of our own making and match in linear time.
 */

import { isIPv4, isIPv6 } from 'node:net'
import { DbError, isUlid, RecordId, Uuid } from '@dendrodb/protocol'
import * as kinds from '../argument-kinds.ts'
import { pureFunction, withOldSpelling } from '../define-function.ts'
import type { FunctionDefinition } from '../function-definition.ts'
import { isDomain, parseEmail } from '../internet-names.ts'
import { optional, overload, required } from '../overload.ts'
import { matchesDatetimeFormat } from '../time/parse-datetime.ts'
import { parseSemver } from './semver-text.ts'

const value = required('text', kinds.string)
const decimalDegrees = /^[+-]?(?:\d{1,3}(?:\.\d+)?|\.\d+)$/

export const stringPredicates: readonly FunctionDefinition[] = [
  predicate('string::is_alpha', (text) => /^\p{Alphabetic}+$/u.test(text)),
  predicate('string::is_alphanum', (text) => /^[\p{Alphabetic}\p{N}]+$/u.test(text)),
  predicate('string::is_ascii', (text) => text !== '' && isAscii(text)),
  withOldSpelling(
    pureFunction(
      'string::is_datetime',
      overload([value, optional('format', kinds.string)], 'bool', ([text, format]) => {
        return matchesDatetimeFormat(text, format)
      }),
    ),
    'is',
  ),
  predicate('string::is_domain', isDomain),
  predicate('string::is_email', (text) => parseEmail(text) !== undefined),
  predicate('string::is_hexadecimal', (text) => /^[0-9a-fA-F]+$/.test(text)),
  predicate('string::is_ip', (text) => isIPv4(text) || isIPv6(text)),
  predicate('string::is_ipv4', isIPv4),
  predicate('string::is_ipv6', isIPv6),
  predicate('string::is_latitude', (text) => decimalDegrees.test(text) && Math.abs(Number(text)) <= 90),
  predicate('string::is_longitude', (text) => decimalDegrees.test(text) && Math.abs(Number(text)) <= 180),
  predicate('string::is_numeric', (text) => /^\p{N}+$/u.test(text)),
  withOldSpelling(
    pureFunction(
      'string::is_record',
      overload([value, optional('table', kinds.string)], 'bool', ([text, table]) => {
        const id = parses(() => RecordId.parse(text))
        return id !== undefined && (table === undefined || id.table === table)
      }),
    ),
    'is',
  ),
  predicate('string::is_semver', (text) => parseSemver(text) !== undefined),
  predicate('string::is_ulid', isUlid),
  predicate('string::is_url', (text) => URL.canParse(text)),
  predicate('string::is_uuid', (text) => parses(() => Uuid.parse(text)) !== undefined),
]

function predicate(name: string, holds: (text: string) => boolean): FunctionDefinition {
  return withOldSpelling(
    pureFunction(
      name,
      overload([value], 'bool', ([text]) => holds(text)),
    ),
    'is',
  )
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i += 1) if (text.charCodeAt(i) > 0x7f) return false
  return true
}

function parses<T>(parse: () => T): T | undefined {
  try {
    return parse()
  } catch (error) {
    if (error instanceof DbError) return undefined
    throw error
  }
}
