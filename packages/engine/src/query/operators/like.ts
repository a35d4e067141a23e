/**
 * LIKE: `%` stands for any text, `_` for one character, `\` takes the next character as it is; letters match
 * in any case. The whole text must match. A character is a Unicode code point.
 * Why not a regular expression: backtracking makes `%a%a%a%` exponential or at best quadratic. Here the
 * pattern is cut at each `%`; the first piece must begin the text, the last must end it, and each piece
 * between is taken at the first place after the one before, which is always right because `%` does not care
 * what it skips.
 * Cost: pieces without `_` are found by the engine's own substring search; pieces with `_` by Shift-And,
 * which moves a bit set of partial matches one step per character (Baeza-Yates and Gonnet, 1992): text length
 * × piece length / 32.
 */

import type { Value } from '@dendrodb/protocol'
import { operatorMismatch } from './describe-value.ts'
import { operatorLimits } from './limits.ts'
import { operatorErrors } from './operator-errors.ts'

export type LikeMatcher = (text: string) => boolean

/**
 * By pattern, the oldest first. A query asks for one pattern row after row, so the latest is kept at hand.
 */
const cache = new Map<string, LikeMatcher>()
let latestPattern = ''
let latestMatcher: LikeMatcher = (text) => text === ''

/**
 * `value LIKE pattern`; false for a value that is no string, so that rows without the field do not match.
 * @throws OPERATOR_TYPE_MISMATCH for a pattern that is no string, OPERATOR_LIKE_PATTERN_TOO_LONG
 */
export function like(value: Value, pattern: Value): boolean {
  if (typeof pattern !== 'string') throw operatorMismatch('LIKE', value, pattern)
  return typeof value === 'string' && cachedMatcher(pattern)(value)
}

/** @throws OPERATOR_LIKE_PATTERN_TOO_LONG */
export function compileLike(pattern: string): LikeMatcher {
  if (pattern.length > operatorLimits.likePatternCharsMax) {
    throw operatorErrors.LIKE_PATTERN_TOO_LONG({ maximum: operatorLimits.likePatternCharsMax })
  }
  const pieces = splitPattern(pattern)
  const first = pieces[0] as Piece
  if (pieces.length === 1) {
    return (text) => {
      const folded = foldCase(text)
      return matchAt(first, folded, 0) === folded.length
    }
  }
  const last = pieces[pieces.length - 1] as Piece
  const middle = pieces.slice(1, -1).filter((piece) => piece.chars.length > 0)
  return (text) => matchPieces(first, middle, last, foldCase(text))
}

/** Any number of characters between the pieces. */
function matchPieces(first: Piece, middle: readonly Piece[], last: Piece, text: string): boolean {
  let position = matchAt(first, text, 0)
  if (position < 0) return false
  const lastBegin = stepBack(text, last)
  if (lastBegin < position || matchAt(last, text, lastBegin) !== text.length) return false
  for (const piece of middle) {
    position = find(piece, text, position, lastBegin)
    if (position < 0) return false
  }
  return true
}

/** What stands between two `%`: characters, `undefined` where any may stand. */
interface Piece {
  readonly chars: readonly (string | undefined)[]
  /** The characters as text, when there is no `_`. */
  readonly plain: string | undefined
}

function splitPattern(pattern: string): Piece[] {
  const pieces: Piece[] = []
  let chars: (string | undefined)[] = []
  let isEscaped = false
  for (const char of pattern) {
    if (isEscaped) {
      chars.push(...foldCase(char))
      isEscaped = false
    } else if (char === '\\') {
      isEscaped = true
    } else if (char === '%') {
      pieces.push(createPiece(chars))
      chars = []
    } else if (char === '_') {
      chars.push(undefined)
    } else {
      chars.push(...foldCase(char))
    }
  }
  // A backslash at the end escapes nothing and stands for itself.
  if (isEscaped) chars.push('\\')
  pieces.push(createPiece(chars))
  return pieces
}

function createPiece(chars: readonly (string | undefined)[]): Piece {
  return { chars, plain: chars.includes(undefined) ? undefined : chars.join('') }
}

/** Where a match of the piece at `begin` ends; -1 when it does not match there. */
function matchAt(piece: Piece, text: string, begin: number): number {
  if (piece.plain !== undefined) return text.startsWith(piece.plain, begin) ? begin + piece.plain.length : -1
  let position = begin
  for (const char of piece.chars) {
    if (position >= text.length) return -1
    if (char !== undefined && !text.startsWith(char, position)) return -1
    position += char === undefined ? charUnits(text, position) : char.length
  }
  return position
}

