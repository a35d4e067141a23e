import { expect, test } from 'vitest'
import { nearestWord } from './nearest-word.ts'

const commands = ['start', 'sql', 'status', 'verify', 'version', 'help']

test.each([
  ['strat', 'start'],
  ['statsu', 'status'],
  ['sq', 'sql'],
  ['sqll', 'sql'],
  ['hlep', 'help'],
  ['verfy', 'verify'],
  ['versoin', 'version'],
])('%s was probably meant to be %s', (typed, expected) => expect(nearestWord(typed, commands)).toBe(expected))

test.each([
  ['vers', 'version'],
  ['ver', 'verify'],
])('%s is the beginning of %s', (typed, expected) => expect(nearestWord(typed, commands)).toBe(expected))

test.each(['', 'x', 'backup', 'abcdefgh'])('nothing is near %j', (typed) => {
  expect(nearestWord(typed, commands)).toBeUndefined()
})
