/** Each rule of the house style on the smallest text that keeps it and on one that breaks it. */
import { describe, expect, test } from 'vitest'
import { styleProblems } from './check-style.mjs'
import { wrapComments } from './wrap-comments.mjs'

const comment = '/**\n * Why this file exists.\n */\n'
const file = 'packages/engine/src/part.ts'

describe('check-style', () => {
  test('a file that keeps every rule', () => {
    expect(styleProblems(file, `${comment}export const it = 1\n`)).toEqual([])
  })

  test('600 lines pass and 601 do not', () => {
    const lines = (count: number) => comment + 'it()\n'.repeat(count - 3)
    expect(styleProblems(file, lines(600))).toEqual([])
    expect(styleProblems(file, lines(601))).toEqual([expect.stringContaining('longer than 600 lines')])
  })

  test('110 columns pass and 111 do not', () => {
    const line = (count: number) => `${comment}// ${'ab '.repeat(40).slice(0, count - 3)}\n`
    expect(styleProblems(file, line(110))).toEqual([])
    expect(styleProblems(file, line(111))).toEqual([expect.stringContaining(`${file}:4: 111 columns`)])
  })

  test('a line that nobody can break passes', () => {
    const long = 'word '.repeat(30)
    expect(styleProblems(file, `${comment}const vector = '${'0'.repeat(200)}'\n`)).toEqual([])
    expect(styleProblems(file, `${comment}  NAME: { message: '${long}' },\n`)).toEqual([])
    expect(styleProblems(file, `${comment}it('${long}', then, ${'more, '.repeat(10)})\n`)).toHaveLength(1)
  })

  test.each(['TO' + 'DO', 'FIX' + 'ME'])('a leftover %s', (word) => {
    expect(styleProblems(file, `${comment}// ${word} later\n`)).toHaveLength(1)
  })

  test.each(['data-manager.ts', 'helper.ts', 'string-utils.ts', 'camelCase.ts'])(
    'the file name %s',
    (name) => {
      expect(styleProblems(`packages/engine/src/${name}`, comment)).toHaveLength(1)
    },
  )

  test('a source without a module comment; a test needs none', () => {
    expect(styleProblems(file, 'export const it = 1\n')).toHaveLength(1)
    expect(styleProblems('packages/engine/src/part.test.ts', "import 'vitest'\n")).toEqual([])
  })
})

describe('wrap-comments', () => {
  const words = (count: number) => 'word '.repeat(count).trim()

  test('moves what is too wide to a sentence that goes on, and to a line of its own before a new one', () => {
    expect(wrapComments(`/**\n * ${words(24)}\n * goes on.\n */`)).toBe(
      `/**\n * ${words(21)}\n * ${words(3)} goes on.\n */`,
    )
    expect(wrapComments(`/**\n * ${words(24)}.\n * New.\n */`)).toBe(
      `/**\n * ${words(21)}\n * ${words(3)}.\n * New.\n */`,
    )
  })

  test('opens a one-line block, and hangs an item', () => {
    expect(wrapComments(`  /** ${words(24)} */`)).toBe(`  /**\n   * ${words(21)}\n   * ${words(3)}\n   */`)
    expect(wrapComments(` * - ${words(24)}`)).toBe(` * - ${words(21)}\n *   ${words(3)}`)
  })

  test('leaves code, tables and what fits', () => {
    const text = `const a = '${words(30)}'\n * | ${words(15)} | ${words(15)} |\n // ${words(5)}\n`
    expect(wrapComments(text)).toBe(text)
  })
})
