/**
 * The address a request comes from, as the rate limit counts it.
 * Why a /64 for IPv6: that is what one customer is given, so that single addresses in it are no sign of
 * several people.
 */

import { isIPv4, isIPv6 } from 'node:net'

const mappedPrefix = '::ffff:'

/** One name per client. Anything that is no address (a proxy may send any text) counts as one client. */
export function rateLimitKey(address: string): string {
  if (isIPv4(address)) return address
  const plain = address.split('%')[0] ?? ''
  if (plain.startsWith(mappedPrefix) && isIPv4(plain.slice(mappedPrefix.length))) {
    return plain.slice(mappedPrefix.length)
  }
  return isIPv6(plain) ? `${networkOf(plain)}::/64` : 'unknown'
}

/** The first four groups, without leading zeros. */
function networkOf(address: string): string {
  const [head = '', tail] = address.split('::')
  const left = groupsOf(head)
  const right = tail === undefined ? [] : groupsOf(tail)
  const gap = new Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0')
  const groups = tail === undefined ? left : [...left, ...gap, ...right]
  return groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, '').toLowerCase())
    .join(':')
}

function groupsOf(part: string): readonly string[] {
  return part === '' ? [] : part.split(':')
}
