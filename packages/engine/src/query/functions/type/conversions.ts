/**
 * `type::int(x)` and its like: casts by name, and `type::try_int(x)`, which gives NONE where the cast would fail.
 */

import { RecordId, type Value } from '@dendrodb/protocol'
import type { ScalarTypeName, TypeNode } from '../../dql/ast-type.ts'
import { cast, castValue } from '../../operators/cast.ts'
import { impossible } from '../../operators/outcome.ts'
import { textOf } from '../../operators/value-text.ts'
import * as kinds from '../argument-kinds.ts'
import { pureFunction, withAliases } from '../define-function.ts'
import type { FunctionContext, FunctionDefinition } from '../function-definition.ts'
import { optional, overload, type Overload, required } from '../overload.ts'

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

export const typeConversions: readonly FunctionDefinition[] = [
  ...scalarNames.flatMap((name) => conversions(name, { kind: 'scalar_type', span, name })),
  ...conversions('array', { kind: 'array_type', span }),
  ...conversions('geometry', { kind: 'geometry_type', span }),
  ...conversions('set', { kind: 'set_type', span }),
  ...conversions('vector', { kind: 'vector_type', span }),
  ...both('string_lossy', (read) => [overload([value], 'string', ([given], context) => read(context, () => toLossyText(given)))]),
  ...both('table', (read) => [
    overload([required('value', kinds.either(kinds.record, kinds.string))], 'string', ([given], context) => {
      return read(context, () => (given instanceof RecordId ? given.table : given))
    }),
  ]),
  ...both('record', recordOverloads).map((definition) => {
    return definition.name === 'type::record' ? withAliases(definition, 'type::thing') : definition
  }),
]

/** How a conversion gives its result: as it is, or NONE for a failure. */
type Reader = (context: FunctionContext, convert: () => Value) => Value

function conversions(name: string, type: TypeNode): FunctionDefinition[] {
  return [
    pureFunction(`type::${name}`, overload([value], name, ([given]) => castValue(given, type))),
    pureFunction(
      `type::try_${name}`,
      overload([value], `option<${name}>`, ([given]) => {
        const outcome = cast(given, type)
        return outcome === impossible ? undefined : outcome
      }),
    ),
  ]
}
