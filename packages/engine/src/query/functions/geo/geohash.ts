/**
 * Geohashes (Niemeyer, 2008): five bits per character, longitude and latitude in turns, each bit the half in
 * which the position lies.
 */

import type { Position } from '../../operators/plane.ts'

const alphabet = '0123456789bcdefghjkmnpqrstuvwxyz'

/** Requires a position within ±180 and ±90 degrees. */
export function encodeGeohash([longitude, latitude]: Position, length: number): string {
  const ranges = [
    { value: longitude, low: -180, high: 180 },
    { value: latitude, low: -90, high: 90 },
  ]
  let text = ''
  let bits = 0
  for (let i = 0; i < length * 5; i += 1) {
    const range = ranges[i % 2] as (typeof ranges)[number]
    const middle = (range.low + range.high) / 2
    const isUpper = range.value >= middle
    if (isUpper) range.low = middle
    else range.high = middle
    bits = bits * 2 + Number(isUpper)
    if (i % 5 === 4) {
      text += alphabet.charAt(bits)
      bits = 0
    }
  }
  return text
}

/** The middle of the cell; `undefined` for what is no geohash. */
export function decodeGeohash(text: string, lengthMax: number): Position | undefined {
  if (text.length === 0 || text.length > lengthMax) return undefined
  const ranges = [
    { low: -180, high: 180 },
    { low: -90, high: 90 },
  ]
  let turn = 0
  for (const char of text) {
    const bits = alphabet.indexOf(char)
    if (bits < 0) return undefined
    for (let mask = 16; mask > 0; mask >>= 1) {
      const range = ranges[turn % 2] as (typeof ranges)[number]
      const middle = (range.low + range.high) / 2
      if ((bits & mask) !== 0) range.low = middle
      else range.high = middle
      turn += 1
    }
  }
  const [x, y] = ranges.map((range) => (range.low + range.high) / 2)
  return [x as number, y as number]
}
