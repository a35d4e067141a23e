/**
 * `ddb sql` for programs: files, standard input, statements on the command line. The prompt has its own
 * tests.
 */

import { spawn } from 'node:child_process'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { mainFile, runDdb, sharedServer, startDdb, temporaryFolder, unusedUrl } from '../testing/run-ddb.ts'

describe('against a server', () => {
  const server = sharedServer()

  function sql(
    args: readonly string[],
    options: { readonly input?: string; readonly env?: Record<string, string> } = {},
  ) {
    return runDdb(['sql', '--url', server.url, ...args], { cwd: server.cwd, ...options })
  }

  test('runs statements of the command line with the token of the data folder', async () => {
    const { code, stdout, stderr } = await sql([
      '-e',
      "CREATE city:1 SET name = 'Wien', people = 2; SELECT * FROM city",
    ])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/id +│ name +│ people/)
    expect(stdout).toMatch(/city:1 │ Wien │ +2/)
    expect(stdout.match(/1 row/g)).toHaveLength(2)
  })

  test('runs a file', async () => {
    writeFileSync(
      join(server.cwd, 'load.dql'),
      '-- two records\nCREATE f:1;\nCREATE f:2;\nRETURN count(SELECT * FROM f);\n',
    )
    const { code, stdout } = await sql(['load.dql', '--json'])
    expect(code).toBe(0)
    expect(stdout).toBe('[{"id":"f:1"}]\n[{"id":"f:2"}]\n2\n')
  })

  test('runs standard input', async () => {
    const { code, stdout } = await sql(['--format', 'dql'], {
      input: "RETURN [1, 2.5, 'x', d'2026-01-31T00:00:00Z'];",
    })
    expect({ code, stdout }).toEqual({ code: 0, stdout: "[1, 2.5, 'x', d'2026-01-31T00:00:00Z']\n" })
  })

  test('keeps variables and the database from one statement to the next', async () => {
    const { stdout, stderr } = await sql([
      '--json',
      '-e',
      'LET $x = [1, 2h, person:3]; USE DB other; RETURN [$x, $session.db]',
    ])
    expect({ stdout, stderr }).toEqual({ stdout: '[[1,"2h","person:3"],"other"]\n', stderr: '' })
  })

  test('a transaction is one request: all of it, or nothing and the statement that is to blame', async () => {
    const good = await sql([
      '--json',
      '-e',
      'BEGIN; CREATE t:1; CREATE t:2; COMMIT; RETURN count(SELECT * FROM t)',
    ])
    expect(good.code).toBe(0)
    expect(good.stdout.trim().split('\n').at(-1)).toBe('2')
    const bad = await sql(['--json', '-e', 'BEGIN; CREATE t:3; THROW "no"; COMMIT; RETURN 1'])
    expect(bad.code).not.toBe(0)
    expect(bad.stderr).toMatch(/^error: no /)
    const after = await sql(['--json', '-e', 'RETURN count(SELECT * FROM t)'])
    expect(after.stdout).toBe('2\n')
  })

  test('an error of syntax shows the line with a caret, at its place in the file, and ends with 65', async () => {
    writeFileSync(join(server.cwd, 'bad.dql'), 'RETURN 1;\n\nSELECT *\n  FORM city;\nRETURN 2;\n')
    const { code, stdout, stderr } = await sql(['bad.dql'])
    expect({ code, stdout }).toEqual({ code: 65, stdout: '1\n' })
    const [message, line, caret] = stderr.split('\n')
    expect(message).toMatch(/^error: bad\.dql:4:3: .*FORM.*did you mean FROM\?/)
    expect(line?.indexOf('FORM')).toBe(caret?.indexOf('^^^^'))
  })

  test('stops at the first error, or goes on with --continue and tells of it at the end', async () => {
    const statements = 'RETURN 1; THROW "a"; RETURN 2; RETURN x; RETURN 3'
    const stopped = await sql(['--json', '-e', statements])
    expect(stopped.stdout).toBe('1\n')
    expect(stopped.code).toBeGreaterThan(0)
    const all = await sql(['--json', '--continue', '-e', statements])
    expect(all.stdout).toMatch(/^1\n2\n(null\n)?3\n$/)
    expect(all.code).toBe(stopped.code)
  })

  test('signs in with an account, which sees only its own', async () => {
    const account = { email: 'ann@example.com', password: 'correct horse' }
    await fetch(`${server.url}/api/auth/signup`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(account),
    })
    await sql(['-e', 'CREATE secret:1'])
    const env = { DDB_PASSWORD: account.password }
    const own = await sql(
      ['--user', account.email, '--json', '-e', 'CREATE own:1; RETURN count(SELECT * FROM own, secret)'],
      { env },
    )
    expect({ code: own.code, last: own.stdout.trim().split('\n').at(-1) }).toEqual({ code: 0, last: '1' })
    const wrong = await sql(['--user', account.email, '--password', 'wrong horse', '-e', 'RETURN 1'])
    expect(wrong.code).toBe(77)
    expect(wrong.stderr).toMatch(/^error: /)
  })

  test('without a token it says what to give, with exit code 77', async () => {
    const { code, stderr } = await sql(['--data', 'elsewhere', '-e', 'RETURN 1'])
    expect(code).toBe(77)
    expect(stderr).toMatch(/^error: .*--token.*--user.*--data/)
  })

  test('Ctrl-C cancels the statement and ends the script with 130', async () => {
    const running = startDdb(['sql', '--url', server.url, '-e', 'SLEEP 20s; RETURN 1'], { cwd: server.cwd })
    await delay(1500)
    running.child.kill('SIGINT')
    const { code, stdout, stderr } = await running.ended
    expect({ code, stdout }).toEqual({ code: 130, stdout: '' })
    expect(stderr).toMatch(/^error: interrupted/)
  })

  test('a reader that has seen enough ends it quietly', async () => {
    const rows = 'RETURN array::range(0, 200000)'
    const child = spawn(
      '/bin/sh',
      [
        '-c',
        `'${process.execPath}' '${mainFile}' sql --url ${server.url} --format dql -e '${rows}' | head -c 10`,
      ],
      {
        cwd: server.cwd,
        env: { PATH: process.env.PATH, HOME: join(server.cwd, 'home') },
      },
    )
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)])
    expect({ stdout, stderr }).toEqual({ stdout: '[0, 1, 2, ', stderr: '' })
  })
})

