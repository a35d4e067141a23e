import { RecordId, type Value } from '@dendrodb/protocol'
import { describe, expect, test } from 'vitest'
import { collectingStream } from '../output/testing/collecting-stream.ts'
import { formatMs, type ResultFormat, ResultView, type ResultViewOptions } from './result-view.ts'

const rows = [{ id: new RecordId('user', 1), name: 'Ann', note: undefined }]

async function shown(
  value: Value,
  options: Partial<ResultViewOptions> & { keyword?: string; columns?: number } = {},
) {
  const stdout = collectingStream(options.columns)
  const view = new ResultView({ stdout, format: 'table', showsTiming: false, saysOk: false, ...options })
  await view.show({ value, timeMs: 1.234 }, { keyword: options.keyword ?? 'SELECT', fields: [] })
  return stdout.text
}

describe('as a table', () => {
  test('rows, and how many', async () => {
    expect(await shown(rows)).toBe(
      'id     │ name │ note\n───────┼──────┼─────\nuser:1 │ Ann  │ NONE\n1 row\n',
    )
    expect(await shown([])).toBe('0 rows\n')
  })

  test('with the time when it is wanted', async () => {
    expect(await shown([], { showsTiming: true })).toBe('0 rows in 1.2 ms\n')
    expect(await shown(42, { showsTiming: true })).toBe('42\nin 1.2 ms\n')
  })

  test('what is no list of rows as a literal', async () => {
    expect(await shown('text')).toBe("'text'\n")
    expect(await shown({ a: 1 })).toBe('{ a: 1 }\n')
    expect(await shown([{ a: 1 }, 2])).toBe('[{ a: 1 }, 2]\n')
    expect(await shown([rows])).toBe("[[{ id: user:1, name: 'Ann', note: NONE }]]\n")
  })

  test('a plan as a tree', async () => {
    expect(await shown({ operator: 'scan', inputs: [] }, { keyword: 'EXPLAIN' })).toBe('scan\n')
    expect(await shown({ operator: 'scan', inputs: [] })).toBe("{ inputs: [], operator: 'scan' }\n")
  })

  test('fits the terminal', async () => {
    const text = await shown([{ a: 'x'.repeat(300), b: 'y'.repeat(300) }], { columns: 50 })
    expect(text.split('\n')[2]).toBe(`${'x'.repeat(22)}… │ ${'y'.repeat(23)}…`)
  })
})

test('a terminal that does not know its width is taken for one of 80 columns', async () => {
  const text = await shown([{ a: 'x'.repeat(300) }], { columns: 0 })
  expect(text.split('\n')[2]).toHaveLength(80)
})

describe('for programs', () => {
  test('JSON is a line per result', async () => {
    expect(await shown(rows, { format: 'json' })).toBe('[{"id":"user:1","name":"Ann"}]\n')
  })

  test('DQL is a line per result and keeps the types', async () => {
    expect(await shown(rows, { format: 'dql' })).toBe("[{ id: user:1, name: 'Ann', note: NONE }]\n")
  })

  test.each<ResultFormat>(['json', 'dql', 'table'])(
    'as %s, a statement without a result prints nothing',
    async (format) => {
      for (const keyword of ['LET', 'USE', 'DEFINE']) {
        expect(await shown(undefined, { format, keyword })).toBe('')
        expect(await shown(null, { format, keyword })).toBe('')
      }
      expect(await shown(undefined, { format, keyword: 'RETURN' })).not.toBe('')
    },
  )
})

describe('on a terminal', () => {
  test('a statement without a result says ok when asked to', async () => {
    expect(await shown(undefined, { keyword: 'LET', saysOk: true })).toBe('ok\n')
  })

  test('data cannot steer the terminal, whatever the format', async () => {
    const value = [{ a: 'x\u001b[2J\u202ey' }]
    for (const format of ['json', 'dql', 'table'] as const) {
      expect(await shown(value, { format, columns: 80 })).not.toMatch(/\p{Cc}(?<!\n)|\u202e/u)
    }
  })

  test('a long literal has a line per element', async () => {
    expect(await shown([1000, 2000, 3000], { format: 'dql', columns: 12 })).toBe(
      '[\n  1000,\n  2000,\n  3000\n]\n',
    )
  })
})

test.each([
  [0.12345, '0.12 ms'],
  [1.25, '1.3 ms'],
  [9.99, '10 ms'],
  [12.5, '13 ms'],
  [999, '999 ms'],
  [2345, '2.3 s'],
])('%d is printed as %s', (ms, text) => {
  expect(formatMs(ms)).toBe(text)
})
