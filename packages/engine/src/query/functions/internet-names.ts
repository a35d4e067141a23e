/**
 * Domain names and e-mail addresses.
 * Domains as in RFC 1034 and 1123 (letters, digits and hyphens, labels of 1 to 63, 253 in all), with letters
 * of any script (RFC 5890), and a last label that is not a number. Addresses as in RFC 5321 with a domain of
 * two labels or more, without quoted local parts and address literals, which no one has.
 */

const label = /^[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}-]{0,61}[\p{L}\p{M}\p{N}])?$/u
const localPart = /^[\p{L}\p{N}!#$%&'*+/=?^_`{|}~-]+$/u
const domainCharsMax = 253
const localPartCharsMax = 64

export function isDomain(text: string): boolean {
  if (text.length > domainCharsMax) return false
  const labels = (text.endsWith('.') ? text.slice(0, -1) : text).split('.')
  return labels.every((part) => label.test(part)) && !/^\d+$/.test(labels.at(-1) ?? '')
}

/** `undefined` for what is no address. */
export function parseEmail(text: string): { readonly user: string; readonly host: string } | undefined {
  const at = text.lastIndexOf('@')
  const user = text.slice(0, Math.max(0, at))
  const host = text.slice(at + 1)
  if (user.length === 0 || user.length > localPartCharsMax) return undefined
  if (!host.includes('.') || host.endsWith('.') || !isDomain(host)) return undefined
  return user.split('.').every((part) => localPart.test(part)) ? { user, host } : undefined
}
