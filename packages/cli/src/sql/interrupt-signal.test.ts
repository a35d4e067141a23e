import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { interruptSignal } from './interrupt-signal.ts'

test('the first Ctrl-C cancels, the second ends the process, and none counts after the release', () => {
  const exits: number[] = []
  const source = Object.assign(new EventEmitter(), { exit: (code: number) => exits.push(code) })
  const { signal, release } = interruptSignal(source)
  source.emit('SIGINT')
  expect([signal.aborted, exits]).toEqual([true, []])
  source.emit('SIGINT')
  expect(exits).toEqual([130])
  release()
  expect(source.listenerCount('SIGINT')).toBe(0)
})
