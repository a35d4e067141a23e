/**
 * Packs short pages: bytes that have stood in the page before are told by their distance and their number
 * (Ziv and Lempel 1977).
 * Why not Zstandard for them: Node makes a context for every call, which costs more than unpacking a page.
 * This has none. docs/adr/0031-short-pages-packed-without-a-context.md.
 * Why distances may be left out: entries next to each other differ in a few bytes, and what they share lies
 * as far apart behind these as before them.
 *
 * | part      | what                                                                                |
 * |-----------|-------------------------------------------------------------------------------------|
 * | bytes     | of the page, 2 bytes little-endian                                                  |
 * | sequences | each: token, more of literals, literals, distance, more of length; the last one ends |
 * |           | with its literals                                                                   |
 *
 * Token: bit 7, the distance is the one before and left out; bits 4–6, number of literals; bits 0–3, bytes to
 * be copied, less 4. If all bits of a number are set, bytes follow that are added to it, up to the first one
 * below 255. A distance has 2 bytes, little-endian.
 */

import { assert } from '@dendrodb/protocol'

/** Longer pages are not for this. */
export const lzPageBytesMax = 16 * 1024

const headBytes = 2
const isRepeatedBit = 0x80
const literalsMax = 7
const lengthMax = 15
const lengthMin = 4
const wordBytes = 4
/** From this length on nothing longer is looked for. */
const lengthEnough = 16
/** After 2^6 bytes without a match every second one is left out, after as many again two of three … */
const missesShift = 6
/** Room behind a page: most copies are of four words, whatever is to be copied. */
const slackBytes = 16
/** From here on a call into native code costs less than the loop. */
const nativeCopyBytesMin = 128

const hashBits = 14
/** Place, plus 1, of the last four bytes with a hash. */
const places = new Uint16Array(1 << hashBits)
/** Literals alone need most room. */
const output = Buffer.alloc(headBytes + lzPageBytesMax + Math.ceil(lzPageBytesMax / 255) + 2)

/** @param page `lzPageBytesMax` bytes at most */
export function encodeLzPage(page: Uint8Array): Buffer {
  const pageBytes = page.length
  assert(pageBytes <= lzPageBytesMax, 'a page that is too long to be packed this way')
  const view = new DataView(page.buffer, page.byteOffset, pageBytes)
  places.fill(0)
  let outputEnd = output.writeUInt16LE(pageBytes)
  /** In the output is what stands before this. */
  let told = 0
  let distance = pageBytes
  for (let at = 0; at + lengthMin <= pageBytes; ) {
    const word = view.getInt32(at, true)
    const slot = slotOf(word)
    const place = (places[slot] as number) - 1
    places[slot] = at + 1
    let from = at - distance
    let length = from >= 0 && view.getInt32(from, true) === word ? equalBytes(view, from, at) : 0
    if (length < lengthEnough && place >= 0 && view.getInt32(place, true) === word) {
      const other = equalBytes(view, place, at)
      // Its distance has to be told.
      if (other > length + 2) {
        length = other
        from = place
      }
    }
    if (length === 0) {
      at += 1 + ((at - told) >>> missesShift)
      continue
    }
    const end = at + length
    while (at > told && from > 0 && page[at - 1] === page[from - 1]) {
      at -= 1
      from -= 1
    }
    const isRepeated = at - from === distance
    distance = at - from
    const beyond = end - at - lengthMin
    const token = (isRepeated ? isRepeatedBit : 0) | Math.min(beyond, lengthMax)
    outputEnd = writeLiterals(page, told, at, token, outputEnd)
    if (!isRepeated) outputEnd = output.writeUInt16LE(distance, outputEnd)
    if (beyond >= lengthMax) outputEnd = writeMore(beyond - lengthMax, outputEnd)
    told = end
    at = end
  }
  outputEnd = writeLiterals(page, told, pageBytes, 0, outputEnd)
  return Buffer.from(output.subarray(0, outputEnd))
}

