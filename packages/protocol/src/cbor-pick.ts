/**
 * A part of an object in canonical bytes, taken without decoding the rest.
 * Why: who needs two fields of a million records should not make the others.
 */

import { CborReader } from './cbor-reader.ts'
import { CborWriter } from './cbor-writer.ts'

const sharedWriter = new CborWriter()

/**
 * Canonical bytes of the object that has only those of its fields that are named: equal for two objects if
 * and only if they have the same ones. What is left out is passed over and not checked.
 * @throws CBOR_* where the end of a field cannot be found
 */
export function pickFields(bytes: Uint8Array, names: ReadonlySet<string>): Uint8Array {
  const reader = new CborReader(bytes)
  const picked: number[] = []
  for (let left = reader.map(); left > 0; left -= 1) {
    const start = reader.offset
    const isPicked = names.has(reader.key())
    reader.skip()
    if (isPicked) picked.push(start, reader.offset)
  }
  reader.finish()
  const writer = sharedWriter.reset().map(picked.length / 2)
  for (let at = 0; at < picked.length; at += 2) writer.raw(bytes.subarray(picked[at], picked[at + 1]))
  return writer.finish()
}
