import { expect, test } from 'vitest'
import { limits } from './limits.ts'
import { nearestName } from './nearest-name.ts'

const known = ['port', 'host', 'data', 'log_level', 'access_token_lifetime', 'refresh_token_lifetime']

test.each([
  ['prot', 'port'],
  ['ports', 'port'],
  ['loglevel', 'log_level'],
  ['log-level', 'log_level'],
  ['acces_token_lifetim', 'access_token_lifetime'],
  ['refresh_token_time', 'refresh_token_lifetime'],
])('%s was meant to be %s', (name, expected) => {
  expect(nearestName(name, known)).toBe(expected)
})

test.each(['server', '', 'x', 'pr'])('nothing is near %j', (name) => {
  expect(nearestName(name, known)).toBeUndefined()
})

test('a third of the name may be wrong, and no more', () => {
  expect(nearestName('abcdXX', ['abcdef'])).toBe('abcdef')
  expect(nearestName('abcXXX', ['abcdef'])).toBeUndefined()
})

test('or as much as the caller says', () => {
  expect(nearestName('abcXXX', ['abcdef'], 3)).toBe('abcdef')
  expect(nearestName('abcXXX', ['abcdef'], 2)).toBeUndefined()
  expect(nearestName('abcdef', ['abcdef'], 0)).toBe('abcdef')
})

test('among several it is the nearest, of equally near ones the first', () => {
  expect(nearestName('--colour', ['--colors', '--color', '--column'])).toBe('--color')
  expect(nearestName('ac', ['ab', 'ad'])).toBe('ab')
})

test('characters count, not UTF-16 units', () => {
  expect(nearestName('🌳🌲', ['🌳🌳'], 1)).toBe('🌳🌳')
})

test('a text that is too long for a name is not compared', () => {
  const longest = 'x'.repeat(limits.nearestNameCharsMax)
  expect(nearestName(longest, [longest])).toBe(longest)
  expect(nearestName(`${longest}x`, [`${longest}x`])).toBeUndefined()
})
