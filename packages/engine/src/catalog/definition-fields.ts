/**
 * The fields of a stored definition, each checked before it is believed.
 * Why: a record that was changed in the files may say anything; a number or a path that is none would
 * otherwise fail far from here, as if it were a bug.
 */

import type { DbError, Value, ValueObject } from '@dendrodb/protocol'
import { ledgerErrors } from '../ledger/ledger-errors.ts'

export class DefinitionFields {
  readonly #what: string
  readonly #record: ValueObject

  /** @param what is defined, in words */
  constructor(what: string, record: ValueObject) {
    this.#what = what
    this.#record = record
  }

  /** @throws LEDGER_CORRUPT, as all that follow */
  number(field: string, least: number): number {
    return this.#checked(field, (value) => isNumberFrom(value, least)) as number
  }

  numberIfAny(field: string, least: number): number | undefined {
    return this.#checked(field, (value) => value === undefined || isNumberFrom(value, least)) as
      | number
      | undefined
  }

  textIfAny(field: string): string | undefined {
    return this.#checked(field, (value) => value === undefined || typeof value === 'string') as
      | string
      | undefined
  }

  oneOf<T extends Value>(field: string, values: readonly T[]): T {
    return this.#checked(field, (value) => values.includes(value as T)) as T
  }

  /** Of any shape that `is` knows. */
  shaped<T>(field: string, is: (value: Value) => boolean): T {
    return this.#checked(field, is) as T
  }

  problem(reason: string): DbError {
    return definitionError(this.#what, reason)
  }

  #checked(field: string, is: (value: Value) => boolean): Value {
    const value = Object.hasOwn(this.#record, field) ? this.#record[field] : undefined
    if (is(value)) return value
    throw this.problem(value === undefined ? `it has no ${field}` : `its ${field} cannot be`)
  }
}

export function definitionError(what: string, reason: string): DbError {
  return ledgerErrors.CORRUPT({ what: `the definition of ${what}`, reason })
}

export function isTexts(value: Value): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string')
}

export function isObject(value: Value): value is ValueObject {
  return value !== null && typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype
}

function isNumberFrom(value: Value, least: number): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= least
}
