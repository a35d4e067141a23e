/** `ddb backup` and `ddb restore`, with a server and without. */

import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openEngine } from '@dendrodb/engine'
import { describe, expect, test } from 'vitest'
import {
  mainFile,
  runDdb,
  sharedFolder,
  sharedServer,
  startDdb,
  temporaryFolder,
  unusedUrl,
} from '../testing/run-ddb.ts'

const tmk = 'ab'.repeat(32)

async function rowsOf(cwd: string, database: string): Promise<unknown> {
  const { stdout } = await runDdb(
    ['sql', '--data', 'ddb-data', '-d', database, '--json', '-e', 'SELECT VALUE n FROM item ORDER BY n'],
    { cwd },
  )
  return JSON.parse(stdout)
}

describe('with a server', () => {
  const server = sharedServer()
  const ddb = (...args: string[]) => {
    const env = { DDB_URL: server.url }
    return runDdb(args, { cwd: server.cwd, env })
  }
  const query = (text: string) => ddb('sql', '-d', 'shop', '-e', text)

  test('saves, restores beside, and the server finds what was restored', async () => {
    await query('CREATE item:1 SET n = 1')
    const saved = await ddb('backup', '-d', 'shop', '-o', 'full.ddbackup')
    expect(saved).toMatchObject({ code: 0, stderr: '' })
    const lines = saved.stdout.split('\n').map((line) => line.replace(/ +/g, ' '))
    expect(lines).toEqual([
      'saved shop to full.ddbackup',
      expect.stringMatching(/^head b2:[0-9a-f]{64} \(commit 1\)$/),
      expect.stringMatching(/^commits 1 to 1, [\d,]+ bytes$/),
      expect.stringMatching(/^checksum [0-9a-f]{64}$/),
      '',
    ])
    await query('CREATE item:2 SET n = 2')
    const next = await ddb('backup', '-d', 'shop', '--since', 'full.ddbackup', '--json')
    const report = JSON.parse(next.stdout)
    expect(report).toMatchObject({ path: 'shop-0000000001-0000000002.ddbackup', fromSeq: 1, toSeq: 2 })
    const restored = await ddb('restore', 'full.ddbackup', report.path, '--as', 'copy')
    expect(restored).toMatchObject({ code: 0, stderr: '' })
    expect(restored.stdout).toContain(report.head)
    const { stdout } = await ddb('sql', '-d', 'copy', '--json', '-e', 'SELECT VALUE n FROM item')
    expect(JSON.parse(stdout)).toEqual([1, 2])
    expect((await ddb('status', '-d', 'copy')).stdout).toContain(report.head)
  })

  test('saves every database, and the next time only what is new', async () => {
    await query('CREATE item:3 SET n = 3')
    mkdirSync(join(server.cwd, 'all'), { recursive: true })
    await ddb('backup', '--all', '--incremental', '-o', 'all')
    const full = readdirSync(join(server.cwd, 'all'))
    expect(full.filter((name) => /^(main|shop)-0000000000-\d{10}\.ddbackup$/.test(name))).toHaveLength(2)
    await query('CREATE item:4 SET n = 4')
    expect(await ddb('backup', '--all', '--incremental', '-o', 'all')).toMatchObject({ code: 0, stderr: '' })
    const shop = readdirSync(join(server.cwd, 'all')).filter((name) => name.startsWith('shop-'))
    expect(shop).toHaveLength(2)
    const files = shop.sort().map((name) => join('all', name))
    const { stdout } = await ddb('restore', ...files, '--as', 'again', '--json')
    expect(JSON.parse(stdout)).toMatchObject({ name: 'again', seq: 4 })
  })

  test('replaces nothing that is in use', async () => {
    await ddb('backup', '-d', 'shop', '-o', 'now.ddbackup')
    const taken = await ddb('restore', 'now.ddbackup')
    expect(taken).toMatchObject({ code: 75, stdout: '' })
    expect(taken.stderr).toContain('ENGINE_DATABASE_EXISTS')
    const { code, stderr } = await ddb('restore', 'now.ddbackup', '--replace')
    expect({ code, stderr }).toMatchObject({ code: 69, stderr: expect.stringContaining('STORAGE_LOCKED') })
  })

  test('an unknown database, or no token, is said before anything is written', async () => {
    const unknown = await ddb('backup', '-d', 'nowhere')
    expect(unknown).toMatchObject({ code: 66 })
    expect(unknown.stderr).toContain('CLI_DATABASE_UNKNOWN')
    const stranger = await runDdb(['backup'], { cwd: temporaryFolder(), env: { DDB_URL: server.url } })
    expect(stranger).toMatchObject({ code: 77 })
    const nobody = await runDdb(['backup'], { cwd: server.cwd, env: { DDB_URL: await unusedUrl() } })
    expect(nobody).toMatchObject({ code: 69 })
  })
})

