/**
 * Strict UTF-8 decoding (RFC 3629), quick for the short ASCII texts of which records are made.
 * Why not `TextDecoder` alone: a call costs more than decoding a short text here.
 */

/** From here on the platform's decoder is quicker. */
const shortBytesMax = 16
const strictDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * The text of bytes `start` to `end`, or `undefined` where they are not valid UTF-8.
 * Not put together character by character: V8 keeps what is longer than twelve as a rope then, 32 bytes for
 * each character more, and a cached record would be three times as large.
 */
export function decodeUtf8(bytes: Uint8Array, start: number, end: number): string | undefined {
  const length = end - start
  if (length > shortBytesMax) return decodeLong(bytes, start, end)
  const codes = new Array<number>(length)
  for (let at = 0; at < length; at += 1) {
    const byte = bytes[start + at] as number
    if (byte >= 0x80) return decodeLong(bytes, start, end)
    codes[at] = byte
  }
  return String.fromCharCode.apply(undefined, codes)
}

function decodeLong(bytes: Uint8Array, start: number, end: number): string | undefined {
  try {
    return strictDecoder.decode(bytes.subarray(start, end))
  } catch {
    return undefined
  }
}
