/**
 * Strict UTF-8 decoding (RFC 3629), quick for the short ASCII texts of which records are made.
 * Why not `TextDecoder` alone: a call costs more than decoding a short text here.
 */

/** From here on the platform's decoder is quicker. */
const shortBytesMax = 48
const strictDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The text of bytes `start` to `end`, or `undefined` where they are not valid UTF-8. */
export function decodeUtf8(bytes: Uint8Array, start: number, end: number): string | undefined {
  if (end - start > shortBytesMax) return decodeLong(bytes, start, end)
  let text = ''
  let at = start
  while (at < end) {
    const byte = bytes[at] as number
    if (byte >= 0x80) return decodeLong(bytes, start, end)
    text += String.fromCharCode(byte)
    at += 1
  }
  return text
}

function decodeLong(bytes: Uint8Array, start: number, end: number): string | undefined {
  try {
    return strictDecoder.decode(bytes.subarray(start, end))
  } catch {
    return undefined
  }
}
