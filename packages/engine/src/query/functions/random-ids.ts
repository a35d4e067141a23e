/**
 * Random numbers of any size, texts, ULIDs and UUIDs from a source of floats.
 */

import { type Datetime, Uuid } from '@dendrodb/protocol'
import { functionErrors } from './function-errors.ts'

/** From 0 up to but not including 1. */
export type RandomSource = () => number

const crockford = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const chunkBits = 32n

/** From 0 up to but not including `bound`, every number equally likely. Requires `bound` > 0. */
export function randomBigInt(bound: bigint, random: RandomSource): bigint {
  if (bound <= 2n ** 32n) return BigInt(Math.floor(random() * Number(bound)))
  const chunks = BigInt(Math.ceil(bound.toString(2).length / Number(chunkBits)))
  const size = 1n << (chunks * chunkBits)
  // What lies past the last whole multiple of the bound would make small numbers likelier.
  const fair = size - (size % bound)
  while (true) {
    let bits = 0n
    for (let i = 0n; i < chunks; i += 1n) bits = (bits << chunkBits) | BigInt(randomUint32(random))
    if (bits < fair) return bits % bound
  }
}

export function randomText(alphabet: string, length: number, random: RandomSource): string {
  let text = ''
  for (let i = 0; i < length; i += 1) text += alphabet.charAt(Math.floor(random() * alphabet.length))
  return text
}

/**
 * 48 bits of milliseconds, 80 random bits. @throws FUNCTION_ARGUMENT_VALUE before 1970 and after year 10889
 */
export function ulidAt(at: Datetime, random: RandomSource): string {
  let rest = millisOf('rand::ulid', at)
  let time = ''
  for (let i = 0; i < 10; i += 1) {
    time = crockford.charAt(rest % 32) + time
    rest = Math.floor(rest / 32)
  }
  return time + randomText(crockford, 16, random)
}

export function uuidV4(random: RandomSource): Uuid {
  return markVersion(randomBytes(random), 4)
}

/** 48 bits of milliseconds, 74 random bits. */
export function uuidV7(at: Datetime, random: RandomSource): Uuid {
  const bytes = randomBytes(random)
  let rest = millisOf('rand::uuid::v7', at)
  for (let i = 5; i >= 0; i -= 1) {
    bytes[i] = rest % 256
    rest = Math.floor(rest / 256)
  }
  return markVersion(bytes, 7)
}

function millisOf(name: string, at: Datetime): number {
  const millis = at.seconds * 1000 + Math.floor(at.nanos / 1_000_000)
  if (millis >= 0 && millis < 2 ** 48) return millis
  throw functionErrors.ARGUMENT_VALUE({ name, problem: 'the datetime must not be before 1970' })
}

function randomBytes(random: RandomSource): Uint8Array {
  const bytes = new Uint8Array(16)
  const view = new DataView(bytes.buffer)
  for (let i = 0; i < 16; i += 4) view.setUint32(i, randomUint32(random))
  return bytes
}

function randomUint32(random: RandomSource): number {
  return Math.floor(random() * 2 ** 32)
}

/** RFC 9562: the version in the upper half of byte 6, the variant in the upper bits of byte 8. */
function markVersion(bytes: Uint8Array, version: number): Uuid {
  bytes[6] = ((bytes[6] as number) & 0x0f) | (version << 4)
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80
  return Uuid.fromBytes(bytes)
}
