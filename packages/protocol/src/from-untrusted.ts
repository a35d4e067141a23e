/**
 * Values from what a library's user or a parsed text hands over.
 * Why: everything behind this point relies on the value model: normal numbers, well-formed text, plain
 * objects, bounded depth and size, nothing that its giver can change later.
 *
 * | JavaScript | value |
 * |---|---|
 * | `undefined` | none; fields that are `undefined` are left out, unless inside a record id |
 * | `number` | int when a safe integer, else float; -0 is a float |
 * | `bigint` | int |
 * | `Date` | datetime |
 * | `Uint8Array`, `Buffer`, `ArrayBuffer` | bytes, copied |
 * | `Float32Array` | vector, copied |
 * | `Array`, `Set`, `Map` with string keys | array, set, object |
 * | plain object | object; symbols are not fields |
 * | our value classes | themselves |
 *
 * All else is refused: functions, symbols, other classes, cycles, lone surrogates.
 */

import { Datetime } from './datetime.ts'
import { setField } from './fields.ts'
import { float, int, isIntNumber } from './float.ts'
import { limits } from './limits.ts'
import { Range } from './range.ts'
import { RecordId } from './record-id.ts'
import { isPlainObject, type TypeTag, tags, typeTag } from './type-tag.ts'
import { valueErrors } from './value-errors.ts'
import { ValueSet } from './value-set.ts'
import type { RangeBound, RecordKey, Value, ValueObject } from './values.ts'

/**
 * The value for any JavaScript input, copied. An answer may have `limits.answerDepthMax` levels.
 * @throws VALUE_UNSUPPORTED, VALUE_CYCLE, VALUE_TOO_DEEP, VALUE_TOO_MANY_ELEMENTS, VALUE_LONE_SURROGATE,
 * VALUE_INT_RANGE
 */
export function fromUntrusted(input: unknown, levelsMax: number = limits.depthMax): Value {
  return new Intake(levelsMax).value(input)
}

class Intake {
  /** Fields and indexes that lead to the place that is read. */
  readonly #path: (string | number)[] = []
  readonly #ancestors: object[] = []
  #elements = 0
  /** Record ids around the place that is read: inside them a NONE field is part of the identity. */
  #recordIds = 0
  readonly #levelsMax: number

  constructor(levelsMax: number) {
    this.#levelsMax = levelsMax
  }

  value(input: unknown): Value {
    if (this.#ancestors.length > this.#levelsMax) throw this.#tooDeep()
    switch (typeof input) {
      case 'string':
        return this.#text(input)
      case 'number':
        return isIntNumber(input) ? input : float(input)
      case 'bigint':
        return int(input)
      case 'boolean':
      case 'undefined':
        return input
      case 'object':
        return input === null ? null : this.#object(input)
      default:
        throw this.#unsupported(`a ${typeof input}`)
    }
  }

  #object(input: object): Value {
    const tag = (input as { readonly [typeTag]?: TypeTag })[typeTag]
    if (tag !== undefined) return this.#ownClass(input as Value & object, tag)
    if (Array.isArray(input)) return this.#inside(input, () => this.#array(input, input.length))
    if (isPlainObject(input)) return this.#inside(input, () => this.#fields(input))
    if (input instanceof Uint8Array) return Uint8Array.from(input)
    if (input instanceof ArrayBuffer) return new Uint8Array(input.slice(0))
    if (input instanceof Float32Array) {
      this.#count(input.length)
      return Float32Array.from(input)
    }
    if (input instanceof Date) return Datetime.fromDate(input)
    if (input instanceof Set) return this.#inside(input, () => ValueSet.from(this.#array(input, input.size)))
    if (input instanceof Map) return this.#inside(input, () => this.#entries(input))
    throw this.#unsupported(`an instance of ${className(input)}`)
  }

  /** Our own classes are immutable, but for arrays and objects inside them. */
  #ownClass(input: Value & object, tag: TypeTag): Value {
    switch (tag) {
      case tags.set:
        return this.#inside(input, () =>
          ValueSet.from(this.#array(input as ValueSet, (input as ValueSet).size)),
        )
      case tags.record: {
        const { table, key } = input as RecordId
        this.#recordIds += 1
        const copy = this.#inside(input, () => new RecordId(table, this.value(key) as RecordKey))
        this.#recordIds -= 1
        return copy
      }
      case tags.range: {
        const { begin, end } = input as Range
        return this.#inside(input, () => new Range(this.#bound(begin), this.#bound(end)))
      }
      default:
        return input
    }
  }

  #bound(bound: RangeBound | undefined): RangeBound | undefined {
    return bound && { value: this.value(bound.value), inclusive: bound.inclusive }
  }

  #array(input: Iterable<unknown>, length: number): Value[] {
    this.#count(length)
    const values: Value[] = []
    for (const element of input) {
      this.#path.push(values.length)
      values.push(this.value(element))
      this.#path.pop()
    }
    return values
  }

  #fields(input: object): ValueObject {
    const object: Record<string, Value> = {}
    for (const field of Object.keys(input)) this.#field(object, field, (input as ValueObject)[field])
    return object
  }

  #entries(input: Map<unknown, unknown>): ValueObject {
    const object: Record<string, Value> = {}
    for (const [field, value] of input) {
      if (typeof field !== 'string') throw this.#unsupported('a Map with keys other than strings')
      this.#field(object, field, value)
    }
    return object
  }

  #field(object: Record<string, Value>, field: string, value: unknown): void {
    this.#count(1)
    if (value === undefined && this.#recordIds === 0) return
    this.#path.push(this.#text(field))
    setField(object, field, this.value(value))
    this.#path.pop()
  }

  /** Reads what is in `input`, one level further down. */
  #inside<T>(input: object, read: () => T): T {
    this.#ancestors.push(input)
    const result = read()
    this.#ancestors.pop()
    return result
  }

  /** What contains itself is met again on the way down. */
  #tooDeep(): Error {
    return new Set(this.#ancestors).size < this.#ancestors.length
      ? valueErrors.CYCLE()
      : valueErrors.TOO_DEEP({ levelsMax: this.#levelsMax })
  }

  #count(elements: number): void {
    this.#elements += elements
    if (this.#elements > limits.untrustedElementsMax) throw valueErrors.TOO_MANY_ELEMENTS()
  }

  #text(text: string): string {
    if (!text.isWellFormed()) throw valueErrors.LONE_SURROGATE({ path: this.#pathText() })
    return text
  }

  #unsupported(type: string): Error {
    return valueErrors.UNSUPPORTED({ type, path: this.#pathText() })
  }

  #pathText(): string {
    let text = ''
    for (const step of this.#path)
      text += typeof step === 'number' ? `[${step}]` : `${text === '' ? '' : '.'}${step}`
    return text === '' ? 'the top' : text
  }
}

function className(input: object): string {
  const made: unknown = input.constructor
  return typeof made === 'function' && made.name !== '' ? made.name : 'an unnamed class'
}
