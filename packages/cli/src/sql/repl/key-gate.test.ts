import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { KeyGate } from './key-gate.ts'

function openGate() {
  const source = new PassThrough()
  const gate = new KeyGate(source)
  const got: string[] = []
  gate.keys.on('data', (keys: Buffer) => got.push(keys.toString()))
  const press = (text: string) => source.emit('data', Buffer.from(text))
  return { source, gate, got, press }
}

test('hands keys on a line at a time', () => {
  const { got, press } = openGate()
  press('a\rb\nc\r\nd')
  expect(got).toEqual(['a\r', 'b\n', 'c\r\n', 'd'])
})

test('holds back what comes behind the line that asked for it, and what is typed then', () => {
  const { gate, got, press } = openGate()
  gate.keys.once('data', () => gate.hold(() => {}))
  press('a\rb\r')
  press('c')
  expect(got).toEqual(['a\r'])
  expect(gate.hasMore).toBe(true)
  gate.release()
  expect(got).toEqual(['a\r', 'b\r', 'c'])
  expect(gate.hasMore).toBe(false)
})

test('lets Ctrl-C through at once, and drops what was typed before it', () => {
  const { gate, got, press } = openGate()
  let interrupts = 0
  gate.hold(() => {
    interrupts += 1
  })
  press('abc\r')
  press('def\u0003ghi')
  expect([interrupts, got]).toEqual([1, []])
  gate.release()
  expect(got).toEqual(['ghi'])
  press('\u0003')
  expect([interrupts, got]).toEqual([1, ['ghi', '\u0003']])
})

test('waits while readline has paused it', () => {
  const { gate, got, press } = openGate()
  gate.keys.pause()
  press('a\r')
  expect(got).toEqual([])
  gate.keys.resume()
  expect(got).toEqual(['a\r'])
})

test('a tab is a wish for completion only when nothing comes with it from behind', () => {
  const { got, press } = openGate()
  press('\t')
  press('us\t')
  press('\ta\t\tb')
  expect(got).toEqual(['\t', 'us\t', '  a    b'])
})

test('ends when the source has, and not before everything was handed on', async () => {
  const { source, gate, got } = openGate()
  const order: string[] = []
  gate.keys.on('data', () => order.push('data'))
  gate.keys.on('end', () => order.push('end'))
  gate.hold(() => {})
  source.end('a\rb')
  await new Promise((resolve) => setImmediate(resolve))
  expect(order).toEqual([])
  gate.release()
  expect([order, got]).toEqual([
    ['data', 'data', 'end'],
    ['a\r', 'b'],
  ])
})

test('passes the mode of the terminal on', () => {
  const modes: boolean[] = []
  const source = Object.assign(new PassThrough(), { setRawMode: (mode: boolean) => modes.push(mode) })
  const { keys } = new KeyGate(source)
  ;(keys as unknown as { setRawMode(mode: boolean): void }).setRawMode(true)
  expect(modes).toEqual([true])
})

test('lets go of the source when it is closed', () => {
  const { source, gate, got, press } = openGate()
  gate.close()
  press('a')
  expect(got).toEqual([])
  expect(source.isPaused()).toBe(true)
})
