/**
 * The LZ4 block format, for pages of up to 16 KiB: bytes that have stood in the page before are told by their
 * distance and their number. Format: lz4_Block_format.md of the LZ4 project.
 * Why in JavaScript: Node makes a context of Zstandard for every call, which costs more than unpacking a
 * page.
 * Why so short: a table of places with 2 bytes each, and an output that is there already.
 *
 * A block is sequences: a token, whose upper half is the number of literals and whose lower half is the
 * number of bytes to be copied, less 4; more of the number of literals; literals; distance (2 bytes,
 * little-endian); more of the number of bytes. If all bits of a number in the token are set, bytes follow
 * that are added to it, up to the first one below 255. The last sequence ends with its literals, which are 5
 * at least; the last copy begins 12 bytes before the end at the latest.
 */

import { assert } from '@dendrodb/protocol'

/** What an encoder may be given. */
export const lz4InputBytesMax = 16 * 1024

const numberMax = 15
const lengthMin = 4
const lastLiterals = 5
const lastCopyBytes = 12
const wordBytes = 4
/** From this length on nothing longer is looked for. */
const lengthEnough = 16
/** After 2^6 bytes without a match every second one is left out, after as many again two of three … */
const missesShift = 6
/** Room behind the output: most copies are of four words, whatever is to be copied. */
const slackBytes = 16
/** From here on a call into native code costs less than the loop. */
const nativeCopyBytesMin = 128

const hashBits = 14
/** Place, plus 1, of the last four bytes with a hash. */
const places = new Uint16Array(1 << hashBits)
/** Literals alone need most room. */
const output = Buffer.alloc(lz4InputBytesMax + Math.ceil(lz4InputBytesMax / 255) + 16)

/** @param input `lz4InputBytesMax` bytes at most */
export function encodeLz4Block(input: Uint8Array): Buffer {
  const inputBytes = input.length
  assert(inputBytes <= lz4InputBytesMax, 'an input that is too long to be packed this way')
  const view = new DataView(input.buffer, input.byteOffset, inputBytes)
  places.fill(0)
  let outputEnd = 0
  /** In the output is what stands before this. */
  let told = 0
  let distance = inputBytes
  for (let at = 0; at + lastCopyBytes <= inputBytes; ) {
    const word = view.getInt32(at, true)
    const slot = slotOf(word)
    const place = (places[slot] as number) - 1
    places[slot] = at + 1
    // Entries next to each other differ in a few bytes, and what they share lies as far apart as before.
    let from = at - distance
    let length = from >= 0 && view.getInt32(from, true) === word ? equalBytes(view, from, at) : 0
    if (length < lengthEnough && place >= 0 && view.getInt32(place, true) === word) {
      const other = equalBytes(view, place, at)
      if (other > length) {
        length = other
        from = place
      }
    }
    if (length === 0) {
      at += 1 + ((at - told) >>> missesShift)
      continue
    }
    const end = at + length
    while (at > told && from > 0 && input[at - 1] === input[from - 1]) {
      at -= 1
      from -= 1
    }
    distance = at - from
    const beyond = end - at - lengthMin
    outputEnd = writeLiterals(input, told, at, Math.min(beyond, numberMax), outputEnd)
    outputEnd = output.writeUInt16LE(distance, outputEnd)
    if (beyond >= numberMax) outputEnd = writeMore(beyond - numberMax, outputEnd)
    told = end
    at = end
  }
  outputEnd = writeLiterals(input, told, inputBytes, 0, outputEnd)
  return Buffer.from(output.subarray(0, outputEnd))
}

/**
 * @param bytes that the block stands for
 * @throws RangeError, AssertionError where it does not stand for so many
 */
export function decodeLz4Block(block: Buffer, bytes: number): Buffer {
  const blockBytes = block.length
  const decoded = Buffer.allocUnsafeSlow(bytes + slackBytes)
  const from = new DataView(block.buffer, block.byteOffset, blockBytes)
  const to = new DataView(decoded.buffer)
  let end = 0
  for (let at = 0; at < blockBytes; ) {
    const token = block[at++] as number
    let literals = token >>> 4
    if (literals === numberMax) {
      let more: number
      do {
        more = block[at++] as number
        literals += more
      } while (more === 255)
    }
    if (at + literals + wordBytes <= blockBytes) copyWords(from, at, to, end, literals)
    else for (let done = 0; done < literals; done += 1) decoded[end + done] = block[at + done] as number
    at += literals
    end += literals
    if (at >= blockBytes) break
    const distance = (block[at] as number) | ((block[at + 1] as number) << 8)
    at += 2
    let length = (token & numberMax) + lengthMin
    if ((token & numberMax) === numberMax) {
      let more: number
      do {
        more = block[at++] as number
        length += more
      } while (more === 255)
    }
    copyMatch(decoded, to, end - distance, end, length)
    end += length
  }
  assert(end === bytes, 'a packed page that does not have its bytes')
  return decoded.subarray(0, bytes)
}

/** At least one word, and up to three bytes more than there are to be copied. */
function copyWords(from: DataView, start: number, to: DataView, end: number, bytes: number): void {
  to.setInt32(end, from.getInt32(start, true), true)
  for (let done = wordBytes; done < bytes; done += wordBytes) {
    to.setInt32(end + done, from.getInt32(start + done, true), true)
  }
}

/** Bytes that are copied may be copied again. */
function copyMatch(bytes: Buffer, view: DataView, start: number, end: number, length: number): void {
  const distance = end - start
  if (distance < slackBytes) {
    for (let done = 0; done < length; done += 1) bytes[end + done] = bytes[start + done] as number
  } else if (length < nativeCopyBytesMin || distance < length) {
    view.setInt32(end, view.getInt32(start, true), true)
    view.setInt32(end + 4, view.getInt32(start + 4, true), true)
    view.setInt32(end + 8, view.getInt32(start + 8, true), true)
    copyWords(view, start + 12, view, end + 12, length - 12)
  } else {
    bytes.copyWithin(end, start, start + length)
  }
}

function slotOf(word: number): number {
  return Math.imul(word, 0x9e3779b1) >>> (32 - hashBits)
}

/**
 * How far the bytes from two places on are the same, `a` being the first one and four of them known to be;
 * without those that have to be literals.
 */
function equalBytes(input: DataView, a: number, b: number): number {
  const lengthEnd = input.byteLength - lastLiterals - b
  let length = 4
  while (length + 4 <= lengthEnd && input.getInt32(a + length, true) === input.getInt32(b + length, true)) {
    length += 4
  }
  while (length < lengthEnd && input.getUint8(a + length) === input.getUint8(b + length)) length += 1
  return length
}

/** With the token before them, at `at` in the output; gives where they end in it. */
function writeLiterals(input: Uint8Array, start: number, end: number, copied: number, at: number): number {
  const literals = end - start
  let outputEnd = at
  output[outputEnd++] = copied | (Math.min(literals, numberMax) << 4)
  if (literals >= numberMax) outputEnd = writeMore(literals - numberMax, outputEnd)
  for (let from = start; from < end; from += 1) output[outputEnd++] = input[from] as number
  return outputEnd
}

function writeMore(number: number, at: number): number {
  let outputEnd = at
  let rest = number
  for (; rest >= 255; rest -= 255) output[outputEnd++] = 255
  output[outputEnd++] = rest
  return outputEnd
}
