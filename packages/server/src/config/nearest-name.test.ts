import { expect, test } from 'vitest'
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

test('finds nothing where nothing is near', () => {
  expect(nearestName('server', known)).toBeUndefined()
  expect(nearestName('', ['a_long_name'])).toBeUndefined()
})

test('of two equally near names the first is taken', () => {
  expect(nearestName('ac', ['ab', 'ad'])).toBe('ab')
})
