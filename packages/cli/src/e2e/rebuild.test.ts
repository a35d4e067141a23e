/** `ddb rebuild`. */

import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openEngine } from '@dendrodb/engine'
import { expect, test } from 'vitest'
import { runDdb, sharedFolder, startServer, temporaryFolder } from '../testing/run-ddb.ts'

const folderWithRecords = sharedFolder(async (cwd) => {
  const path = join(cwd, 'ddb-data')
  const engine = await openEngine({ path })
  const main = await engine.database('main')
  await main.query(
    'FOR $i IN 1..=2000 { CREATE type::record("item", $i) SET text = "number " + <string> $i }',
  )
  await engine.close()
  const again = await openEngine({ path })
  await again.database('main')
  await again.close()
})

function tableFile(cwd: string): string {
  const database = join(cwd, 'ddb-data', 'databases', 'main')
  const generation = readdirSync(database).find((name) => name.startsWith('gen-')) ?? ''
  const files = readdirSync(join(database, generation)).filter((name) => name.endsWith('.ldb'))
  return join(database, generation, files[0] ?? '')
}

/** Breaks a block of the sorted file. */
function breakAt(cwd: string, share: number): void {
  const file = tableFile(cwd)
  const bytes = readFileSync(file)
  const at = Math.floor(bytes.length * share)
  bytes.writeUInt8(bytes.readUInt8(at) ^ 0xff, at)
  writeFileSync(file, bytes)
}

test('an intact database is rebuilt with the same head', async () => {
  const cwd = folderWithRecords()
  const before = JSON.parse((await runDdb(['verify', '--json'], { cwd })).stdout)
  const { code, stdout, stderr } = await runDdb(['rebuild'], { cwd })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toMatch(
    /^rebuilt +main in .*ddb-data\nhead +b2:[0-9a-f]+ \(commit 1\)\nfrom +2,001 versions, verified\n$/,
  )
  const after = JSON.parse((await runDdb(['verify', '--json'], { cwd })).stdout)
  expect(after).toMatchObject({ head: before.head, isIntact: true })
})

test('records in a damaged file come back', async () => {
  const cwd = folderWithRecords()
  // History comes first in the order of keys, then the log, then records.
  breakAt(cwd, 0.1)
  expect((await runDdb(['verify'], { cwd })).code).toBe(74)
  expect(await runDdb(['rebuild'], { cwd })).toMatchObject({ code: 0, stderr: '' })
  expect((await runDdb(['verify'], { cwd })).code).toBe(0)
})

test('a damaged log is exit code 74, and nothing is changed', async () => {
  const cwd = folderWithRecords()
  breakAt(cwd, 0.7)
  const file = tableFile(cwd)
  const { code, stderr } = await runDdb(['rebuild'], { cwd })
  expect(code).toBe(74)
  expect(stderr).toContain('nothing was changed')
  expect(tableFile(cwd)).toBe(file)
})

test('a folder or database that is not there is exit code 66, one that is in use 69', async () => {
  const cwd = temporaryFolder()
  expect((await runDdb(['rebuild'], { cwd })).code).toBe(66)
  await startServer({ cwd })
  const { code, stderr } = await runDdb(['rebuild'], { cwd })
  expect(code).toBe(69)
  expect(stderr).toContain('STORAGE_LOCKED')
  expect((await runDdb(['rebuild', '-d', 'mian'], { cwd })).stderr).toContain('did you mean main?')
})
