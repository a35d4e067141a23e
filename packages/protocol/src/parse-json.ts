/**
 * Values from JSON text.
 * Numbers: an integer without fraction or exponent keeps every digit, also beyond 2^53, where the platform
 * gives access to the source text of a number (all current ones do; elsewhere it becomes the nearest float).
 * As JavaScript does not tell 1.0 from 1, both are the int 1. Of repeated fields the last one counts, as in
 * `JSON.parse`, unless they are to be refused.
 */

import { setField } from './fields.ts'
import { float, int, isIntNumber } from './float.ts'
import { fromUntrusted } from './from-untrusted.ts'
import { jsonErrors } from './json-errors.ts'
import { countFields, repeatedField } from './json-fields.ts'
import { limits } from './limits.ts'
import { valueErrors } from './value-errors.ts'
import type { Value } from './values.ts'

/** The value for a tree from `JSON.parse`, copied. @throws VALUE_* as `fromUntrusted` */
export function fromJson(json: unknown): Value {
  return fromUntrusted(json)
}

export interface ParseJsonOptions {
  /** Refuses an object that has a field twice, which other readers could understand differently. */
  readonly uniqueFields?: boolean
}

/**
 * @throws JSON_SYNTAX, JSON_NUMBER, JSON_FIELD_REPEATED, VALUE_TOO_DEEP, VALUE_LONE_SURROGATE,
 * VALUE_TOO_MANY_ELEMENTS, VALUE_INT_RANGE
 */
export function parseJson(text: string, { uniqueFields = false }: ParseJsonOptions = {}): Value {
  try {
    const tree = new ParsedTree()
    const value = tree.normalize(JSON.parse(text), 0)
    if (uniqueFields && countFields(text) > tree.fields) {
      throw jsonErrors.FIELD_REPEATED({ field: repeatedField(text) })
    }
    // Rare, and slow as it looks at every number's text.
    return tree.hasRoundedInt ? new ParsedTree().normalize(JSON.parse(text, keepDigits), 0) : value
  } catch (error) {
    if (error instanceof SyntaxError) throw jsonErrors.SYNTAX({ problem: error.message }, { cause: error })
    // The platform's parser ran out of stack, which takes far more levels than are allowed.
    if (error instanceof RangeError)
      throw valueErrors.TOO_DEEP({ levelsMax: limits.depthMax }, { cause: error })
    throw error
  }
}

/** Turns a tree that nobody else holds into a value, in place. */
class ParsedTree {
  /** A number was met whose digits may not all have survived. */
  hasRoundedInt = false
  /** Of all objects. */
  fields = 0
  #elements = 0

  normalize(node: unknown, depth: number): Value {
    if (depth > limits.depthMax) throw valueErrors.TOO_DEEP({ levelsMax: limits.depthMax })
    if (typeof node === 'string') return checkText(node)
    if (typeof node === 'number') return isIntNumber(node) ? node : this.#float(node)
    if (typeof node === 'bigint') return int(node)
    if (typeof node !== 'object' || node === null) return node as Value
    return Array.isArray(node)
      ? this.#array(node, depth)
      : this.#object(node as Record<string, unknown>, depth)
  }

  #array(array: unknown[], depth: number): Value {
    this.#count(array.length)
    for (let i = 0; i < array.length; i += 1) {
      const element = array[i]
      const value = this.normalize(element, depth + 1)
      if (value !== element) array[i] = value
    }
    return array as Value
  }

  #object(object: Record<string, unknown>, depth: number): Value {
    const fields = Object.keys(object)
    this.#count(fields.length)
    this.fields += fields.length
    for (const field of fields) {
      const element = object[field]
      const value = this.normalize(element, depth + 1)
      checkText(field)
      if (value !== element) setField(object, field, value)
    }
    return object as Value
  }

  #float(n: number): Value {
    if (Number.isInteger(n) || !Number.isFinite(n)) this.hasRoundedInt ||= n !== 0
    return float(n)
  }

  #count(elements: number): void {
    this.#elements += elements
    if (this.#elements > limits.untrustedElementsMax) throw valueErrors.TOO_MANY_ELEMENTS()
  }
}

function checkText(text: string): string {
  if (!text.isWellFormed()) throw valueErrors.LONE_SURROGATE({ path: 'a string of the JSON text' })
  return text
}

interface ReviverContext {
  readonly source?: string
}

function keepDigits(_field: string, value: unknown, context?: ReviverContext): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value
  const { source = '' } = context ?? {}
  if (/^-?\d+$/.test(source)) {
    if (source.length > limits.numberTextCharsMax) throw valueErrors.INT_RANGE()
    return BigInt(source)
  }
  if (!Number.isFinite(value)) throw jsonErrors.NUMBER()
  return value
}
