/**
 * `count`, `not`, `record::*`, `bytes::*`.
 */

import type { Value } from '@dendrodb/protocol'
import { isTruthy } from '../operators/truthiness.ts'
import * as kinds from './argument-kinds.ts'
import { pureFunction, withAliases } from './define-function.ts'
import type { FunctionDefinition } from './function-definition.ts'
import { overload, required } from './overload.ts'

const record = required('record', kinds.record)

export const generalFunctions: readonly FunctionDefinition[] = [
  pureFunction(
    'count',
    overload([], 'int', () => 1),
    overload([required('values', kinds.collection)], 'int', ([values]) => values.filter(isTruthy).length),
    overload([required('value', kinds.any)], 'int', ([value]) => (isTruthy(value) ? 1 : 0)),
  ),
  pureFunction(
    'not',
    overload([required('value', kinds.any)], 'bool', ([value]) => !isTruthy(value)),
  ),
  pureFunction(
    'bytes::len',
    overload([required('bytes', kinds.bytes)], 'int', ([bytes]) => bytes.length),
  ),
  withAliases(
    pureFunction(
      'record::id',
      overload([record], 'any', ([id]): Value => id.key),
    ),
    'meta::id',
  ),
  withAliases(
    pureFunction(
      'record::table',
      overload([record], 'string', ([id]) => id.table),
    ),
    'record::tb',
    'meta::tb',
  ),
]