/** Where the piece must begin so as to end with the text; before 0 when the text is shorter. */
function stepBack(text: string, piece: Piece): number {
  if (piece.plain !== undefined) return text.length - piece.plain.length
  let position = text.length
  for (let count = piece.chars.length; count > 0; count -= 1) {
    position -= position >= 2 && isPairEnd(text, position) ? 2 : 1
  }
  return position
}

/** Where the first match of the piece at or after `begin` ends; -1 when none ends by `end`. */
function find(piece: Piece, text: string, begin: number, end: number): number {
  if (piece.plain === undefined) return shiftAnd(piece.chars, text, begin, end)
  const at = text.indexOf(piece.plain, begin)
  const matchEnd = at + piece.plain.length
  return at < 0 || matchEnd > end ? -1 : matchEnd
}

/**
 * Bit i of the state: the last i + 1 characters match the first i + 1 of the piece. A character moves all of
 * them on by one and strikes those whose next character is another one.
 */
function shiftAnd(chars: readonly (string | undefined)[], text: string, begin: number, end: number): number {
  const { masks, anyMask } = shiftMasks(chars)
  const words = anyMask.length
  const state = new Uint32Array(words)
  const lastWord = words - 1
  const goal = 1 << ((chars.length - 1) % 32)
  for (let position = begin; position < end; ) {
    const units = charUnits(text, position)
    const mask = masks.get(text.slice(position, position + units)) ?? anyMask
    position += units
    let carry = 1
    for (let word = 0; word < words; word += 1) {
      const bits = state[word] as number
      state[word] = ((bits << 1) | carry) & (mask[word] as number)
      carry = bits >>> 31
    }
    if (((state[lastWord] as number) & goal) !== 0) return position
  }
  return -1
}

interface ShiftMasks {
  /** For each character of the piece, the places where it may stand. */
  readonly masks: ReadonlyMap<string, Uint32Array>
  /** The places where any character may stand. */
  readonly anyMask: Uint32Array
}

const shiftMasksOfPiece = new WeakMap<readonly (string | undefined)[], ShiftMasks>()

function shiftMasks(chars: readonly (string | undefined)[]): ShiftMasks {
  const known = shiftMasksOfPiece.get(chars)
  if (known !== undefined) return known
  const anyMask = new Uint32Array(Math.ceil(chars.length / 32))
  const masks = new Map<string, Uint32Array>()
  for (const char of chars) if (char !== undefined) masks.set(char, new Uint32Array(anyMask.length))
  chars.forEach((char, index) => {
    const places = char === undefined ? [anyMask, ...masks.values()] : [masks.get(char) as Uint32Array]
    for (const mask of places) mask[index >>> 5] = (mask[index >>> 5] as number) | (1 << (index & 31))
  })
  const made = { masks, anyMask }
  shiftMasksOfPiece.set(chars, made)
  return made
}

/**
 * Lower case, character by character: the result has as many characters as the text. JavaScript alone would
 * turn İ into two characters and Σ at the end of a word into another letter than elsewhere.
 */
function foldCase(text: string): string {
  const lower = text.includes('İ') ? text.replaceAll('İ', 'i').toLowerCase() : text.toLowerCase()
  return lower.includes('ς') ? lower.replaceAll('ς', 'σ') : lower
}

function charUnits(text: string, position: number): 1 | 2 {
  const unit = text.charCodeAt(position)
  return unit >= 0xd800 && unit <= 0xdbff && position + 1 < text.length ? 2 : 1
}

/** Whether the two units before `position` are one character. Texts are well formed. */
function isPairEnd(text: string, position: number): boolean {
  const unit = text.charCodeAt(position - 1)
  return unit >= 0xdc00 && unit <= 0xdfff
}

function cachedMatcher(pattern: string): LikeMatcher {
  if (pattern === latestPattern) return latestMatcher
  let matcher = cache.get(pattern)
  if (matcher === undefined) {
    matcher = compileLike(pattern)
    if (cache.size >= operatorLimits.likeCacheEntriesMax) cache.delete(cache.keys().next().value as string)
    cache.set(pattern, matcher)
  }
  latestPattern = pattern
  latestMatcher = matcher
  return matcher
}
