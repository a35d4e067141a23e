/** `ddb seal`, `ddb unseal` and `ddb rotate-key`, and the other commands on a sealed folder. */

import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openEngine } from '@dendrodb/engine'
import { expect, test } from 'vitest'
import { runDdb, sharedFolder, startServer, temporaryFolder } from '../testing/run-ddb.ts'

const key = 'ab'.repeat(32)
const newKey = 'cd'.repeat(32)
const sealed = { DDB_TMK: key }

const clearFolder = sharedFolder(async (cwd) => {
  const engine = await openEngine({ path: join(cwd, 'ddb-data') })
  for (const name of ['main', 'shop']) {
    const database = await engine.database(name)
    await database.query('FOR $i IN 1..=20 { CREATE type::record("item", $i) SET text = "cucumber" }')
  }
  await engine.close()
})

const sealedFolder = sharedFolder(async (cwd) => {
  const engine = await openEngine({ path: join(cwd, 'ddb-data'), masterKey: key })
  await (await engine.database('main')).query('CREATE item:1 SET text = "cucumber"')
  await engine.close()
})

function filesOf(cwd: string): string {
  const entries = readdirSync(join(cwd, 'ddb-data'), { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    .join('\n')
}

test('a folder is sealed, asked, verified and unsealed', async () => {
  const cwd = clearFolder()
  const seal = await runDdb(['seal'], { cwd, env: sealed })
  expect(seal).toMatchObject({ code: 0, stderr: '' })
  expect(seal.stdout).toMatch(
    /^sealed {2}main, \d+ entries, head b2:\w+\nsealed {2}shop, \d+ entries, head b2:\w+\n$/,
  )
  expect(filesOf(cwd)).not.toContain('cucumber')
  expect((await runDdb(['seal'], { cwd, env: sealed })).stdout).toMatch(
    /^all databases in .* are sealed already\n$/,
  )
  expect((await runDdb(['seal', 'shop'], { cwd, env: sealed })).stdout).toBe('shop is sealed already\n')

  const asked = await runDdb(['sql', '--embedded'], {
    cwd,
    env: sealed,
    input: 'SELECT VALUE text FROM ONLY item:1;',
  })
  expect(asked.stdout).toContain('cucumber')
  const verified = await runDdb(['verify', '-d', 'shop', '--json'], { cwd, env: sealed })
  expect(JSON.parse(verified.stdout)).toMatchObject({ isIntact: true })

  const unseal = await runDdb(['unseal', 'shop'], { cwd, env: sealed })
  expect(unseal.stdout).toMatch(/^unsealed {2}shop, /)
  const names = readdirSync(join(cwd, 'ddb-data', 'databases', 'shop'))
  expect(names.sort()).toEqual(['CURRENT-GENERATION', 'gen-000003'])
  const warned = await runDdb(['sql', '--embedded', '-d', 'shop'], { cwd, env: sealed, input: 'RETURN 1;' })
  expect(warned.stderr).toMatch(/^warning: the files in .*shop.* are in the clear/)
})

test('sealed files without the key, or with another one, are exit code 69 for every command', async () => {
  const cwd = sealedFolder()
  const commands = [
    ['verify'],
    ['rebuild'],
    ['backup', '--data', 'ddb-data'],
    ['sql', '--embedded'],
    ['start', '--port', '0'],
  ]
  for (const args of commands) {
    const without = await runDdb(args, { cwd, input: 'RETURN 1;' })
    expect([without.code, without.stderr]).toEqual([69, expect.stringContaining('[STORAGE_KEY_NEEDED]')])
    const wrong = await runDdb(args, { cwd, env: { DDB_TMK: newKey }, input: 'RETURN 1;' })
    expect([wrong.code, wrong.stderr]).toEqual([69, expect.stringContaining('[STORAGE_KEY_WRONG]')])
  }
})

test('every command that works on files takes the key from a file, too', async () => {
  const cwd = sealedFolder()
  writeFileSync(join(cwd, 'tmk'), `${key}\n`)
  const run = (...args: string[]) => runDdb(args, { cwd, env: { DDB_TMK_FILE: 'tmk' } })
  const { head } = JSON.parse((await run('verify', '--json')).stdout)
  expect(await run('rebuild')).toMatchObject({ code: 0, stderr: '' })
  const backup = await run('backup', '--data', 'ddb-data', '-o', 'main.ddbackup')
  expect(backup).toMatchObject({ code: 0, stdout: expect.stringContaining('encrypted') })
  expect(await run('restore', 'main.ddbackup', '--as', 'restored')).toMatchObject({ code: 0, stderr: '' })
  expect(await run('export', '--data', 'ddb-data', '--history', '-o', 'main.jsonl')).toMatchObject({
    code: 0,
  })
  expect(await run('import', 'main.jsonl', '-d', 'imported')).toMatchObject({ code: 0, stderr: '' })
  expect((await run('proof', 'item:1', '--data', 'ddb-data')).stderr).toBe('')
  for (const name of ['main', 'restored', 'imported']) {
    const verified = await run('verify', '-d', name, '--json')
    expect(JSON.parse(verified.stdout)).toMatchObject({ head, isIntact: true })
  }
  expect(filesOf(cwd)).not.toContain('cucumber')
})

test('the commands say what they lack', async () => {
  const cwd = sealedFolder()
  const refusals: [string[], Record<string, string>, string][] = [
    [['rotate-key'], sealed, 'CLI_MASTER_KEY_MISSING'],
    [['rotate-key'], { ...sealed, DDB_TMK_NEW: key }, 'CLI_OPTION_VALUE'],
    [['rotate-key'], { DDB_TMK: newKey, DDB_TMK_NEW: 'ef'.repeat(32) }, 'STORAGE_KEY_WRONG'],
    [['seal', 'mian'], sealed, 'did you mean main?'],
  ]
  for (const [args, env, problem] of refusals) {
    const { code, stderr, stdout } = await runDdb(args, { cwd, env })
    expect({ args, code: code === 0, stdout, stderr }).toEqual({
      args,
      code: false,
      stdout: '',
      stderr: expect.stringContaining(problem),
    })
    expect(stderr).not.toContain(key)
  }
})

test('a folder that a server has open is left alone by all three', async () => {
  const cwd = temporaryFolder()
  await startServer({ cwd, env: sealed })
  for (const args of [['seal'], ['unseal'], ['rotate-key']]) {
    const { code, stderr } = await runDdb(args, { cwd, env: { ...sealed, DDB_TMK_NEW: newKey } })
    const isNothingToDo = args[0] === 'seal'
    expect([args, code]).toEqual([args, isNothingToDo ? 0 : 69])
    if (!isNothingToDo) expect(stderr).toContain('STORAGE_LOCKED')
  }
})

test('the master key is changed for databases and for the server’s own keys; its tokens stay good', async () => {
  const cwd = temporaryFolder()
  const start = async (env: Record<string, string>) => {
    const server = await startServer({ cwd, env })
    const call = async (method: string, path: string, body?: object, token?: string) => {
      const headers = {
        'content-type': 'application/json',
        ...(token && { authorization: `Bearer ${token}` }),
      }
      const response = await fetch(`${server.url}${path}`, {
        method,
        headers,
        ...(body && { body: JSON.stringify(body) }),
      })
      // biome-ignore lint/suspicious/noExplicitAny: answers of several shapes.
      return { status: response.status, body: (await response.json()) as any }
    }
    const stop = async () => {
      server.child.kill('SIGTERM')
      await server.ended
    }
    return { call, stop }
  }
  const first = await start(sealed)
  const account = { email: 'ada@example.com', password: 'correct horse' }
  const { access_token: token } = (await first.call('POST', '/api/auth/signup', account)).body
  await first.call('PUT', '/api/data/note/1', { text: 'kept' }, token)
  await first.stop()

  writeFileSync(join(cwd, 'new-tmk'), newKey)
  const env = { ...sealed, DDB_TMK_NEW_FILE: 'new-tmk' }
  for (let twice = 0; twice < 2; twice += 1) {
    expect(await runDdb(['rotate-key'], { cwd, env })).toMatchObject({
      code: 0,
      stdout: 'rotated  main\nfrom now on the master key is the new one\n',
    })
  }
  const renewed = await runDdb(['rotate-key', '--data-key'], { cwd, env: { DDB_TMK: newKey } })
  expect(renewed).toMatchObject({ code: 0, stdout: 'rotated  main\n' })

  const second = await start({ DDB_TMK_FILE: 'new-tmk' })
  const { status, body } = await second.call('GET', '/api/data/note/1', undefined, token)
  expect([status, body.data.text]).toEqual([200, 'kept'])
  await second.stop()
  expect(await runDdb(['unseal'], { cwd, env: { DDB_TMK: newKey } })).toMatchObject({ code: 0 })
  const third = await start({})
  expect((await third.call('GET', '/api/data/note/1', undefined, token)).status).toBe(200)
  await third.stop()
})
