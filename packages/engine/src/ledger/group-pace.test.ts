import { expect, test } from 'vitest'
import { GroupPace } from './group-pace.ts'
import { undividedBuildMs } from './limits.ts'

function paceOf(groups: number, msPerCommit: number): GroupPace {
  const pace = new GroupPace()
  for (let group = 0; group < groups; group += 1) pace.built(64, 64 * msPerCommit)
  return pace
}

test('commits that are built quickly are one group, those that take long two', () => {
  expect(new GroupPace().takesTurns(1_000)).toBe(false)
  expect(paceOf(500, undividedBuildMs / 70).takesTurns(64)).toBe(false)
  expect(paceOf(500, undividedBuildMs / 60).takesTurns(64)).toBe(true)
  expect(paceOf(500, undividedBuildMs / 60).takesTurns(32)).toBe(false)
})

test('a pause changes nothing, and what lasts does', () => {
  const pace = paceOf(500, undividedBuildMs / 100)
  pace.built(64, 10 * undividedBuildMs)
  expect(pace.takesTurns(64)).toBe(false)
  for (let group = 0; group < 100; group += 1) pace.built(64, 2 * undividedBuildMs)
  expect(pace.takesTurns(64)).toBe(true)
  for (let group = 0; group < 100; group += 1) pace.built(64, undividedBuildMs / 2)
  expect(pace.takesTurns(64)).toBe(false)
})

test('a group of nothing says nothing', () => {
  const pace = paceOf(500, undividedBuildMs / 60)
  for (let group = 0; group < 500; group += 1) pace.built(0, 0)
  expect(pace.takesTurns(64)).toBe(true)
})
