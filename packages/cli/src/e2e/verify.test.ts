/** `ddb verify`. */

import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openEngine } from '@dendrodb/engine'
import { expect, test } from 'vitest'
import { runDdb, sharedFolder, startServer, temporaryFolder } from '../testing/run-ddb.ts'

/** 500 records in the database `main`, opened twice so that they lie in a sorted file. */
const folderWithRecords = sharedFolder(async (cwd) => {
  const path = join(cwd, 'ddb-data')
  const engine = await openEngine({ path })
  const main = await engine.database('main')
  await main.query('FOR $i IN 1..=500 { CREATE type::record("item", $i) SET text = "number " + <string> $i }')
  await engine.close()
  const again = await openEngine({ path })
  await again.database('main')
  await again.close()
})

function storeFolder(cwd: string): string {
  const database = join(cwd, 'ddb-data', 'databases', 'main')
  const generation = readdirSync(database).find((name) => name.startsWith('gen-'))
  return join(database, generation ?? '')
}

function tableFile(cwd: string): string {
  const folder = storeFolder(cwd)
  return join(folder, readdirSync(folder).find((name) => name.endsWith('.ldb')) ?? '')
}

test('an intact database is exit code 0, with its head and what was checked', async () => {
  const cwd = folderWithRecords()
  const { code, stdout, stderr } = await runDdb(['verify'], { cwd })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toMatch(
    /^intact +main in .*ddb-data\nhead +b2:[0-9a-f]+ \(commit 1\)\nchecked +1,50\d objects in [\d.]+ s\n$/,
  )
})

test('--json is the whole report on one line', async () => {
  const cwd = folderWithRecords()
  const { code, stdout } = await runDdb(['verify', '--json'], { cwd })
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({ database: 'main', isIntact: true, seq: 1, findings: [] })
})

test('a changed byte is exit code 74, and what it broke is named', async () => {
  const cwd = folderWithRecords()
  const file = tableFile(cwd)
  const bytes = readFileSync(file)
  const middle = Math.floor(bytes.length / 2)
  bytes.writeUInt8(bytes.readUInt8(middle) ^ 0xff, middle)
  writeFileSync(file, bytes)
  const { code, stdout, stderr } = await runDdb(['verify'], { cwd })
  expect({ code, stdout }).toEqual({ code: 74, stdout: '' })
  expect(stderr).toMatch(/^error: .+ is damaged: .+/)
  expect(stderr).toContain('restore a backup')
})

test('a store that cannot even be opened is exit code 74', async () => {
  const cwd = folderWithRecords()
  rmSync(tableFile(cwd))
  const { code, stderr } = await runDdb(['verify'], { cwd })
  expect(code).toBe(74)
  expect(stderr).toMatch(/^error: .+ is damaged/)
})

test('a folder or a database that is not there is exit code 66, and is not made', async () => {
  const cwd = folderWithRecords()
  const before = readdirSync(join(cwd, 'ddb-data', 'databases'))
  const folder = await runDdb(['verify', '--data', 'nowhere'], { cwd })
  expect(folder.code).toBe(66)
  expect(folder.stderr).toContain('CLI_DATA_MISSING')
  const database = await runDdb(['verify', '-d', 'mian'], { cwd })
  expect(database.code).toBe(66)
  expect(database.stderr).toContain('did you mean main?')
  expect(readdirSync(cwd)).not.toContain('nowhere')
  expect(readdirSync(join(cwd, 'ddb-data', 'databases'))).toEqual(before)
})

test('a folder that a server has open is exit code 69', async () => {
  const cwd = temporaryFolder()
  await startServer({ cwd })
  const { code, stderr } = await runDdb(['verify'], { cwd })
  expect(code).toBe(69)
  expect(stderr).toContain('STORAGE_LOCKED')
})
