import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { needMasterKey, readMasterKey, readNewMasterKey } from './master-key.ts'

const key = 'aB'.repeat(32)

function keyFile(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'ddb-key-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'tmk'), text)
  return join(folder, 'tmk')
}

test('a key is read from a variable, or from the file that one names', () => {
  const bytes = Buffer.from(key, 'hex')
  const file = keyFile(`${key}\n`)
  for (const env of [{ DDB_TMK: key }, { NEDB_TMK: key }, { DDB_TMK_FILE: file }, { NEDB_TMK_FILE: file }]) {
    expect(readMasterKey({ env })).toEqual(bytes)
    expect(readNewMasterKey({ env })).toBeUndefined()
  }
  for (const env of [{ DDB_TMK_NEW: key }, { DDB_TMK_NEW_FILE: file }]) {
    expect(readNewMasterKey({ env })).toEqual(bytes)
    expect(readMasterKey({ env })).toBeUndefined()
  }
  expect(readMasterKey({ env: { DDB_TMK: '' } })).toBeUndefined()
})

test.each([
  [{}, 'CLI_MASTER_KEY_MISSING'],
  [{ DDB_TMK: 'abc' }, 'CLI_OPTION_VALUE'],
  [{ DDB_TMK: `${key}0` }, 'CLI_OPTION_VALUE'],
  [{ DDB_TMK: key, DDB_TMK_FILE: 'tmk' }, 'CLI_OPTIONS_CLASH'],
  [{ DDB_TMK_FILE: '/nowhere' }, 'CLI_FILE_UNREADABLE'],
])('%o is refused with %s, and not shown', (env, code) => {
  expect(() => needMasterKey({ env })).toThrow(expect.objectContaining({ code }))
  expect(() => needMasterKey({ env })).not.toThrow(key)
})

test('a file without a key is refused, and not shown', () => {
  const env = { DDB_TMK_FILE: keyFile('the wrong file') }
  expect(() => needMasterKey({ env })).toThrow(expect.objectContaining({ code: 'CLI_OPTION_VALUE' }))
  expect(() => needMasterKey({ env })).not.toThrow('wrong')
})