describe('without a server', () => {
  const folder = sharedFolder(async (cwd) => {
    const engine = await openEngine({ path: join(cwd, 'ddb-data') })
    const main = await engine.database('main')
    await main.query('CREATE item:1 SET n = 1; CREATE item:2 SET n = 2; DELETE item:1')
    await engine.close()
  })

  test('restores any commit, and replaces a database', async () => {
    const cwd = folder()
    expect(await runDdb(['backup', '--data', 'ddb-data', '-o', 'b'], { cwd })).toMatchObject({
      code: 0,
      stderr: '',
    })
    expect(await runDdb(['restore', 'b', '--to', '2', '--as', 'past'], { cwd })).toMatchObject({ code: 0 })
    expect(await rowsOf(cwd, 'past')).toEqual([1, 2])
    const early = ['restore', 'b', '--to', '2001-01-01T00:00:00Z', '--as', 'old']
    const refused = await runDdb(early, { cwd })
    expect(refused.stderr).toContain('BACKUP_INSTANT_UNKNOWN')
    expect(refused.code).toBe(64)
    expect(readdirSync(join(cwd, 'ddb-data/databases'))).toEqual(['main', 'past'])
    const { stdout, code } = await runDdb(['restore', 'b', '--to', '2', '--replace'], { cwd })
    expect(code).toBe(0)
    const trash = /what was there is in (.*)\n/.exec(stdout)?.[1] ?? ''
    expect(readdirSync(trash)).toContain('CURRENT-GENERATION')
    expect(await rowsOf(cwd, 'main')).toEqual([1, 2])
    const bad = await runDdb(['restore', 'b', '--to', 'yesterday'], { cwd })
    expect(bad).toMatchObject({ code: 64 })
    expect((await runDdb(['restore'], { cwd })).stderr).toContain('CLI_OPERAND_MISSING')
  })

  test('passes through pipes, encrypted under the master key', async () => {
    const cwd = folder()
    const shell = (command: string) => {
      const ddb = `'${process.execPath}' '${mainFile}'`
      return spawnSync('/bin/sh', ['-c', command.replaceAll('ddb ', `${ddb} `)], {
        cwd,
        env: { PATH: process.env.PATH, HOME: join(cwd, 'home'), DDB_TMK: tmk },
      })
    }
    const { status, stderr } = shell(
      'ddb backup --data ddb-data -o - | tee sealed | ddb restore - --data other --as piped',
    )
    const inTheClear = /^warning: the files in .* are in the clear although there is a master key; .*\n$/
    expect({ status, stderr: stderr.toString() }).toEqual({
      status: 0,
      stderr: expect.stringMatching(inTheClear),
    })
    expect(existsSync(join(cwd, 'other', 'databases', 'piped'))).toBe(true)
    expect(readFileSync(join(cwd, 'sealed')).includes('item')).toBe(false)
    const withoutKey = await runDdb(['restore', 'sealed', '--as', 'x'], { cwd })
    expect(withoutKey.stderr).toContain('BACKUP_KEY_MISSING')
    const env = { DDB_TMK: 'nonsense' }
    expect((await runDdb(['restore', 'sealed'], { cwd, env })).stderr).toContain('CLI_OPTION_VALUE')
    expect(shell('ddb backup --data ddb-data --plain -o open').status).toBe(0)
    expect(await runDdb(['restore', 'open', '--as', 'y'], { cwd })).toMatchObject({ code: 0 })
  })

  test('what is damaged or no backup is refused and leaves nothing', async () => {
    const cwd = folder()
    await runDdb(['backup', '--data', 'ddb-data', '-o', 'b'], { cwd })
    const bytes = readFileSync(join(cwd, 'b'))
    writeFileSync(join(cwd, 'cut'), bytes.subarray(0, -1))
    writeFileSync(join(cwd, 'text'), 'SELECT * FROM item')
    expect(await runDdb(['restore', 'cut', '--as', 'x'], { cwd })).toMatchObject({ code: 74 })
    expect(await runDdb(['restore', 'text', '--as', 'x'], { cwd })).toMatchObject({ code: 64 })
    expect(await runDdb(['restore', 'nowhere', '--as', 'x'], { cwd })).toMatchObject({ code: 66 })
    expect(readdirSync(join(cwd, 'ddb-data', 'databases'))).toEqual(['main'])
    expect(readdirSync(cwd).filter((name) => name.includes('partial'))).toEqual([])
  })

  test.each([
    [['--all', '-d', 'main'], 'CLI_OPTIONS_CLASH'],
    [['--incremental', '-o', 'nowhere'], 'CLI_OPTION_VALUE'],
    [['-o', 'nowhere/b'], 'STORAGE_FILE_UNWRITABLE'],
    [['-d', 'mian'], 'CLI_DATABASE_MISSING'],
  ])('backup %s fails with %s', async (args, code) => {
    const cwd = folder()
    const { stderr } = await runDdb(['backup', '--data', 'ddb-data', ...args], { cwd })
    expect(stderr).toContain(code)
  })
})

test('Ctrl-C during a restore leaves nothing behind', async () => {
  const cwd = temporaryFolder()
  const engine = await openEngine({ path: join(cwd, 'ddb-data') })
  const main = await engine.database('main')
  await main.query('FOR $i IN 1..=20_000 { CREATE type::record("item", $i) SET n = $i }')
  await main.backup({ path: join(cwd, 'b') })
  await engine.close()
  const running = startDdb(['restore', 'b', '--as', 'copy'], { cwd })
  const folders = () => readdirSync(join(cwd, 'ddb-data', 'databases')).sort()
  while (folders().length < 2) await new Promise((resolve) => setTimeout(resolve, 5))
  running.child.kill('SIGINT')
  const { code, stderr } = await running.ended
  expect({ code, stderr }).toEqual({ code: 130, stderr: expect.stringContaining('CLI_INTERRUPTED') })
  expect(folders()).toEqual(['main'])
})
