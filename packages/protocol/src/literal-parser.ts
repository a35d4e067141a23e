/**
 * Reads DQL literals: the inverse of `format-value.ts`, plus the spellings that people use (double quotes,
 * any order of duration units, trailing commas, white space, keywords in any case).
 * Why a parameter for record ids: `RecordId.parse` itself needs this parser.
 */

import { Datetime } from './datetime.ts'
import { Decimal } from './decimal.ts'
import { Duration } from './duration.ts'
import { setField } from './fields.ts'
import { float, int, type NumericValue, toFloat } from './float.ts'
import { Geometry } from './geometry.ts'
import { limits } from './limits.ts'
import { LiteralScanner } from './literal-scanner.ts'
import { Range } from './range.ts'
import { tagOf, tags } from './type-tag.ts'
import { Uuid } from './uuid.ts'
import { valueErrors } from './value-errors.ts'
import { ValueSet } from './value-set.ts'
import type { RangeBound, RecordIdValue, RecordKey, Value, ValueObject } from './values.ts'

export type MakeRecordId = (table: string, key: RecordKey) => RecordIdValue

/** The value of a whole text. @throws LITERAL_SYNTAX, VALUE_* */
export function parseLiteralText(text: string, makeRecordId: MakeRecordId): Value {
  const parser = new LiteralParser(text, makeRecordId)
  const value = parser.value(0)
  parser.skipSpace()
  parser.finish()
  return value
}

/** The record id that is the whole text, without space around it. @throws LITERAL_SYNTAX, VALUE_* */
export function parseRecordIdText(text: string, makeRecordId: MakeRecordId): RecordIdValue {
  const parser = new LiteralParser(text, makeRecordId)
  const id = parser.recordId(0)
  parser.finish()
  return id
}

