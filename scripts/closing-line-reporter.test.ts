import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

const root = path.resolve(import.meta.dirname, '..')
let dir = ''

beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'dendrodb-reporter-'))
  symlinkSync(path.join(root, 'node_modules'), path.join(dir, 'node_modules'))
})

afterEach(() => rmSync(dir, { recursive: true, force: true }))

test('counts what passed, failed and was skipped', () => {
  const body =
    "test('a', () => {})\ntest('b', () => expect(1).toBe(2))\ntest.skip('c', () => {})\ntest.todo('d')"
  expect(run(body)).toEqual({ status: 1, lastLine: '1 passed, 1 failed, 2 skipped' })
})

test('counts a file that cannot be loaded', () => {
  expect(run("throw new Error('no')")).toEqual({ status: 1, lastLine: '0 passed, 1 failed, 0 skipped' })
})

test('counts a hook that fails', () => {
  const body = "describe('x', () => {\nbeforeAll(() => { throw new Error('no') })\ntest('a', () => {})\n})"
  expect(run(body)).toEqual({ status: 1, lastLine: '0 passed, 1 failed, 1 skipped' })
})

test('says 0 failed when the run succeeds', () => {
  expect(run("test('a', () => {})")).toEqual({ status: 0, lastLine: '1 passed, 0 failed, 0 skipped' })
})

function run(body: string) {
  writeFileSync(
    path.join(dir, 'some.test.ts'),
    `import { beforeAll, describe, expect, test } from 'vitest'\nvoid [beforeAll, describe, expect]\n${body}\n`,
  )
  const reporter = path.join(import.meta.dirname, 'closing-line-reporter.ts')
  writeFileSync(
    path.join(dir, 'vitest.config.ts'),
    `import { ClosingLineReporter } from '${reporter}'
     export default { test: { reporters: ['default', new ClosingLineReporter()] } }`,
  )
  const vitest = path.join(root, 'node_modules/vitest/vitest.mjs')
  const { status, stdout } = spawnSync(process.execPath, [vitest, 'run', '--root', dir], { encoding: 'utf8' })
  return { status, lastLine: stdout.trimEnd().split('\n').at(-1) }
}
