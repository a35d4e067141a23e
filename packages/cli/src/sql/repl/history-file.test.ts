import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { historyEntriesMax, historyEntryCharsMax } from '../limits.ts'
import { HistoryFile } from './history-file.ts'

let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ddb-history-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
})

test('is made in a folder that may be missing, readable for its owner alone', () => {
  const path = join(folder, 'a', 'b', 'history')
  const history = HistoryFile.open(path)
  history.append('RETURN 1;')
  expect(statSync(path).mode & 0o777).toBe(0o600)
  expect(HistoryFile.open(path).entries).toEqual(['RETURN 1;'])
})

test('is closed to others when it was open to them', () => {
  const path = join(folder, 'history')
  writeFileSync(path, 'RETURN 1;\n')
  chmodSync(path, 0o644)
  HistoryFile.open(path)
  expect(statSync(path).mode & 0o777).toBe(0o600)
})

test('two prompts at once lose nothing', () => {
  const path = join(folder, 'history')
  const [one, two] = [HistoryFile.open(path), HistoryFile.open(path)]
  one.append('a')
  two.append('b')
  one.append('c')
  expect(HistoryFile.open(path).entries).toEqual(['a', 'b', 'c'])
})

test('keeps as many entries as the bound says, the newest ones', () => {
  const path = join(folder, 'history')
  const lines = Array.from({ length: historyEntriesMax }, (_, at) => `line ${at}`)
  writeFileSync(path, lines.map((line) => `${line}\n`).join(''))
  expect(HistoryFile.open(path).entries).toEqual(lines)
  HistoryFile.open(path).append('one more')
  expect(HistoryFile.open(path).entries).toEqual([...lines.slice(1), 'one more'])
  expect(readFileSync(path, 'utf8').split('\n')).toHaveLength(historyEntriesMax + 1)
  expect(readdirSync(folder)).toEqual(['history'])
})

test('keeps an entry at the bound, and none past it', () => {
  const path = join(folder, 'history')
  const history = HistoryFile.open(path)
  history.append('x'.repeat(historyEntryCharsMax))
  history.append('y'.repeat(historyEntryCharsMax + 1))
  history.append('  ')
  expect(HistoryFile.open(path).entries).toEqual(['x'.repeat(historyEntryCharsMax)])
})

test('an entry is a line, whatever is in it', () => {
  const path = join(folder, 'history')
  HistoryFile.open(path).append('a\nb\r\nc')
  expect(HistoryFile.open(path).entries).toEqual(['a b  c'])
})

test('says why it cannot be kept, and does not fail', () => {
  const file = join(folder, 'file')
  writeFileSync(file, '')
  const history = HistoryFile.open(join(file, 'history'))
  expect(history.problem).toMatch(/ENOTDIR|EEXIST/)
  expect(history.entries).toEqual([])
  history.append('RETURN 1;')
})
