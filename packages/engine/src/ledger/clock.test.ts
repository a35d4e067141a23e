import { afterEach, expect, test, vi } from 'vitest'
import { WallClock } from './clock.ts'

afterEach(() => vi.restoreAllMocks())

/** Milliseconds of the system's clock, and of the one that only runs forward. */
function setClocks(wallMs: number, steadyMs: number): void {
  vi.spyOn(Date, 'now').mockReturnValue(wallMs)
  vi.spyOn(performance, 'now').mockReturnValue(steadyMs)
}

test('counts microseconds within a millisecond of the system', () => {
  const clock = new WallClock()
  setClocks(1_000, 50)
  expect(clock.nowMicros()).toBe(1_000_000)
  setClocks(1_000, 50.25)
  expect(clock.nowMicros()).toBe(1_000_250)
  setClocks(1_001, 51.5)
  expect(clock.nowMicros()).toBe(1_001_500)
})

test.each([
  ['forward', 9_000],
  ['backward', 400],
])('follows the system when it jumps %s', (_, wallMs) => {
  const clock = new WallClock()
  setClocks(5_000, 10)
  clock.nowMicros()
  setClocks(wallMs, 11)
  expect(clock.nowMicros()).toBe(wallMs * 1_000)
  setClocks(wallMs, 11.5)
  expect(clock.nowMicros()).toBe(wallMs * 1_000 + 500)
})

test('stays within the millisecond of the system when the two clocks drift apart', () => {
  const clock = new WallClock()
  for (let step = 0; step < 1_000; step += 1) {
    const wallMs = 1_000 + step
    setClocks(wallMs, step * 1.01)
    const micros = clock.nowMicros()
    expect(micros).toBeGreaterThanOrEqual(wallMs * 1_000)
    expect(micros).toBeLessThan((wallMs + 1) * 1_000)
  }
})
