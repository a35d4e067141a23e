import { expect, test } from 'vitest'
import { createAllowList } from './allow-list.ts'
import { rateLimitKey } from './client-address.ts'

test.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:DB8:1:2::9', '2001:db8:1:2::/64'],
  ['2001:0db8:0001:0002:ffff::', '2001:db8:1:2::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['not an address', 'unknown'],
  ['', 'unknown'],
  ['x'.repeat(100_000), 'unknown'],
])('%s is counted as %s', (address, key) => {
  expect(rateLimitKey(address)).toBe(key)
})

test('an allow list knows addresses and networks, also those of IPv4 written as IPv6', () => {
  const isAllowed = createAllowList(['127.0.0.0/8', '::1', '2001:db8::/32', '192.0.2.7'])
  const allowed = ['127.0.0.1', '127.255.255.255', '::1', '::ffff:127.0.0.1', '2001:db8:ffff::1', '192.0.2.7']
  const refused = [
    '128.0.0.1',
    '::2',
    '192.0.2.8',
    '2001:db9::',
    '::ffff:192.0.2.8',
    'localhost',
    '',
    '::ffff:',
    '1:2',
  ]
  expect(allowed.filter((address) => !isAllowed(address))).toEqual([])
  expect(refused.filter(isAllowed)).toEqual([])
})

test('an empty allow list allows nobody', () => {
  expect(createAllowList([])('127.0.0.1')).toBe(false)
})
