/** `ddb start` and `ddb status`. */

import { once } from 'node:events'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, onTestFinished, test } from 'vitest'
import {
  runDdb,
  sharedServer,
  startDdb,
  startServer,
  temporaryFolder,
  unusedUrl,
} from '../testing/run-ddb.ts'
import { version } from '../version.ts'

test('says where it listens, where its data and its token are, and never the token', async () => {
  const cwd = temporaryFolder()
  const server = await startServer({ cwd })
  const tokenFile = join(cwd, 'ddb-data', 'root-token')
  await server.waitForError(/Ctrl-C/)
  expect(server.stderr).toContain(`DendroDB ${version} listens on ${server.url}`)
  expect(server.stderr).toContain(tokenFile)
  expect(server.stderr).toContain(`ddb sql --url ${server.url}`)
  expect(statSync(tokenFile).mode & 0o777).toBe(0o600)
  const token = readFileSync(tokenFile, 'utf8').trim()
  await fetch(`${server.url}/api/auth/me`, { headers: { authorization: `Bearer ${token}` } })
  server.child.kill('SIGTERM')
  const { code, stdout, stderr } = await server.ended
  expect(code).toBe(0)
  expect(token.length).toBeGreaterThan(20)
  expect(stdout + stderr).not.toContain(token)
})

test('what is no terminal gets its log as lines of JSON', async () => {
  const server = await startServer({ cwd: temporaryFolder() })
  await (await fetch(`${server.url}/api/auth/me`)).text()
  server.child.kill('SIGTERM')
  const { stdout } = await server.ended
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(lines.map(({ msg }) => msg)).toContain('listening')
  expect(lines.find(({ msg }) => msg === 'request')).toMatchObject({ path: '/api/auth/me', status: 401 })
})

test.each(['SIGINT', 'SIGTERM'] as const)(
  'stops in order at %s, also when it comes twice at once',
  async (signal) => {
    const server = await startServer({ cwd: temporaryFolder() })
    server.child.kill(signal)
    await delay(20)
    server.child.kill(signal)
    const { code, signal: killedBy } = await server.ended
    expect({ code, killedBy }).toEqual({ code: 0, killedBy: null })
  },
)

test('requests in flight are finished before it stops', async () => {
  const cwd = temporaryFolder()
  const server = await startServer({ cwd })
  const token = readFileSync(join(cwd, 'ddb-data', 'root-token'), 'utf8').trim()
  const request = fetch(`${server.url}/api/query`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ query: 'SLEEP 400ms; RETURN 42' }),
  })
  await delay(200)
  server.child.kill('SIGTERM')
  const answer = (await (await request).json()) as {
    readonly results: readonly { readonly result: unknown }[]
  }
  expect(answer.results.at(-1)?.result).toBe(42)
  expect((await server.ended).code).toBe(0)
})

test('a configuration file can be named', async () => {
  const cwd = temporaryFolder()
  writeFileSync(join(cwd, 'shop.toml'), 'data = "shop"\nport = 0\n')
  const running = startDdb(['start', '--config', 'shop.toml'], { cwd })
  await running.waitForError(/Ctrl-C/)
  expect(running.stderr).toContain(join(cwd, 'shop', 'root-token'))
  const missing = await runDdb(['start'], { cwd, env: { DDB_CONFIG: 'shp.toml' } })
  expect(missing).toMatchObject({ code: 66, stdout: '' })
  expect(missing.stderr).toBe(
    `error: the environment: there is no file ${join(cwd, 'shp.toml')} [CONFIG_FILE_MISSING]\n`,
  )
})

test('a misspelt variable is warned of', async () => {
  const running = startDdb(['start', '--port', '0', '--data', ':memory:'], {
    cwd: temporaryFolder(),
    env: { DDB_PROT: '1' },
  })
  await running.waitForError(/warning: .*DDB_PROT.*DDB_PORT/)
})

describe('beside a server', () => {
  const server = sharedServer()

  test('a port that is taken is told in one line, with exit code 69', async () => {
    const { port } = new URL(server.url)
    const { code, stderr } = await runDdb(['start', '--data', ':memory:', '--port', port], {
      cwd: server.cwd,
    })
    expect(code).toBe(69)
    expect(stderr).toMatch(new RegExp(`^error: another program listens on 127.0.0.1:${port}.*--port.*\n$`))
  })

  test('a folder that another server has open is told, with exit code 69', async () => {
    const { code, stderr } = await runDdb(['start', '--port', '0'], { cwd: server.cwd })
    expect(code).toBe(69)
    expect(stderr).toContain('STORAGE_LOCKED')
  })

  test('status shows that it is ready, and its newest commit', async () => {
    const { cwd, url } = server
    await runDdb(['sql', '--url', url, '-e', 'CREATE a:1'], { cwd })
    const { code, stdout } = await runDdb(['status', '--url', url], { cwd })
    expect(code).toBe(0)
    expect(stdout).toMatch(new RegExp(`server +${url} ready\nversion +${version}\nup for +\\d+ s\n`))
    expect(stdout).toMatch(/database +main\nhead +b2:[0-9a-f]+ \(commit 1\)\n/)
  })

  test('status --json is one line for programs', async () => {
    const { cwd, url } = server
    await runDdb(['sql', '--url', url, '-d', 'other', '-e', 'CREATE a:1; CREATE a:2'], { cwd })
    const { code, stdout } = await runDdb(['status', '--url', url, '--json', '-d', 'other'], { cwd })
    expect(code).toBe(0)
    expect(stdout.trim().split('\n')).toHaveLength(1)
    const status = JSON.parse(stdout)
    expect(status).toMatchObject({ url, version, ready: true, database: 'other', seq: 2 })
    expect(status.uptime_secs).toBeGreaterThanOrEqual(0)
  })

  test('status of a database that is not there says so and does not make it', async () => {
    const { cwd, url } = server
    const { code, stdout } = await runDdb(['status', '--url', url, '-d', 'nowhere'], { cwd })
    expect(code).toBe(0)
    expect(stdout).toMatch(/head +unknown: .* has no database nowhere\n/)
    const { stdout: info } = await runDdb(['sql', '--url', url, '--json', '-e', 'INFO FOR ROOT'], { cwd })
    expect(JSON.parse(info).databases).not.toContain('nowhere')
  })

  test('status without a token still says that it is ready', async () => {
    const { cwd, url } = server
    const { code, stdout } = await runDdb(['status', '--url', url, '--data', 'elsewhere'], { cwd })
    expect(code).toBe(0)
    expect(stdout).toContain(' ready\n')
    expect(stdout).toMatch(/head +unknown: .*token/)
  })
})

test('status of a server that is not there is exit code 69', async () => {
  const url = await unusedUrl()
  const { code, stdout, stderr } = await runDdb(['status', '--url', url], { cwd: temporaryFolder() })
  expect({ code, stdout }).toEqual({ code: 69, stdout: '' })
  expect(stderr).toContain(
    `no DendroDB server answers at ${url} (connection refused); start one with "ddb start"`,
  )
})

test('status of another kind of server is exit code 69', async () => {
  const other = createServer((_, response) => response.end('hello')).listen(0, '127.0.0.1')
  onTestFinished(() => void other.close())
  await once(other, 'listening')
  const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}`
  const { code, stderr } = await runDdb(['status', '--url', url], { cwd: temporaryFolder() })
  expect(code).toBe(69)
  expect(stderr).toContain('CLI_SERVER_ANSWER')
})
