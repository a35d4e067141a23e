/**
 * Email addresses as the names of accounts.
 * Why normalised: "Ada@Example.com " and "ada@example.com" are one person to everybody but RFC 5321, which
 * leaves the case of the local part to the receiver; no receiver of today tells them apart.
 */

import { emailCharsMax, emailLocalCharsMax } from './limits.ts'

const localPattern = /^[^\s@<>()[\]\\,;:"\p{Cc}]+$/u
const labelPattern = /^[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?$/u

/** The address in small letters, without space around it; `undefined` when it is none. */
export function normalizeEmail(given: string): string | undefined {
  if (given.length > emailCharsMax * 2) return undefined
  const email = given.trim().normalize('NFC').toLowerCase()
  const at = email.lastIndexOf('@')
  const local = email.slice(0, at)
  const labels = email.slice(at + 1).split('.')
  const isGood =
    at > 0 &&
    email.length <= emailCharsMax &&
    local.length <= emailLocalCharsMax &&
    localPattern.test(local) &&
    labels.length >= 2 &&
    labels.every((label) => labelPattern.test(label))
  return isGood ? email : undefined
}
