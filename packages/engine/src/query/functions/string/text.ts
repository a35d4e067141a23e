/**
 * Making texts out of texts: `string::concat`, `string::slice` and so on.
 */

import { textOf } from '../../operators/value-text.ts'
import * as kinds from '../argument-kinds.ts'
import { pureFunction, withAliases } from '../define-function.ts'
import type { FunctionContext, FunctionDefinition } from '../function-definition.ts'
import { functionErrors } from '../function-errors.ts'
import { optional, overload, required, rest } from '../overload.ts'
import { checkElementCount, checkTextSize } from '../result-size.ts'
import { rangeBounds, sliceBounds } from '../slice-bounds.ts'
import { charactersOf, countCharacters, hasPairs } from './characters.ts'
import { slugOf } from './slug.ts'

const text = required('text', kinds.string)
const other = required('other', kinds.string)

export const textFunctions: readonly FunctionDefinition[] = [
  pureFunction(
    'string::capitalize',
    overload([text], 'string', ([value]) => value.replace(/(?<=^|\s)\S/gu, (first) => first.toUpperCase())),
  ),
  pureFunction(
    'string::concat',
    overload([rest('values', kinds.any)], 'string', (values, context) => {
      return joinTexts('string::concat', values.map(textOf), '', context)
    }),
  ),
  pureFunction(
    'string::contains',
    overload([text, other], 'bool', ([value, part]) => value.includes(part)),
  ),
  withAliases(
    pureFunction(
      'string::ends_with',
      overload([text, other], 'bool', ([value, part]) => value.endsWith(part)),
    ),
    'string::endswith',
  ),
  pureFunction(
    'string::join',
    overload([required('delimiter', kinds.string), rest('values', kinds.any)], 'string', (args, context) => {
      const [delimiter, ...values] = args
      return joinTexts('string::join', values.map(textOf), delimiter as string, context)
    }),
  ),
  pureFunction(
    'string::len',
    overload([text], 'int', ([value]) => countCharacters(value)),
  ),
  pureFunction(
    'string::lowercase',
    overload([text], 'string', ([value]) => value.toLowerCase()),
  ),
  pureFunction(
    'string::repeat',
    overload([text, required('count', kinds.index)], 'string', ([value, count], context) => {
      if (count < 0) throw negativeCount('string::repeat', count)
      checkTextSize('string::repeat', value.length * count, context)
      return value === '' ? '' : value.repeat(count)
    }),
  ),
  pureFunction(
    'string::replace',
    overload(
      [text, required('search', kinds.string), required('replacement', kinds.string)],
      'string',
      ([value, search, replacement], context) => {
        const pieces = splitText(value, search)
        return joinTexts('string::replace', pieces, replacement, context)
      },
    ),
  ),
  pureFunction(
    'string::reverse',
    overload([text], 'string', ([value]) => charactersOf(value).reverse().join('')),
  ),
  pureFunction(
    'string::slice',
    overload(
      [text, optional('start', kinds.index), optional('end', kinds.index)],
      'string',
      ([value, start, end]) => part(value, (count) => sliceBounds(count, start, end)),
    ),
    overload([text, required('range', kinds.range)], 'string', ([value, range]) => {
      return part(value, (count) => rangeBounds('string::slice', count, range))
    }),
  ),
  pureFunction(
    'string::slug',
    overload([text], 'string', ([value]) => slugOf(value)),
  ),
  pureFunction(
    'string::split',
    overload([text, required('delimiter', kinds.string)], 'array<string>', ([value, delimiter], context) => {
      return limitedPieces('string::split', splitText(value, delimiter), context)
    }),
  ),
  withAliases(
    pureFunction(
      'string::starts_with',
      overload([text, other], 'bool', ([value, part]) => value.startsWith(part)),
    ),
    'string::startswith',
  ),
  pureFunction(
    'string::trim',
    overload([text], 'string', ([value]) => value.trim()),
  ),
  pureFunction(
    'string::uppercase',
    overload([text], 'string', ([value]) => value.toUpperCase()),
  ),
  pureFunction(
    'string::words',
    overload([text], 'array<string>', ([value], context) => {
      const words = value.trim().split(/\s+/u)
      return limitedPieces('string::words', words[0] === '' ? [] : words, context)
    }),
  ),
]

/** The texts with the delimiter between them. @throws FUNCTION_RESULT_TOO_LARGE */
export function joinTexts(
  name: string,
  texts: readonly string[],
  delimiter: string,
  context: FunctionContext,
): string {
  let chars = delimiter.length * Math.max(0, texts.length - 1)
  for (const piece of texts) chars += piece.length
  checkTextSize(name, chars, context)
  return texts.join(delimiter)
}

/** An empty delimiter stands between all characters, before the first and after the last, as in SurrealQL. */
function splitText(value: string, delimiter: string): string[] {
  return delimiter === '' ? ['', ...charactersOf(value), ''] : value.split(delimiter)
}

function limitedPieces(name: string, pieces: readonly string[], context: FunctionContext): readonly string[] {
  checkElementCount(name, pieces.length, context)
  return pieces
}

export function negativeCount(name: string, count: number): Error {
  return functionErrors.ARGUMENT_VALUE({ name, problem: `the count must not be negative, found ${count}` })
}

/** The characters between two bounds, which depend on how many there are. */
function part(text: string, bounds: (count: number) => readonly [number, number]): string {
  if (!hasPairs(text)) return text.slice(...bounds(text.length))
  const characters = Array.from(text)
  return characters.slice(...bounds(characters.length)).join('')
}
