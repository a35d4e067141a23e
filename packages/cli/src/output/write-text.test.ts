import { Writable } from 'node:stream'
import { expect, test } from 'vitest'
import { flush, writeLines } from './write-text.ts'

test('waits for a slow reader instead of gathering everything', async () => {
  let isProduced = 0
  let waiting = 0
  const slow = new Writable({
    highWaterMark: 1000,
    write(_chunk, _encoding, done) {
      waiting = Math.max(waiting, slow.writableLength)
      setImmediate(done)
    },
  })
  function* lines() {
    for (let at = 0; at < 10_000; at += 1) {
      isProduced += 1
      yield 'x'.repeat(99)
    }
  }
  await writeLines(slow, lines())
  expect(isProduced).toBe(10_000)
  expect(waiting).toBeLessThan(200_000)
})

test('ends when the reader has gone', async () => {
  const gone = new Writable({ write: (_chunk, _encoding, done) => done() })
  gone.destroy()
  gone.on('error', () => {})
  await writeLines(gone, ['a', 'b'])
})

test('flushing waits for what is on its way, and for nothing where nobody reads', async () => {
  const written: string[] = []
  const slow = new Writable({
    decodeStrings: false,
    write(chunk, _encoding, done) {
      setImmediate(() => {
        written.push(chunk)
        done()
      })
    },
  })
  slow.write('a')
  slow.write('b')
  await flush(slow)
  expect(written.join('')).toBe('ab')
  const gone = new Writable({ write: (_chunk, _encoding, _done) => {} })
  gone.on('error', () => {})
  gone.write('a')
  gone.destroy()
  await flush(gone)
})
