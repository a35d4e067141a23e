/**
 * Keys as text, for Maps and sorted lists: JavaScript compares bytes only as text.
 * Why latin1: its order is the order of the bytes.
 */

import { asBuffer } from './as-buffer.ts'

/**
 * V8 keeps arrays up to this size among its objects; to ask for the buffer of one would cost three times its
 * text.
 */
const heapArrayBytesMax = 64

/** The key as latin1 text. */
export function keyText(key: Uint8Array): string {
  if (key instanceof Buffer) return key.toString('latin1')
  if (key.length > heapArrayBytesMax) return asBuffer(key).toString('latin1')
  return String.fromCharCode.apply(undefined, key as unknown as number[])
}
