/**
 * ULIDs: 26 Crockford base-32 characters, 48 bits of time in milliseconds, then 80 random bits.
 * Why: generated record ids that sort by creation, so that new records are neighbours in the store.
 * Invariant: each id of a generator is greater than the one before, within a millisecond and when the clock
 * goes back: then the time of the last id is kept and its random part is counted up by one.
 * Speed: the text changes in its last characters only, so all but those are kept between calls.
 */

import { randomBytes } from './random-bytes.ts'
import { valueErrors } from './value-errors.ts'

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
/** The 1024 pairs of characters, for 10 bits at a time. */
const pairs: readonly string[] = Array.from(
  { length: 1024 },
  (_, bits) => `${alphabet[bits >> 5]}${alphabet[bits & 31]}`,
)
const ulidPattern = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/
const timeMax = 2 ** 48 - 1
const fortyBits = 2 ** 40

/** A generator of its own sequence. `now` gives milliseconds since 1970. */
export function createUlidGenerator(now: () => number = Date.now): () => string {
  let time = -1
  // The random 80 bits in two halves; only the low one moves often.
  let high = 0
  let low = 0
  let lowTop = -1
  let prefix = ''
  let lowPrefix = ''

  function startMillisecond(millis: number): void {
    if (millis > timeMax) throw valueErrors.ULID_SYNTAX({ text: `time ${millis}` })
    time = millis
    const random = randomBytes(10)
    high = readFortyBits(random, 0)
    low = readFortyBits(random, 5)
    prefix = encodeTime(time) + encodeFortyBits(high)
    lowTop = -1
  }

  function countUp(): void {
    low += 1
    if (low < fortyBits) return
    low = 0
    high += 1
    if (high === fortyBits) startMillisecond(time + 1)
    else prefix = encodeTime(time) + encodeFortyBits(high)
    lowTop = -1
  }

  return function nextUlid(): string {
    const millis = now()
    if (millis > time) startMillisecond(Math.floor(millis))
    else countUp()
    const top = Math.floor(low / 2 ** 20)
    if (top !== lowTop) {
      lowTop = top
      lowPrefix = `${prefix}${pairs[top >>> 10]}${pairs[top & 1023]}`
    }
    const bottom = low % 2 ** 20
    return `${lowPrefix}${pairs[bottom >>> 10]}${pairs[bottom & 1023]}`
  }
}

/** The next ULID of this process. */
export const ulid: () => string = createUlidGenerator()

export function isUlid(text: string): boolean {
  return ulidPattern.test(text)
}

/** The milliseconds since 1970 in a ULID. @throws VALUE_ULID_SYNTAX */
export function ulidTime(text: string): number {
  if (!isUlid(text)) throw valueErrors.ULID_SYNTAX({ text })
  let time = 0
  for (let i = 0; i < 10; i += 1) time = time * 32 + alphabet.indexOf(text.charAt(i))
  return time
}

function readFortyBits(bytes: Uint8Array, offset: number): number {
  let bits = 0
  for (let i = 0; i < 5; i += 1) bits = bits * 256 + (bytes[offset + i] as number)
  return bits
}

function encodeFortyBits(bits: number): string {
  const top = Math.floor(bits / 2 ** 20)
  const bottom = bits % 2 ** 20
  return `${pairs[top >>> 10]}${pairs[top & 1023]}${pairs[bottom >>> 10]}${pairs[bottom & 1023]}`
}

/** 48 bits fill ten characters of five bits with two to spare, so the first is 0 to 7. */
function encodeTime(millis: number): string {
  return `${pairs[Math.floor(millis / fortyBits)]}${encodeFortyBits(millis % fortyBits)}`
}
