/**
 * Arrays: taking out, putting in, cutting and joining.
 * Positions count from 0, negative ones from the end. Arguments are never changed; each result is a new
 * array.
 */

import { equalValues, type Value } from '@dendrodb/protocol'
import { containsEqual, isArray } from '../../operators/collection-arithmetic.ts'
import { intIntervalOf, intsOf } from '../../operators/int-range.ts'
import { textOf } from '../../operators/value-text.ts'
import * as kinds from '../argument-kinds.ts'
import { impureFunction, pureFunction } from '../define-function.ts'
import { DistinctValues } from '../distinct-values.ts'
import type { FunctionDefinition } from '../function-definition.ts'
import { functionErrors } from '../function-errors.ts'
import { optional, overload, required } from '../overload.ts'
import { checkElementCount } from '../result-size.ts'
import { rangeBounds, sliceBounds } from '../slice-bounds.ts'
import { joinTexts, negativeCount } from '../string/text.ts'

const array = required('array', kinds.array)
const value = required('value', kinds.any)
const other = required('other', kinds.array)

export const elementFunctions: readonly FunctionDefinition[] = [
  pureFunction(
    'array::add',
    overload([array, value], 'array', ([elements, added], context) => {
      const result = [...elements]
      if (isArray(added)) {
        const known = new DistinctValues()
        for (const element of elements) known.add(element)
        for (const candidate of added) if (known.add(candidate)) result.push(candidate)
      } else if (!containsEqual(result, added)) result.push(added)
      checkElementCount('array::add', result.length, context)
      return result
    }),
  ),
  inserting('array::append', (elements, added) => [...elements, added]),
  inserting('array::push', (elements, added) => [...elements, added]),
  inserting('array::prepend', (elements, added) => [added, ...elements]),
  pureFunction(
    'array::at',
    overload([array, required('index', kinds.index)], 'any', ([elements, index]) => elements.at(index)),
  ),
  pureFunction(
    'array::pop',
    overload([array], 'any', ([elements]) => elements.at(-1)),
  ),
  pureFunction(
    'array::len',
    overload([array], 'int', ([elements]) => elements.length),
  ),
  pureFunction(
    'array::is_empty',
    overload([array], 'bool', ([elements]) => elements.length === 0),
  ),
  pureFunction(
    'array::clump',
    overload([array, required('size', kinds.index)], 'array<array>', ([elements, size]) => {
      checkSize('array::clump', size)
      const count = Math.ceil(elements.length / size)
      return Array.from({ length: count }, (_, i) => elements.slice(i * size, (i + 1) * size))
    }),
  ),
  pureFunction(
    'array::windows',
    overload([array, required('size', kinds.index)], 'array<array>', ([elements, size], context) => {
      checkSize('array::windows', size)
      const count = Math.max(0, elements.length - size + 1)
      checkElementCount('array::windows', count * size, context)
      return Array.from({ length: count }, (_, i) => elements.slice(i, i + size))
    }),
  ),
  pureFunction(
    'array::concat',
    overload([array, other], 'array', ([elements, others], context) => {
      checkElementCount('array::concat', elements.length + others.length, context)
      return [...elements, ...others]
    }),
  ),
  pureFunction(
    'array::fill',
    overload(
      [array, value, optional('start', kinds.index), optional('end', kinds.index)],
      'array',
      ([elements, filler, start, end]) => [...elements].fill(filler, start, end),
    ),
    overload([array, value, required('range', kinds.range)], 'array', ([elements, filler, range]) => {
      return [...elements].fill(filler, ...rangeBounds('array::fill', elements.length, range))
    }),
  ),
  pureFunction(
    'array::insert',
    overload([array, value, optional('index', kinds.index)], 'array', ([elements, added, index], context) => {
      checkElementCount('array::insert', elements.length + 1, context)
      const place = index === undefined ? elements.length : index < 0 ? elements.length + index : index
      return place < 0 || place > elements.length ? elements : elements.toSpliced(place, 0, added)
    }),
  ),
  pureFunction(
    'array::remove',
    overload([array, required('index', kinds.index)], 'array', ([elements, index]) => {
      const place = index < 0 ? elements.length + index : index
      return place < 0 || place >= elements.length ? elements : elements.toSpliced(place, 1)
    }),
  ),
  pureFunction(
    'array::join',
    overload([array, required('delimiter', kinds.string)], 'string', ([elements, delimiter], context) => {
      return joinTexts('array::join', elements.map(textOf), delimiter, context)
    }),
  ),
  pureFunction(
    'array::range',
    overload(
      [required('start', kinds.integer), required('end', kinds.integer)],
      'array<int>',
      ([start, end], context) => {
        const count = BigInt(end) - BigInt(start)
        return ints('array::range', start, count < 0n ? 0n : count, context)
      },
    ),
    overload([required('range', kinds.range)], 'array<int>', ([range], context) => {
      const interval = intIntervalOf(range)
      if (interval !== undefined) return ints('array::range', interval.first, interval.count, context)
      throw functionErrors.ARGUMENT_VALUE({
        name: 'array::range',
        problem: 'both ends of the range must be ints',
      })
    }),
  ),
  pureFunction(
    'array::sequence',
    overload([required('count', kinds.index)], 'array<int>', ([count], context) => {
      return ints('array::sequence', 0, BigInt(Math.max(0, count)), context)
    }),
    overload(
      [required('start', kinds.integer), required('count', kinds.index)],
      'array<int>',
      ([start, count], context) => {
        return ints('array::sequence', start, BigInt(Math.max(0, count)), context)
      },
    ),
  ),
  pureFunction(
    'array::repeat',
    overload([value, required('count', kinds.index)], 'array', ([repeated, count], context) => {
      if (count < 0) throw negativeCount('array::repeat', count)
      checkElementCount('array::repeat', count, context)
      return new Array<Value>(count).fill(repeated)
    }),
  ),
  pureFunction(
    'array::reverse',
    overload([array], 'array', ([elements]) => elements.toReversed()),
  ),
  impureFunction(
    'array::shuffle',
    overload([array], 'array', ([elements], context) => shuffle(elements, context.random)),
  ),
  pureFunction(
    'array::slice',
    overload(
      [array, optional('start', kinds.index), optional('end', kinds.index)],
      'array',
      ([elements, start, end]) => elements.slice(...sliceBounds(elements.length, start, end)),
    ),
    overload([array, required('range', kinds.range)], 'array', ([elements, range]) => {
      return elements.slice(...rangeBounds('array::slice', elements.length, range))
    }),
  ),
  pureFunction(
    'array::swap',
    overload(
      [array, required('from', kinds.index), required('to', kinds.index)],
      'array',
      ([elements, from, to]) => swap(elements, from, to),
    ),
  ),
  pureFunction(
    'array::combine',
    overload([array, other], 'array<array>', ([elements, others], context) => {
      checkElementCount('array::combine', elements.length * others.length * 2, context)
      return elements.flatMap((element) => others.map((second) => [element, second]))
    }),
  ),
  pureFunction(
    'array::transpose',
    overload([array], 'array<array>', ([rows], context) => {
      const lists = rows.map((row) => (isArray(row) ? row : [row]))
      const width = lists.reduce((longest, list) => Math.max(longest, list.length), 0)
      checkElementCount('array::transpose', width * lists.length, context)
      return Array.from({ length: width }, (_, i) => lists.map((list) => list[i]))
    }),
  ),
  pureFunction(
    'array::matches',
    overload([array, value], 'array<bool>', ([elements, wanted]) =>
      elements.map((element) => equalValues(element, wanted)),
    ),
  ),
]

