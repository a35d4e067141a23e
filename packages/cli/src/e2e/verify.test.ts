/** `ddb verify`. */

import { execFileSync } from 'node:child_process'
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openEngine } from '@dendrodb/engine'
import { expect, test } from 'vitest'
import { programFile } from '../../../../scripts/testing/program-file.ts'
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

const damageValue = new URL('../../../engine/src/testing/damage-value.ts', import.meta.url)
const forgetManifest = new URL('../../../engine/src/testing/forget-manifest.ts', import.meta.url)

/** Runs one of the scripts of the engine's tests on the database `main`. */
function runScript(cwd: string, script: URL, ...args: readonly string[]): void {
  execFileSync(process.execPath, [programFile(script), join(cwd, 'ddb-data'), 'main', ...args])
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

test('a database of an earlier format is left as it is, until something opens it', async () => {
  const cwd = temporaryFolder()
  const earlier = new URL('../../../engine/testdata/format-1/data', import.meta.url)
  cpSync(fileURLToPath(earlier), join(cwd, 'ddb-data'), { recursive: true })
  const files = () => readdirSync(join(cwd, 'ddb-data', 'databases', 'shop'))
  const before = files()
  const { code, stderr } = await runDdb(['verify', '-d', 'shop'], { cwd })
  expect({ code, files: files() }).toEqual({ code: 69, files: before })
  expect(stderr).toContain('LEDGER_FORMAT_TOO_OLD')
  const opened = await runDdb(['sql', '--embedded', '-d', 'shop', '-e', 'SELECT * FROM product:1'], { cwd })
  expect(opened.code).toBe(0)
  expect((await runDdb(['verify', '-d', 'shop'], { cwd })).code).toBe(0)
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

test.each([
  ['4c01', 'commit 1'],
  ['6d', 'the manifest'],
  ['66', 'the format entry'],
])('a damaged value under %s is named in words, and in JSON', async (key, what) => {
  const cwd = folderWithRecords()
  runScript(cwd, damageValue, key)
  const text = await runDdb(['verify'], { cwd })
  expect(text.code).toBe(74)
  expect(text.stderr).toContain(`${what}: its checksum does not match`)
  const json = await runDdb(['verify', '--json'], { cwd })
  const report = JSON.parse(json.stdout)
  expect(report).toMatchObject({ database: 'main', isIntact: false })
  expect(report.findings[0]).toMatchObject({ what, key })
})

test('damage that keeps the database from being opened hides no other damage', async () => {
  const cwd = folderWithRecords()
  runScript(cwd, damageValue, '6d', '4c01', '560103')
  const { findings } = JSON.parse((await runDdb(['verify', '--json'], { cwd })).stdout)
  const words = findings.map(({ what }: { readonly what: string }) => what)
  expect(words).toEqual(['commit 1', 'version 3 of commit 1', 'the manifest'])
})

test('commands on a folder wait for the first scan of a database without a manifest', async () => {
  const cwd = folderWithRecords()
  runScript(cwd, forgetManifest)
  expect(await runDdb(['verify'], { cwd })).toMatchObject({ code: 0, stderr: '' })
  runScript(cwd, forgetManifest)
  const sql = await runDdb(['sql', '--data', 'ddb-data', '-e', 'CREATE item:x SET a = 1'], { cwd })
  expect(sql).toMatchObject({ code: 0, stderr: '' })
})
