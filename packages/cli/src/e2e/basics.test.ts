/** The command as a whole: help, versions, slips. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { commands } from '../commands/commands.ts'
import { runDdb, temporaryFolder } from '../testing/run-ddb.ts'
import { version } from '../version.ts'

test.each([['version'], ['--version'], ['-v']])('ddb %s prints the version', async (word) => {
  const { code, stdout, stderr } = await runDdb([word], { cwd: temporaryFolder() })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toMatch(RegExp(`^ddb ${version.replaceAll('.', '\\.')} \\(node \\d`))
})

test.each([[[]], [['help']], [['--help']], [['-h']]])('ddb %j lists the commands', async (args) => {
  const { code, stdout } = await runDdb(args, { cwd: temporaryFolder() })
  expect(code).toBe(0)
  for (const { name, summary } of commands) expect(stdout).toMatch(RegExp(`${name} +${summary}`))
})

test.each(commands.map(({ name }) => name))('ddb %s --help and ddb help %s say the same', async (name) => {
  const cwd = temporaryFolder()
  const [byOption, byCommand] = await Promise.all([
    runDdb([name, '--help'], { cwd }),
    runDdb(['help', name], { cwd }),
  ])
  expect(byOption.code).toBe(0)
  expect(byOption.stdout).toContain(`Usage: ddb ${name}`)
  expect(byCommand.stdout).toBe(byOption.stdout)
})

test.each([
  [['strat'], 'did you mean "ddb start"?'],
  [['help', 'strat'], 'did you mean "ddb start"?'],
  [['sql', '--databse', 'x'], 'did you mean --database?'],
  [['start', '--prot', '1'], 'did you mean --port?'],
  [['start', '--log-level', 'loud'], 'log_level must be one of'],
  [['start', 'here'], '"here"'],
  [['status', 'here'], '"here"'],
  [['verify', '--data'], '--data DIR'],
  [['status', '--url', 'nowhere'], '--url must be'],
] as const)('ddb %j is refused with exit code 64: %s', async (args, part) => {
  const { code, stdout, stderr } = await runDdb(args, { cwd: temporaryFolder() })
  expect({ code, stdout }).toEqual({ code: 64, stdout: '' })
  expect(stderr.split('\n').filter((line) => line !== '')).toHaveLength(1)
  expect(stderr).toMatch(/^error: /)
  expect(stderr).toContain(part)
})

async function importsOf(args: readonly string[]): Promise<readonly string[]> {
  const cwd = temporaryFolder()
  const file = join(cwd, 'imports')
  const hook = new URL('../testing/log-imports.ts', import.meta.url).href
  await runDdb(args, { cwd, env: { DDB_IMPORTS_FILE: file }, nodeOptions: ['--import', hook] })
  return readFileSync(file, 'utf8').split('\n')
}

test('ddb version loads nothing but the command line', async () => {
  const loaded = await importsOf(['version'])
  expect(loaded.filter((url) => url.includes('/cli/src/'))).not.toEqual([])
  expect(
    loaded.filter((url) =>
      /node_modules|packages\/(protocol|engine|server)|\/cli\/src\/(sql|start)\//.test(url),
    ),
  ).toEqual([])
})

test('ddb start loads no prompt, and ddb sql no server', async () => {
  // A port that nobody may take ends it before it listens.
  const start = await importsOf(['start', '--data', ':memory:', '--host', '203.0.113.1'])
  expect(start.filter((url) => url.includes('/server/src/open-server.ts'))).toHaveLength(1)
  expect(start.filter((url) => url.includes('/cli/src/sql/'))).toEqual([])
  const sql = await importsOf(['sql', '--url', 'http://127.0.0.1:1', '-e', 'RETURN 1'])
  expect(sql.filter((url) => url.includes('/cli/src/sql/'))).not.toEqual([])
  expect(sql.filter((url) => /packages\/(server|engine)|\/sql\/repl\//.test(url))).toEqual([])
})
