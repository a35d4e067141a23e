/**
 * Values and types as error messages show them.
 * Why: an error must not cost more, nor print more, than the few characters a person reads; a value may be
 * megabytes.
 */

import { type DbError, formatValue, type TypeName, typeOf, type Value, ValueSet } from '@dendrodb/protocol'
import { isArray, isObject } from './collection-arithmetic.ts'
import { operatorLimits } from './limits.ts'
import { operatorErrors } from './operator-errors.ts'

/** Elements and fields shown of each collection. */
const membersShown = 3

export function operatorMismatch(operator: string, left: Value, right: Value): DbError {
  return operatorErrors.TYPE_MISMATCH({ operator, left: typeOf(left), right: typeOf(right) })
}

export function operandMismatch(operator: string, operand: Value): DbError {
  return operatorErrors.OPERAND_TYPE({ operator, operand: typeOf(operand) })
}

/** The literal of a value, cut to about `describedCharsMax` characters. */
export function describeValue(value: Value): string {
  const text = describe(value, 0)
  if (text.length <= operatorLimits.describedCharsMax) return text
  return `${text.slice(0, operatorLimits.describedCharsMax).toWellFormed()}…`
}

function describe(value: Value, depth: number): string {
  if (typeof value === 'string')
    return formatValue(value.slice(0, operatorLimits.describedCharsMax).toWellFormed())
  if (isArray(value)) return `[${describeMembers(value, depth)}]`
  if (value instanceof ValueSet) return `{${describeMembers(value.values, depth)}}`
  if (isObject(value)) return describeFields(value, depth)
  return isBulky(typeOf(value)) ? `<${typeOf(value)}>` : formatValue(value)
}

/** Types whose literal may be long and says little. */
function isBulky(type: TypeName): boolean {
  return type === 'bytes' || type === 'vector' || type === 'geometry' || type === 'range'
}

function describeMembers(values: readonly Value[], depth: number): string {
  if (depth > 1 && values.length > 0) return '…'
  const shown = values.slice(0, membersShown).map((value) => describe(value, depth + 1))
  return shown.join(', ') + (values.length > membersShown ? ', …' : '')
}

function describeFields(object: Readonly<Record<string, Value>>, depth: number): string {
  const shown: string[] = []
  for (const field in object) {
    if (depth > 1 || shown.length === membersShown) {
      shown.push('…')
      break
    }
    shown.push(`${field.slice(0, operatorLimits.describedCharsMax)}: ${describe(object[field], depth + 1)}`)
  }
  return shown.length === 0 ? '{}' : `{ ${shown.join(', ')} }`
}