function inserting(
  name: string,
  insert: (elements: readonly Value[], added: Value) => readonly Value[],
): FunctionDefinition {
  return pureFunction(
    name,
    overload([array, value], 'array', ([elements, added], context) => {
      checkElementCount(name, elements.length + 1, context)
      return insert(elements, added)
    }),
  )
}

function ints(
  name: string,
  first: number | bigint,
  count: bigint,
  context: Parameters<typeof checkElementCount>[2],
): Value {
  checkElementCount(name, Number(count), context)
  return intsOf({ first, count })
}

function checkSize(name: string, size: number): void {
  if (size > 0) return
  throw functionErrors.ARGUMENT_VALUE({ name, problem: `the size must be greater than 0, found ${size}` })
}

function swap(elements: readonly Value[], from: number, to: number): Value {
  const [a, b] = [from, to].map((index, i) => {
    const place = index < 0 ? elements.length + index : index
    if (place >= 0 && place < elements.length) return place
    throw functionErrors.ARGUMENT_VALUE({
      name: 'array::swap',
      problem: `argument ${i + 2} is not a position of the array, which has ${elements.length} elements`,
    })
  }) as [number, number]
  return elements.with(a, elements[b]).with(b, elements[a])
}

/** Fisher and Yates, 1938: every order is equally likely. */
function shuffle(elements: readonly Value[], random: () => number): Value {
  const result = [...elements]
  for (let i = result.length - 1; i > 0; i -= 1) {
    const j = Math.floor(random() * (i + 1))
    const moved = result[i]
    result[i] = result[j]
    result[j] = moved
  }
  return result
}