export function decodeLzPage(packed: Buffer): Buffer {
  const packedBytes = packed.length
  const pageBytes = packed.readUInt16LE()
  const page = Buffer.allocUnsafeSlow(pageBytes + slackBytes)
  const from = new DataView(packed.buffer, packed.byteOffset, packedBytes)
  const to = new DataView(page.buffer)
  let distance = 0
  let end = 0
  for (let at = headBytes; at < packedBytes; ) {
    const token = packed[at++] as number
    let literals = (token >>> 4) & literalsMax
    if (literals === literalsMax) {
      let more: number
      do {
        more = packed[at++] as number
        literals += more
      } while (more === 255)
    }
    if (at + literals + wordBytes <= packedBytes) copyWords(from, at, to, end, literals)
    else for (let done = 0; done < literals; done += 1) page[end + done] = packed[at + done] as number
    at += literals
    end += literals
    if (at >= packedBytes) break
    if ((token & isRepeatedBit) === 0) {
      distance = (packed[at] as number) | ((packed[at + 1] as number) << 8)
      at += 2
    }
    let length = (token & lengthMax) + lengthMin
    if ((token & lengthMax) === lengthMax) {
      let more: number
      do {
        more = packed[at++] as number
        length += more
      } while (more === 255)
    }
    copyMatch(page, to, end - distance, end, length)
    end += length
  }
  assert(end === pageBytes, 'a packed page that does not have its bytes')
  return page.subarray(0, pageBytes)
}

/** At least one word, and up to three bytes more than there are to be copied. */
function copyWords(from: DataView, start: number, to: DataView, end: number, bytes: number): void {
  to.setInt32(end, from.getInt32(start, true), true)
  for (let done = wordBytes; done < bytes; done += wordBytes) {
    to.setInt32(end + done, from.getInt32(start + done, true), true)
  }
}

/** Bytes that are copied may be copied again. */
function copyMatch(page: Buffer, view: DataView, start: number, end: number, length: number): void {
  const distance = end - start
  if (distance < slackBytes) {
    for (let done = 0; done < length; done += 1) page[end + done] = page[start + done] as number
  } else if (length < nativeCopyBytesMin || distance < length) {
    view.setInt32(end, view.getInt32(start, true), true)
    view.setInt32(end + 4, view.getInt32(start + 4, true), true)
    view.setInt32(end + 8, view.getInt32(start + 8, true), true)
    copyWords(view, start + 12, view, end + 12, length - 12)
  } else {
    page.copyWithin(end, start, start + length)
  }
}

function slotOf(word: number): number {
  return Math.imul(word, 0x9e3779b1) >>> (32 - hashBits)
}

/**
 * How far the bytes from two places on are the same, `a` being the first one and four of them known to be.
 */
function equalBytes(page: DataView, a: number, b: number): number {
  const lengthEnd = page.byteLength - b
  let length = 4
  while (length + 4 <= lengthEnd && page.getInt32(a + length, true) === page.getInt32(b + length, true)) {
    length += 4
  }
  while (length < lengthEnd && page.getUint8(a + length) === page.getUint8(b + length)) length += 1
  return length
}

/** With the token before them, at `at` in the output; gives where they end in it. */
function writeLiterals(page: Uint8Array, start: number, end: number, token: number, at: number): number {
  const literals = end - start
  let outputEnd = at
  output[outputEnd++] = token | (Math.min(literals, literalsMax) << 4)
  if (literals >= literalsMax) outputEnd = writeMore(literals - literalsMax, outputEnd)
  for (let from = start; from < end; from += 1) output[outputEnd++] = page[from] as number
  return outputEnd
}

function writeMore(number: number, at: number): number {
  let outputEnd = at
  let rest = number
  for (; rest >= 255; rest -= 255) output[outputEnd++] = 255
  output[outputEnd++] = rest
  return outputEnd
}
