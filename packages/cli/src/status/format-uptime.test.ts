import { expect, test } from 'vitest'
import { formatUptime } from './format-uptime.ts'

test.each([
  [0, '0 s'],
  [0.9, '0 s'],
  [59, '59 s'],
  [60, '1 min'],
  [61, '1 min 1 s'],
  [3600, '1 h'],
  [3661, '1 h 1 min'],
  [86_400 * 3 + 3600 * 2 + 59, '3 d 2 h'],
  [86_400 + 59, '1 d'],
])('%d seconds are %s', (seconds, expected) => expect(formatUptime(seconds)).toBe(expected))
