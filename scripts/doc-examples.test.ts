/**
 * The examples of the documentation: what is fenced as `ts run` is run, page by page, and type-checked.
 * The blocks of a page are one program, in the order of the page. What its `console.log(…) // → text` lines
 * promise is what it prints, `…` standing for anything (docs/testing.md#documentation).
 */
import { spawnSync } from 'node:child_process'
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { markdownBlocks } from './testing/markdown-blocks.ts'

interface Program {
  readonly page: string
  readonly code: string
  /** What is promised, line after line. */
  readonly promises: readonly string[]
}

const root = path.resolve(import.meta.dirname, '..')
const programs = globSync(['README.md', 'docs/**/*.md', 'packages/*/README.md'], { cwd: root })
  .sort()
  .map(programOf)
  .filter(({ code }) => code !== '')

let folder = ''

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'dendrodb-examples-'))
  symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'), 'junction')
  writeFileSync(path.join(folder, 'package.json'), '{ "type": "module" }\n')
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('examples', () => {
  test('the library and the README have some', () => {
    expect(programs.map(({ page }) => page)).toEqual(expect.arrayContaining(['README.md', 'docs/library.md']))
  })

  test.each(programs)('$page: run, and print what they promise', ({ page, code, promises }) => {
    const cwd = path.join(folder, path.basename(page, '.md'))
    mkdirSync(cwd)
    const file = path.join(cwd, 'example.ts')
    writeFileSync(file, code)
    const ended = spawnSync(process.execPath, [file], { cwd, encoding: 'utf8', timeout: 20_000 })
    expect(ended.stderr).toBe('')
    expect(ended.status).toBe(0)
    expect(oneLine(ended.stdout)).toMatch(promisePattern(promises))
  })

  test('have the types that they use', () => {
    const files = programs.map(({ page, code }) => {
      const file = path.join(folder, `${path.basename(page, '.md').toLowerCase()}-types.ts`)
      writeFileSync(file, code)
      return file
    })
    const config = { extends: path.join(root, 'tsconfig.json'), files, include: [], exclude: [] }
    writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify(config))
    const tsc = path.join(root, 'node_modules/typescript/bin/tsc')
    const ended = spawnSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8', timeout: 60_000 })
    expect(ended.stdout.split('\n').filter((line) => /-types\.ts/.test(line))).toEqual([])
  })
})

function programOf(page: string): Program {
  const blocks = markdownBlocks(readFileSync(path.join(root, page), 'utf8'))
  const code = blocks
    .filter(({ language, marks }) => language === 'ts' && marks.includes('run'))
    .map(({ text }) => `${text}\n`)
    .join('\n')
  const promises = [...code.matchAll(/^\s*console\.log\(.*\) \/\/ → (.*)$/gm)].map(([, text = '']) => text)
  return { page, code, promises }
}

function promisePattern(promises: readonly string[]): RegExp {
  const escaped = promises.map((text) =>
    oneLine(text)
      .replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
      .replaceAll('…', '.*'),
  )
  return new RegExp(`^${escaped.join(' ')}$`)
}

/** Objects are printed on one line or several, depending on their length. */
function oneLine(text: string): string {
  return text.trim().replace(/\s+/g, ' ')
}
