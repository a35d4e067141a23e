/**
 * Snappy decompression, as LevelDB's index blocks need it to be walked. Format: google/snappy
 * format_description.txt.
 * A text is its length (varint), then elements: literals, and copies of up to 64 bytes from what came out
 * before.
 */

import { readVarint } from './varint.ts'

/** `undefined` when the text is not one that a compressor wrote. */
export function uncompressSnappy(bytes: Buffer, bytesMax: number): Buffer | undefined {
  const { value: length, end } = readVarint(bytes, 0)
  if (!(length <= bytesMax)) return undefined
  const output = Buffer.alloc(length)
  let to = 0
  for (let at = end; at < bytes.length; ) {
    const element = elementAt(bytes, at)
    if (element === undefined || to + element.length > length) return undefined
    const { distance } = element
    if (distance === undefined) {
      bytes.copy(output, to, element.next - element.length, element.next)
    } else {
      if (distance === 0 || distance > to) return undefined
      // Byte by byte: a copy may reach into itself.
      for (let done = 0; done < element.length; done += 1)
        output[to + done] = output[to + done - distance] as number
    }
    to += element.length
    at = element.next
  }
  return to === length ? output : undefined
}

interface Element {
  readonly length: number
  /** Of a copy; `undefined` for a literal, which is the last `length` bytes before `next`. */
  readonly distance: number | undefined
  readonly next: number
}

function elementAt(bytes: Buffer, at: number): Element | undefined {
  const tag = bytes[at] as number
  const rest = tag >> 2
  const extra = [rest < 60 ? 0 : rest - 59, 1, 2, 4][tag & 3] as number
  if (at + 1 + extra > bytes.length) return undefined
  const number = extra === 0 ? 0 : bytes.readUIntLE(at + 1, extra)
  const behind = at + 1 + extra
  switch (tag & 3) {
    case 0: {
      const length = (extra === 0 ? rest : number) + 1
      return behind + length <= bytes.length
        ? { length, distance: undefined, next: behind + length }
        : undefined
    }
    case 1:
      return { length: (rest & 7) + 4, distance: ((tag >> 5) << 8) | number, next: behind }
    default:
      return { length: rest + 1, distance: number, next: behind }
  }
}
