/**
 * Base64 (RFC 4648 section 4): standard alphabet, padded.
 */

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const base64Pattern = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

export function encodeBase64(bytes: Uint8Array): string {
  let text = ''
  for (let i = 0; i < bytes.length; i += 3) {
    const left = bytes.length - i
    const bits = ((bytes[i] ?? 0) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0)
    text += charOf(bits >> 18) + charOf(bits >> 12)
    text += left > 1 ? charOf(bits >> 6) : '='
    text += left > 2 ? charOf(bits) : '='
  }
  return text
}

/** The bytes, or `undefined` where the text is not canonical base64 (unused bits must be zero). */
export function decodeBase64(text: string): Uint8Array | undefined {
  if (!base64Pattern.test(text)) return undefined
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0
  const bytes = new Uint8Array((text.length / 4) * 3 - padding)
  let at = 0
  for (let i = 0; i < text.length; i += 4) {
    let bits = 0
    for (let j = 0; j < 4; j += 1) bits = (bits << 6) | Math.max(0, alphabet.indexOf(text.charAt(i + j)))
    // Writes past the end of a typed array have no effect.
    bytes[at] = bits >> 16
    bytes[at + 1] = bits >> 8
    bytes[at + 2] = bits
    at += 3
  }
  return encodeBase64(bytes) === text ? bytes : undefined
}

function charOf(bits: number): string {
  return alphabet.charAt(bits & 63)
}
