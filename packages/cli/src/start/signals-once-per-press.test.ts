import { EventEmitter } from 'node:events'
import { expect, onTestFinished, test, vi } from 'vitest'
import { echoMsMax, signalsOncePerPress } from './signals-once-per-press.ts'

function source() {
  const emitter = new EventEmitter()
  const exits: number[] = []
  const process = Object.assign(emitter, {
    exit: (code: number) => {
      exits.push(code)
    },
  })
  let nowMs = 0
  const signals = signalsOncePerPress(process, () => nowMs)
  const received: string[] = []
  const listener = () => {
    received.push('signal')
  }
  signals.on('SIGINT', listener)
  signals.on('SIGTERM', listener)
  const press = (signal: string, atMs: number) => {
    nowMs = atMs
    emitter.emit(signal)
  }
  return { press, received, exits, signals, listener, emitter }
}

test('takes the same signal, sent again by a parent process, for one', () => {
  const { press, received } = source()
  press('SIGINT', 0)
  press('SIGINT', echoMsMax - 1)
  expect(received).toHaveLength(1)
})

test('takes another signal that follows at once for the same press', () => {
  const { press, received } = source()
  press('SIGINT', 0)
  press('SIGTERM', 10)
  expect(received).toHaveLength(1)
})

test('passes a second press on', () => {
  const { press, received } = source()
  press('SIGINT', 0)
  press('SIGINT', echoMsMax)
  expect(received).toHaveLength(2)
})

test('echoes do not keep a real second press waiting for ever', () => {
  const { press, received } = source()
  press('SIGINT', 0)
  press('SIGINT', echoMsMax - 1)
  press('SIGINT', echoMsMax + 1)
  expect(received).toHaveLength(2)
})

test('an echo that comes when the listeners have gone still does no harm', () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const { press, received, signals, listener, emitter } = source()
  press('SIGTERM', 0)
  signals.off('SIGTERM', listener)
  expect(emitter.listenerCount('SIGTERM')).toBe(1)
  press('SIGTERM', echoMsMax - 1)
  expect(received).toHaveLength(1)
  vi.advanceTimersByTime(echoMsMax)
  expect(emitter.listenerCount('SIGTERM')).toBe(0)
})

test('takes its listeners back, and passes the exit on', () => {
  const { press, received, signals, listener, emitter, exits } = source()
  signals.off('SIGINT', listener)
  signals.off('SIGTERM', listener)
  press('SIGINT', 0)
  expect(received).toHaveLength(0)
  expect(emitter.listenerCount('SIGINT') + emitter.listenerCount('SIGTERM')).toBe(0)
  signals.exit(130)
  expect(exits).toEqual([130])
})
