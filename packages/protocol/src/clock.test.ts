import { afterEach, expect, test, vi } from 'vitest'
import { nowMicros } from './clock.ts'
import { Datetime } from './datetime.ts'

afterEach(() => vi.restoreAllMocks())

/** Milliseconds of the system's clock, and of the one that only runs forward. */
function setClocks(wallMs: number, steadyMs: number): void {
  vi.spyOn(Date, 'now').mockReturnValue(wallMs)
  vi.spyOn(performance, 'now').mockReturnValue(steadyMs)
}

test('counts microseconds within a millisecond of the system', () => {
  setClocks(1_000, 50)
  expect(nowMicros()).toBe(1_000_000)
  setClocks(1_000, 50.25)
  expect(nowMicros()).toBe(1_000_250)
  setClocks(1_001, 51.5)
  expect(nowMicros()).toBe(1_001_500)
})

test.each([
  ['forward', 9_000],
  ['backward', 400],
])('follows the system when it jumps %s', (_, wallMs) => {
  setClocks(5_000, 10)
  nowMicros()
  setClocks(wallMs, 11)
  expect(nowMicros()).toBe(wallMs * 1_000)
  setClocks(wallMs, 11.5)
  expect(nowMicros()).toBe(wallMs * 1_000 + 500)
})

test('stays within the millisecond of the system when the two clocks drift apart', () => {
  for (let step = 0; step < 1_000; step += 1) {
    const wallMs = 1_000 + step
    setClocks(wallMs, step * 1.01)
    const micros = nowMicros()
    expect(micros).toBeGreaterThanOrEqual(wallMs * 1_000)
    expect(micros).toBeLessThan((wallMs + 1) * 1_000)
  }
})

test('is the clock of the present instant', () => {
  setClocks(7_000, 20)
  nowMicros()
  setClocks(7_000, 20.75)
  expect(Datetime.now().epochNanos()).toBe(7_000_750_000n)
  expect(nowMicros()).toBe(7_000_750)
})
