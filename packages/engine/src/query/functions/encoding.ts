/**
 * `encoding::*`: base64, CBOR and JSON.
 * CBOR is the canonical form of values (docs/formats.md), so what this database decodes is what it encoded.
 * JSON is the plain form, in which types that JSON lacks become text.
 */

import {
  DbError,
  decodeCanonical,
  encodeCanonical,
  parseJson,
  stringifyJson,
  type Value,
} from '@dendrodb/protocol'
import * as kinds from './argument-kinds.ts'
import { pureFunction } from './define-function.ts'
import type { FunctionDefinition } from './function-definition.ts'
import { functionErrors } from './function-errors.ts'
import { optional, overload, required } from './overload.ts'
import { checkTextSize } from './result-size.ts'

const bytes = required('bytes', kinds.bytes)
const text = required('text', kinds.string)
const value = required('value', kinds.any)

export const encodingFunctions: readonly FunctionDefinition[] = [
  pureFunction(
    'encoding::base64::encode',
    overload([bytes, optional('padded', kinds.bool)], 'string', ([data, padded], context) => {
      checkTextSize('encoding::base64::encode', Math.ceil(data.length / 3) * 4, context)
      const encoded = Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64')
      return padded === true ? encoded : encoded.replace(/=+$/, '')
    }),
  ),
  pureFunction(
    'encoding::base64::decode',
    overload([text], 'bytes', ([encoded]) => decodeBase64(encoded)),
  ),
  pureFunction(
    'encoding::cbor::encode',
    overload([value], 'bytes', ([given]) => encodeCanonical(given)),
  ),
  pureFunction(
    'encoding::cbor::decode',
    overload([bytes], 'any', ([data]) =>
      readable('encoding::cbor::decode', 'CBOR', () => decodeCanonical(data)),
    ),
  ),
  pureFunction(
    'encoding::json::encode',
    overload([value], 'string', ([given]) => stringifyJson(given)),
  ),
  pureFunction(
    'encoding::json::decode',
    overload([text], 'any', ([encoded]) =>
      readable('encoding::json::decode', 'JSON', () => parseJson(encoded)),
    ),
  ),
]

const base64Pattern = /^[A-Za-z0-9+/]*$/

/** With or without padding. */
function decodeBase64(encoded: string): Uint8Array {
  const unpadded = encoded.replace(/={1,2}$/, '')
  const isPaddedRight = unpadded.length === encoded.length || encoded.length % 4 === 0
  if (!isPaddedRight || unpadded.length % 4 === 1 || !base64Pattern.test(unpadded)) {
    throw functionErrors.ARGUMENT_VALUE({
      name: 'encoding::base64::decode',
      problem: 'the text is not base64',
    })
  }
  return new Uint8Array(Buffer.from(unpadded, 'base64'))
}

function readable(name: string, format: string, read: () => Value): Value {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof DbError)) throw error
    throw functionErrors.ARGUMENT_VALUE(
      { name, problem: `not valid ${format}: ${error.message}` },
      { cause: error },
    )
  }
}
