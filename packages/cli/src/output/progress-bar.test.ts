import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { ProgressBar, progressLine } from './progress-bar.ts'

test.each([
  [0, 10, 0, '0 %'],
  [5, 10, 15, '50 %'],
  [10, 10, 30, '100 %'],
  [12, 10, 30, '100 %'],
  [0, 0, 30, '100 %'],
])('%d of %d is a bar of %d and %s', (done, total, full, percent) => {
  const line = progressLine({ phase: 'chain', done, total })
  expect(line.match(/█/g)?.length ?? 0).toBe(full)
  expect(line.match(/[█░]/g)).toHaveLength(30)
  expect(line).toContain(percent)
})

test('counts are grouped, so that they can be read', () => {
  expect(progressLine({ phase: 'records', done: 1_234_567, total: 2_000_000 })).toContain(
    '1,234,567 of 2,000,000',
  )
})

test('a bar is drawn over itself and leaves nothing behind', () => {
  const terminal = Object.assign(new PassThrough({ encoding: 'utf8' }), { isTTY: true })
  const bar = new ProgressBar(terminal)
  bar.show({ phase: 'chain', done: 1, total: 2 })
  const drawn = String(terminal.read())
  expect(drawn.startsWith('\rchain ')).toBe(true)
  expect(drawn.endsWith('\u001b[K')).toBe(true)
  bar.clear()
  expect(terminal.read()).toBe('\r\u001b[K')
  bar.clear()
  expect(terminal.read()).toBeNull()
})

test('what is no terminal gets no bar', () => {
  const file = new PassThrough({ encoding: 'utf8' })
  const bar = new ProgressBar(file)
  bar.show({ phase: 'chain', done: 1, total: 2 })
  bar.clear()
  expect(file.read()).toBeNull()
})

test('work of unknown size shows what is done', () => {
  expect(progressLine({ phase: 'log', done: 12_345, total: undefined })).toBe('log      12,345')
})
