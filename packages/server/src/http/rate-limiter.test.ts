import { expect, test } from 'vitest'
import { countedClientsMax } from './limits.ts'
import { RateLimiter } from './rate-limiter.ts'

function createLimiter(perMinute: number) {
  const clock = { nowMs: 0 }
  return { clock, limiter: new RateLimiter(perMinute, () => clock.nowMs) }
}

test('allows as many requests at once as per minute, and not one more', () => {
  const { limiter } = createLimiter(3)
  const verdicts = [1, 2, 3, 4].map(() => limiter.take('a'))
  expect(verdicts.map(({ isAllowed, remaining }) => [isAllowed, remaining])).toEqual([
    [true, 2],
    [true, 1],
    [true, 0],
    [false, 0],
  ])
  expect(verdicts[3]).toMatchObject({ limit: 3, retryAfterSeconds: 20, resetSeconds: 60 })
})

test('gives back one after another over the minute', () => {
  const { clock, limiter } = createLimiter(3)
  for (let at = 0; at < 3; at += 1) limiter.take('a')
  clock.nowMs = 19_999
  expect(limiter.take('a').isAllowed).toBe(false)
  clock.nowMs = 20_000
  expect(limiter.take('a').isAllowed).toBe(true)
  expect(limiter.take('a').isAllowed).toBe(false)
})

test('a bucket is never more than full', () => {
  const { clock, limiter } = createLimiter(2)
  limiter.take('a')
  clock.nowMs = 10 * 60_000
  expect([1, 2, 3].map(() => limiter.take('a').isAllowed)).toEqual([true, true, false])
})

test('a clock that goes back takes nothing away', () => {
  const { clock, limiter } = createLimiter(2)
  clock.nowMs = 60_000
  limiter.take('a')
  clock.nowMs = 0
  expect(limiter.take('a').isAllowed).toBe(true)
})

test('counts clients apart, and only so many of them', () => {
  const { limiter } = createLimiter(1)
  expect(limiter.take('first').isAllowed).toBe(true)
  for (let at = 0; at < countedClientsMax - 1; at += 1) limiter.take(`client ${at}`)
  expect(limiter.take('first').isAllowed).toBe(false)
  limiter.take('one more')
  expect(limiter.take('first').isAllowed).toBe(true)
})
