/**
 * Paths and values of a document query as parts of DQL: paths are written as identifiers, values never are
 * but become parameters of the statement.
 */

import { formatIdentifier, type Value, type ValueObject } from '@dendrodb/protocol'
import { fieldError } from '../../json-body.ts'
import { mongoPathStepsMax, mongoValuesMax } from '../../limits.ts'

export class Parameters {
  readonly #values: Record<string, Value> = {}
  #count = 0

  get values(): ValueObject {
    return this.#values
  }

  /** The name that stands for the value. @throws HTTP_FIELD_INVALID for too many */
  add(value: Value): string {
    if (this.#count >= mongoValuesMax)
      throw fieldError('filter', `at most ${mongoValuesMax} values`, 'length')
    this.#count += 1
    const name = `m${this.#count}`
    this.#values[name] = value
    return `$${name}`
  }
}

/** `a.b` as an idiom. @throws HTTP_FIELD_INVALID */
export function pathText(path: string, field: string): string {
  const steps = path.split('.')
  const isGood = steps.every((step) => step !== '' && !step.startsWith('$'))
  if (!isGood || steps.length > mongoPathStepsMax) {
    throw fieldError(field, 'the name of a field, or a path with dots', 'format')
  }
  return steps.map(formatIdentifier).join('.')
}