const units = '(?:ns|us|µs|μs|ms|[smhdwy])'
const durationPattern = new RegExp(`(?:\\d+${units})+(?![A-Za-z0-9_µμ])`, 'y')
const numberPattern = /([+-]?\d+)(\.\d+)?([eE][+-]?\d+)?(dec|f)?(?![A-Za-z0-9_])/y
const bareKeyPattern = /-\d+(?![A-Za-z0-9_])|[A-Za-z0-9_]+/y
const hexPattern = /^(?:[0-9A-Fa-f]{2})*$/
const operandStart = /[-+<({['"`⟨A-Za-z0-9_]/y

/**
 * Each level of a collection is an object in an array; the innermost geometry has lists of lists of
 * positions.
 */
const geoJsonLevelsExtra = limits.depthMax + 8

const keywords: ReadonlyMap<string, Value> = new Map<string, Value>([
  ['none', undefined],
  ['null', null],
  ['true', true],
  ['false', false],
])
const floatNames: ReadonlyMap<string, number> = new Map([
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
])

class LiteralParser {
  readonly #scanner: LiteralScanner
  readonly #makeRecordId: MakeRecordId
  #openParentheses = 0
  #isInGeometry = false

  constructor(text: string, makeRecordId: MakeRecordId) {
    this.#scanner = new LiteralScanner(text)
    this.#makeRecordId = makeRecordId
  }

  skipSpace(): void {
    this.#scanner.skipSpace()
  }

  finish(): void {
    if (!this.#scanner.atEnd) throw this.#scanner.error('the end of the text')
  }

  /** A value, which may be a range. */
  value(depth: number): Value {
    if (depth > limits.depthMax) throw valueErrors.TOO_DEEP({ levelsMax: limits.depthMax })
    const scanner = this.#scanner
    scanner.skipSpace()
    if (scanner.startsWith('..')) return new Range(undefined, this.#rangeEnd(depth))
    const value = this.#operand(depth)
    const afterValue = scanner.offset
    scanner.skipSpace()
    if (scanner.startsWith('>..') || scanner.startsWith('..')) {
      const inclusive = !scanner.accept('>')
      return new Range({ value, inclusive }, this.#rangeEnd(depth))
    }
    scanner.offset = afterValue
    return value
  }

  recordId(depth: number): RecordIdValue {
    const table = this.#scanner.name()
    if (table === undefined) throw this.#scanner.error('a table name')
    if (!this.#scanner.accept(':')) throw this.#scanner.error(`: and a key, as in ${table}:1`)
    return this.#makeRecordId(table, this.#key(depth))
  }

  #rangeEnd(depth: number): RangeBound | undefined {
    const scanner = this.#scanner
    scanner.expect('..')
    const inclusive = scanner.accept('=')
    scanner.skipSpace()
    const start = scanner.offset
    const hasEnd = scanner.match(operandStart) !== undefined
    scanner.offset = start
    if (!hasEnd && !inclusive) return undefined
    return { value: this.#operand(depth + 1), inclusive }
  }

  #operand(depth: number): Value {
    const scanner = this.#scanner
    switch (scanner.peek()) {
      case '(':
        return this.#parenthesized(depth)
      case '[':
        return this.#array(depth)
      case '{':
        return this.#objectOrSet(depth)
      case '<':
        return this.#cast(depth)
    }
    return this.#quotedValue() ?? this.#number() ?? this.#word(depth)
  }

  /** Parentheses are no level of the value, but a level of this recursion. */
  #parenthesized(depth: number): Value {
    const scanner = this.#scanner
    scanner.expect('(')
    this.#openParentheses += 1
    if (this.#openParentheses > limits.depthMax) throw valueErrors.TOO_DEEP({ levelsMax: limits.depthMax })
    const value = this.value(depth)
    this.#openParentheses -= 1
    scanner.skipSpace()
    scanner.expect(')')
    return value
  }

  #array(depth: number): readonly Value[] {
    const scanner = this.#scanner
    scanner.expect('[')
    const values: Value[] = []
    for (;;) {
      scanner.skipSpace()
      if (scanner.accept(']')) return values
      values.push(this.value(depth + 1))
      scanner.skipSpace()
      if (!scanner.accept(',') && !scanner.startsWith(']')) throw scanner.error(', or ]')
    }
  }

  #objectOrSet(depth: number): Value {
    const scanner = this.#scanner
    scanner.expect('{')
    scanner.skipSpace()
    if (scanner.accept('}')) return {}
    if (scanner.accept(',')) {
      scanner.skipSpace()
      scanner.expect('}')
      return ValueSet.empty
    }
    const start = scanner.offset
    const isObject = this.#field() !== undefined
    scanner.offset = start
    return isObject ? this.#object(depth) : this.#set(depth)
  }

  /** The name of a field with its colon; `undefined` (and anywhere) if this is no field. */
  #field(): string | undefined {
    const scanner = this.#scanner
    const name = scanner.quoted() ?? scanner.name()
    scanner.skipSpace()
    return scanner.accept(':') ? name : undefined
  }

  #object(depth: number): ValueObject {
    const scanner = this.#scanner
    const object: Record<string, Value> = {}
    for (;;) {
      scanner.skipSpace()
      if (scanner.accept('}')) return object
      const start = scanner.offset
      const field = this.#field()
      if (field === undefined) throw scanner.error('a field and a colon', start)
      setField(object, field, this.value(depth + 1))
      scanner.skipSpace()
      if (!scanner.accept(',') && !scanner.startsWith('}')) throw scanner.error(', or }')
    }
  }

  #set(depth: number): ValueSet {
    const scanner = this.#scanner
    const values: Value[] = []
    for (;;) {
      scanner.skipSpace()
      // One value in braces without a comma is a block in DQL, not a set.
      if (values.length > 0 && scanner.accept('}')) return ValueSet.from(values)
      values.push(this.value(depth + 1))
      scanner.skipSpace()
      const closes = values.length > 1 && scanner.startsWith('}')
      if (!scanner.accept(',') && !closes) throw scanner.error(values.length > 1 ? ', or }' : ',')
    }
  }

  #cast(depth: number): Value {
    const scanner = this.#scanner
    const isVector = scanner.accept('<vector>')
    if (!isVector && !scanner.accept('<geometry>')) throw scanner.error('<geometry> or <vector>')
    scanner.skipSpace()
    const start = scanner.offset
    if (!isVector) return this.#geometry()
    const elements = scanner.peek() === '[' ? this.#array(depth) : undefined
    if (elements === undefined || !elements.every(isNumeric)) throw scanner.error('a list of numbers', start)
    return Float32Array.from(elements, toFloat)
  }

  /** GeoJSON has more levels than the geometry that it describes; they are counted apart. */
  #geometry(): Geometry {
    if (this.#isInGeometry) throw this.#scanner.error('GeoJSON')
    this.#isInGeometry = true
    const geometry = Geometry.fromGeoJson(this.#operand(-geoJsonLevelsExtra))
    this.#isInGeometry = false
    return geometry
  }

  #quotedValue(): Value {
    const scanner = this.#scanner
    const start = scanner.offset
    const prefix = scanner.match(/[dubrs](?=['"])/y)?.[0]
    const text = scanner.quoted()
    if (text === undefined) return undefined
    switch (prefix) {
      case 'd':
        return Datetime.parse(text)
      case 'u':
        return Uuid.parse(text)
      case 'r':
        return parseRecordIdText(text, this.#makeRecordId)
      case 'b':
        if (!hexPattern.test(text)) throw scanner.error('pairs of hexadecimal digits', start)
        return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
      default:
        return text
    }
  }

  #number(): Value {
    const scanner = this.#scanner
    const start = scanner.offset
    const duration = scanner.match(durationPattern)
    if (duration !== undefined) return Duration.parse(duration[0])
    if (scanner.accept('-Infinity')) return Number.NEGATIVE_INFINITY
    const match = scanner.match(numberPattern)
    if (match === undefined) return undefined
    const [all, whole = '', fraction = '', exponent = '', suffix] = match
    if (all.length > limits.numberTextCharsMax) throw scanner.error('a shorter number', start)
    const text = whole + fraction + exponent
    if (suffix === 'dec') return Decimal.parse(text)
    if (suffix === undefined && text === whole)
      return int(BigInt(whole.startsWith('+') ? whole.slice(1) : whole))
    const n = Number(text)
    if (!Number.isFinite(n)) throw scanner.error('a number that a float can hold', start)
    return float(n)
  }

  #word(depth: number): Value {
    const scanner = this.#scanner
    const start = scanner.offset
    const isEscaped = scanner.startsWith('⟨') || scanner.startsWith('`')
    const word = scanner.name()
    if (word === undefined) throw scanner.error('a value')
    if (scanner.startsWith(':')) {
      scanner.offset = start
      return this.recordId(depth)
    }
    const lower = word.toLowerCase()
    if (!isEscaped && keywords.has(lower)) return keywords.get(lower)
    const named = isEscaped ? undefined : floatNames.get(word)
    if (named === undefined) throw scanner.error('a value', start)
    return named
  }

  #key(depth: number): RecordKey {
    const scanner = this.#scanner
    if (depth >= limits.depthMax) throw valueErrors.TOO_DEEP({ levelsMax: limits.depthMax })
    if (scanner.peek() === '[') return this.#array(depth + 1)
    if (scanner.peek() === '{') return this.#keyObject(depth)
    if (scanner.startsWith("u'") || scanner.startsWith('u"')) {
      scanner.offset += 1
      return Uuid.parse(scanner.quoted() ?? '')
    }
    const escaped = scanner.escapedName()
    if (escaped !== undefined) return escaped
    const start = scanner.offset
    const bare = scanner.match(bareKeyPattern)?.[0]
    if (bare === undefined) throw scanner.error('the key of a record id')
    if (!/^-?\d+$/.test(bare)) return bare
    if (bare.length > limits.numberTextCharsMax) throw scanner.error('a shorter number', start)
    return int(BigInt(bare))
  }

  #keyObject(depth: number): RecordKey {
    const start = this.#scanner.offset
    const value = this.#objectOrSet(depth + 1)
    if (tagOf(value) !== tags.object) throw this.#scanner.error('an object', start)
    return value as ValueObject
  }
}

function isNumeric(value: Value): value is NumericValue {
  return tagOf(value) === tags.number
}
