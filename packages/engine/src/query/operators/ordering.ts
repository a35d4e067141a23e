/**
 * Comparers for ORDER BY and the sorting functions.
 * COLLATE compares strings as a reader would: by letter, then accent, regardless of case (Unicode collation,
 * root order of English). NUMERIC lets runs of digits inside strings compare as numbers: `file9` before
 * `file10`. Values that are no strings follow the total order of values. 0 means a tie, for the next key of
 * ORDER BY to break.
 */

import { compareText, compareValues, type Value } from '@dendrodb/protocol'

export interface OrderOptions {
  readonly collate?: boolean
  readonly numeric?: boolean
}

export type ValueComparer = (left: Value, right: Value) => number

// The locale is fixed: results must not depend on the machine that computes them.
const locale = 'en-US'
const lexical = new Intl.Collator(locale, { sensitivity: 'accent' })
const lexicalNumeric = new Intl.Collator(locale, { sensitivity: 'accent', numeric: true })

export function createOrderComparer(options: OrderOptions = {}): ValueComparer {
  const compareStrings = chooseStringComparer(options)
  if (compareStrings === undefined) return compareValues
  return (left, right) => {
    return typeof left === 'string' && typeof right === 'string'
      ? compareStrings(left, right)
      : compareValues(left, right)
  }
}

/**
 * The values in a new array, sorted. Stable.
 * Why not `toSorted` alone: it never asks its comparer about `undefined` (NONE) and puts it last, while NONE
 * is least.
 */
export function sortValues(values: readonly Value[], compare: ValueComparer = compareValues): Value[] {
  const some = values.filter((value) => value !== undefined).sort(compare)
  const noneCount = values.length - some.length
  if (noneCount === 0) return some
  const nones = new Array<Value>(noneCount).fill(undefined)
  return some.length > 0 && compare(undefined, some[0]) > 0 ? [...some, ...nones] : [...nones, ...some]
}

function chooseStringComparer(options: OrderOptions): ((a: string, b: string) => number) | undefined {
  if (options.collate === true) return options.numeric === true ? lexicalNumeric.compare : lexical.compare
  return options.numeric === true ? compareNatural : undefined
}

/** Code point order, but where both texts have digits at one place the runs of digits compare as numbers. */
function compareNatural(left: string, right: string): number {
  let i = 0
  let j = 0
  while (i < left.length && j < right.length) {
    if (isDigit(left, i) && isDigit(right, j)) {
      const iEnd = digitsEnd(left, i)
      const jEnd = digitsEnd(right, j)
      const order = compareDigits(left.slice(i, iEnd), right.slice(j, jEnd))
      if (order !== 0) return order
      i = iEnd
      j = jEnd
    } else {
      if (left.charCodeAt(i) !== right.charCodeAt(j)) return compareText(left.slice(i), right.slice(j))
      i += 1
      j += 1
    }
  }
  return left.length - i - (right.length - j)
}

/** By number; texts of any length, so not by converting them. */
function compareDigits(left: string, right: string): number {
  const a = left.replace(/^0+/, '')
  const b = right.replace(/^0+/, '')
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0)
}

function isDigit(text: string, index: number): boolean {
  const unit = text.charCodeAt(index)
  return unit >= 0x30 && unit <= 0x39
}

function digitsEnd(text: string, begin: number): number {
  let end = begin
  while (end < text.length && isDigit(text, end)) end += 1
  return end
}
