import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { messageProblems } from './commit-message.mjs'

const script = path.join(import.meta.dirname, 'commit-message.mjs')

test.each([
  'feat: take a snapshot',
  'fix(ledger): keep the head when a batch fails\n\nThe group is dropped whole.',
  'perf(query/execute): read keys in batches',
  'feat(protocol)!: encode sets with a tag\n\nBREAKING CHANGE: read old files with 0.1 first.',
  'docs: add a tour\n\nhttps://example.org/a-very-long-address/that-nobody-can-break/because-it-is-one-word-of-more-than-100\n',
  "Merge branch 'main'",
  'fixup! feat: take a snapshot',
  '\n# comment of git\nfix: forget nothing\n# Please enter the commit message\n# ---- >8 ----\ndiff: no\n',
])('passes: %j', (message) => {
  expect(messageProblems(message)).toEqual([])
})

test.each([
  ['update things', /write it as/],
  ['feat:no space', /write it as/],
  ['feature: a thing', /is no type/],
  ['feat(The Ledger): a thing', /scope/],
  ['feat: A thing', /small letter/],
  ['feat: a thing.', /full stop/],
  ['feat: a thing\nat once', /empty line/],
  [`feat: a thing\n\n${'many words '.repeat(10)}`, /100 columns/],
  ['feat!: a thing', /BREAKING CHANGE/],
  ['', /write it as/],
])('refuses: %j', (message, problem) => {
  expect(messageProblems(message)).toEqual([expect.stringMatching(problem)])
})

test('a first line of 72 characters passes and one of 73 does not', () => {
  expect(messageProblems(`feat: ${'a'.repeat(66)}`)).toEqual([])
  expect(messageProblems(`feat: ${'a'.repeat(67)}`)).toHaveLength(1)
})

test('as a hook: git takes a good message and refuses a bad one', () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'dendrodb-commit-'))
  try {
    const git = (...args: readonly string[]) => spawnSync('git', args, { cwd: dir, encoding: 'utf8' })
    git('init', '--quiet')
    git('config', 'user.name', 'test')
    git('config', 'user.email', 'test@example.org')
    git('config', 'core.hooksPath', path.join(import.meta.dirname, 'git-hooks'))
    const commit = (message: string) => git('commit', '--allow-empty', '--message', message)
    expect(commit('feat: begin').status).toBe(0)
    const refused = commit('Begin.')
    expect(refused.status).not.toBe(0)
    expect(refused.stderr).toContain('CONTRIBUTING.md')
    git('commit', '--allow-empty', '--no-verify', '--message', 'Begin.')
    expect(spawnSync(process.execPath, [script, '--range', 'HEAD'], { cwd: dir }).status).toBe(1)
    expect(
      execFileSync(process.execPath, [script, '--range', 'HEAD~1'], { cwd: dir, encoding: 'utf8' }),
    ).toBe('')
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
})

test('without a file the usage is printed', () => {
  expect(spawnSync(process.execPath, [script]).status).toBe(2)
})
