/**
 * `type::int(x)` and its like: casts by name, and `type::try_int(x)`, which gives NONE where the cast would
 * fail.
 */

import { RecordId, type RecordKey, typeOf, type Value } from '@dendrodb/protocol'
import type { ScalarTypeName, TypeNode } from '../../dql/ast-type.ts'
import { cast, castValue } from '../../operators/cast.ts'
import { attempt, impossible, type Outcome } from '../../operators/outcome.ts'
import * as kinds from '../argument-kinds.ts'
import { pureFunction, withAliases } from '../define-function.ts'
import type { FunctionDefinition } from '../function-definition.ts'
import { functionErrors } from '../function-errors.ts'
import { overload, required } from '../overload.ts'

const span = { start: 0, end: 0 }
const value = required('value', kinds.any)
const lossyUtf8 = new TextDecoder('utf-8', { ignoreBOM: true })

const scalarNames = [
  'bool',
  'bytes',
  'datetime',
  'decimal',
  'duration',
  'float',
  'int',
  'number',
  'object',
  'point',
  'range',
  'string',
  'uuid',
] as const satisfies readonly ScalarTypeName[]

const stringType: TypeNode = { kind: 'scalar_type', span, name: 'string' }
const recordType: TypeNode = { kind: 'record_type', span }

export const typeConversions: readonly FunctionDefinition[] = [
  ...scalarNames.flatMap((name) => conversions(name, { kind: 'scalar_type', span, name })),
  ...conversions('array', { kind: 'array_type', span }),
  ...conversions('geometry', { kind: 'geometry_type', span }),
  ...conversions('set', { kind: 'set_type', span }),
  ...conversions('vector', { kind: 'vector_type', span }),
  pureFunction(
    'type::string_lossy',
    overload([value], 'string', ([given]) => toLossyText(given) ?? castValue(given, stringType)),
  ),
  pureFunction(
    'type::try_string_lossy',
    overload([value], 'option<string>', ([given]) => toLossyText(given) ?? orNone(cast(given, stringType))),
  ),
  pureFunction(
    'type::table',
    overload([required('value', kinds.either(kinds.record, kinds.string))], 'string', ([given]) =>
      tableOf(given),
    ),
  ),
  pureFunction(
    'type::try_table',
    overload([value], 'option<string>', ([given]) => tableOf(given)),
  ),
  withAliases(
    pureFunction(
      'type::record',
      overload([value], 'record', ([given]) => castValue(given, recordType)),
      overload([required('table', kinds.string), required('key', kinds.any)], 'record', ([table, key]) => {
        return new RecordId(table, keyOf(key))
      }),
    ),
    'type::thing',
  ),
  pureFunction(
    'type::try_record',
    overload([value], 'option<record>', ([given]) => orNone(cast(given, recordType))),
    overload(
      [required('table', kinds.string), required('key', kinds.any)],
      'option<record>',
      ([table, key]) => {
        return orNone(attempt(() => new RecordId(table, keyOf(key))))
      },
    ),
  ),
]

function conversions(name: string, type: TypeNode): FunctionDefinition[] {
  return [
    pureFunction(
      `type::${name}`,
      overload([value], name, ([given]) => castValue(given, type)),
    ),
    pureFunction(
      `type::try_${name}`,
      overload([value], `option<${name}>`, ([given]) => orNone(cast(given, type))),
    ),
  ]
}

function orNone(outcome: Outcome): Value {
  return outcome === impossible ? undefined : outcome
}

/** Bytes as text, with a replacement character for what is not UTF-8; `undefined` for anything else. */
function toLossyText(given: Value): string | undefined {
  return given instanceof Uint8Array ? lossyUtf8.decode(given) : undefined
}

function tableOf(given: Value): string | undefined {
  if (given instanceof RecordId) return given.table
  return typeof given === 'string' ? given : undefined
}

/** A record stands for its key. @throws FUNCTION_ARGUMENT_VALUE */
function keyOf(given: Value): RecordKey {
  if (given instanceof RecordId) return given.key
  const type = typeOf(given)
  if (type === 'string' || type === 'int' || type === 'uuid' || type === 'array' || type === 'object') {
    return given as RecordKey
  }
  throw functionErrors.ARGUMENT_VALUE({
    name: 'type::record',
    problem: `a key is a string, int, uuid, array or object, found ${type}`,
  })
}
