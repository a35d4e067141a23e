/** `ddb export` and `ddb import`, with a server and without. */

import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openEngine } from '@dendrodb/engine'
import { describe, expect, test } from 'vitest'
import { mainFile, runDdb, sharedFolder, sharedServer } from '../testing/run-ddb.ts'

describe('with a server', () => {
  const server = sharedServer()
  const ddb = (...args: string[]) => runDdb(args, { cwd: server.cwd, env: { DDB_URL: server.url } })
  const query = (database: string, text: string) => ddb('sql', '-d', database, '--json', '-e', text)

  test('records go out and in again, and what is another is overwritten only with --yes', async () => {
    await query(
      'shop',
      'DEFINE INDEX n ON item FIELDS n; FOR $i IN 1..=2500 { CREATE type::record("item", $i) SET n = $i }',
    )
    expect(await ddb('export', '-d', 'shop', '-o', 'shop.jsonl')).toMatchObject({
      code: 0,
      stdout: '',
      stderr: '',
    })
    const copied = await ddb('import', 'shop.jsonl', '-d', 'copy', '--json')
    expect(JSON.parse(copied.stdout)).toEqual({ name: 'copy', written: 2500, unchanged: 0 })
    const explained = await query('copy', 'EXPLAIN SELECT * FROM item WHERE n = 7')
    expect(explained.stdout).toContain('scan_index')
    await query('copy', 'UPDATE item:2400 SET n = 0')
    const refused = await ddb('import', 'shop.jsonl', '-d', 'copy')
    expect(refused.code).toBe(75)
    expect(refused.stderr).toMatch(/shop.jsonl, line \d+: the record item:2400 is there already/)
    const { code, stdout } = await ddb('import', 'shop.jsonl', '-d', 'copy', '--yes')
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: 'imported  1 records into copy\nthere     2,499 records were there already\n',
    })
  })

  test('a history becomes a database with the same head, which the server finds', async () => {
    await query('past', 'CREATE item:1 SET n = 1; UPDATE item:1 SET n = 2')
    await ddb('export', '-d', 'past', '--history', '-o', 'past.jsonl')
    const { stdout } = await ddb('import', 'past.jsonl', '-d', 'again')
    const head = /b2:[0-9a-f]{64}/.exec(stdout)?.[0] ?? 'no head'
    expect((await ddb('status', '-d', 'again')).stdout).toContain(head)
    expect((await ddb('status', '-d', 'past')).stdout).toContain(head)
    expect((await query('again', 'SELECT VALUE n FROM item AS OF 1')).stdout).toBe('[1]\n')
  })

  test('an unknown database is exit code 66', async () => {
    expect(await ddb('export', '-d', 'nowhere')).toMatchObject({ code: 66, stdout: '' })
    expect(await ddb('import', 'nowhere.jsonl')).toMatchObject({ code: 66 })
  })
})

describe('without a server', () => {
  const folder = sharedFolder(async (cwd) => {
    const engine = await openEngine({ path: join(cwd, 'ddb-data') })
    await (await engine.database('main')).query(
      "CREATE item:1 SET text = 'gr\u00fc\u00df dich'; DELETE item:1; CREATE item:2",
    )
    await engine.close()
  })

  test('a pipe carries a database to another folder', () => {
    const cwd = folder()
    const ddb = `'${process.execPath}' '${mainFile}'`
    const shell = (command: string) => {
      const env = { PATH: process.env.PATH, HOME: join(cwd, 'home') }
      const options = { cwd, env, encoding: 'utf8' } as const
      return spawnSync('/bin/sh', ['-c', command.replaceAll('ddb ', `${ddb} `)], options)
    }
    const piped = shell('ddb export --data ddb-data | ddb import - --data other')
    expect(piped).toMatchObject({ status: 0, stderr: '' })
    expect(piped.stdout).toContain('1 records into main')
    const history = shell('ddb export --data ddb-data --history | ddb import - --data third')
    expect(history).toMatchObject({ status: 0, stderr: '' })
    expect(shell('ddb sql --data third --json -e "SELECT VALUE text FROM item AS OF 1"').stdout).toBe(
      '["grüß dich"]\n',
    )
    expect(shell('ddb export --data ddb-data --history | ddb import - --data third --json').status).toBe(75)
    expect(shell('ddb export --data ddb-data --history | ddb import - --data third --yes').stdout).toContain(
      'trash',
    )
  })

  test('a file that is broken is refused with its line', async () => {
    const cwd = folder()
    await runDdb(['export', '--data', 'ddb-data', '-o', 'f'], { cwd })
    const lines = readFileSync(join(cwd, 'f'), 'utf8').split('\n')
    writeFileSync(join(cwd, 'f'), lines.toSpliced(2, 0, '{"record":5}').join('\n'))
    const { code, stderr } = await runDdb(['import', 'f', '--data', 'ddb-data', '-d', 'x'], { cwd })
    expect(code).toBe(64)
    expect(stderr).toContain('f, line 3: it is neither a record nor a definition')
    expect((await runDdb(['import'], { cwd })).stderr).toContain('CLI_OPERAND_MISSING')
  })
})