describe('embedded', () => {
  test('opens the folder in the process and keeps what is written', async () => {
    const cwd = temporaryFolder()
    const first = await runDdb(['sql', '--embedded', '-e', 'CREATE a:1 SET n = 1'], { cwd })
    expect(first.code).toBe(0)
    const second = await runDdb(['sql', '--embedded', '--json'], { cwd, input: 'SELECT * FROM a' })
    expect({ code: second.code, stdout: second.stdout }).toEqual({
      code: 0,
      stdout: '[{"id":"a:1","n":1}]\n',
    })
  })

  test('in memory nothing is kept and no folder is made', async () => {
    const cwd = temporaryFolder()
    const { code, stdout } = await runDdb(['sql', '--embedded', '--data', ':memory:', '-e', 'RETURN 1 + 1'], {
      cwd,
    })
    expect({ code, stdout }).toEqual({ code: 0, stdout: '2\n' })
    expect(readdirSync(cwd)).toEqual(['home'])
  })

  test('nobody to ask is exit code 69, a file that is not there 66', async () => {
    const cwd = temporaryFolder()
    const nobody = await runDdb(['sql', '--url', await unusedUrl(), '-e', 'RETURN 1'], { cwd })
    expect(nobody.code).toBe(69)
    expect(nobody.stderr).toContain('start one with "ddb start"')
    const file = await runDdb(['sql', 'nowhere.dql', '--embedded', '--data', ':memory:'], { cwd })
    expect(file.code).toBe(66)
    expect(file.stderr).toContain('nowhere.dql')
  })

  test('a server and an embedded engine cannot be asked at once', async () => {
    const { code, stderr } = await runDdb(['sql', '--embedded', '--url', 'http://x', '-e', '1'], {
      cwd: temporaryFolder(),
    })
    expect(code).toBe(64)
    expect(stderr).toContain('--embedded and --url')
  })
})
