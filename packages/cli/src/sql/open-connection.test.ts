import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { describe, expect, onTestFinished, test } from 'vitest'
import { parseArguments } from '../arguments/parse-arguments.ts'
import { sqlCommand } from '../commands/sql-command.ts'
import { collectingStream } from '../output/testing/collecting-stream.ts'
import { findToken } from './credentials.ts'
import { openEmbedded } from './embedded-connection.ts'
import { openConnection, serverUrl } from './open-connection.ts'
import { closedAddress, openTestServer, rootToken } from './testing/test-server.ts'

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ddb-open-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

async function open(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  defaultUrl = 'http://127.0.0.1:7700',
) {
  const { operandsMax } = sqlCommand
  const options = sqlCommand.options.map((option) =>
    option.name === 'url' ? { ...option, default: defaultUrl } : option,
  )
  const parsed = await parseArguments(args, { command: 'sql', options, operandsMax }, env)
  const io = { stdin: new PassThrough(), stdout: collectingStream(), stderr: collectingStream(), env }
  const connection = await openConnection(parsed, io)
  onTestFinished(() => connection.close())
  return { connection, parsed, io }
}

async function openFolderElsewhere(): Promise<{ readonly data: string }> {
  const data = temporaryFolder()
  const other = await openEmbedded(data)
  onTestFinished(() => other.close())
  await other.run('RETURN 1', { database: 'main' })
  return { data }
}

describe('--embedded', () => {
  test('makes the folder, for its owner alone', async () => {
    const data = join(temporaryFolder(), 'a', 'b')
    const { connection } = await open(['--embedded', '--data', data])
    expect(connection.target).toBe(data)
    expect(statSync(data).mode & 0o777).toBe(0o700)
  })

  test('keeps nothing in :memory:', async () => {
    const { connection } = await open(['--embedded', '--data', ':memory:'])
    expect(connection.target).toBe('memory')
    expect(existsSync(':memory:')).toBe(false)
  })

  test.each(['url', 'token', 'user', 'password'])('does not go with --%s', async (name) => {
    await expect(open(['--embedded', `--${name}`, 'x'])).rejects.toMatchObject({ code: 'CLI_OPTIONS_CLASH' })
  })

  test('beats what the environment says of a server', async () => {
    const { connection } = await open(['--embedded', '--data', ':memory:'], {
      DDB_URL: 'http://x',
      DDB_TOKEN: 'y',
    })
    expect(connection.target).toBe('memory')
  })

  test('refuses a folder that another one has open', async () => {
    const { data } = await openFolderElsewhere()
    await expect(open(['--embedded', '--data', data])).rejects.toMatchObject({ code: 'STORAGE_LOCKED' })
  })

  test('says when the folder cannot be one', async () => {
    const file = join(temporaryFolder(), 'file')
    writeFileSync(file, '')
    await expect(open(['--embedded', '--data', join(file, 'x')])).rejects.toMatchObject({
      code: 'CLI_DATA_UNUSABLE',
    })
  })
})

describe('--data alone', () => {
  test('opens the folder', async () => {
    const data = temporaryFolder()
    const { connection } = await open(['--data', data])
    expect(connection.target).toBe(data)
  })

  test('does not make one, as its name may be misspelt', async () => {
    const data = join(temporaryFolder(), 'none')
    await expect(open(['--data', data])).rejects.toMatchObject({ code: 'CLI_DATA_MISSING' })
    expect(existsSync(data)).toBe(false)
  })

  test.each<[string, string[], Record<string, string>]>([
    ['--url', ['--url', 'http://127.0.0.1:1'], {}],
    ['DDB_URL', [], { DDB_URL: 'http://127.0.0.1:1' }],
    ['--token', ['--token', 'x'], {}],
    ['DDB_TOKEN', [], { DDB_TOKEN: 'x' }],
  ])('with %s asks the server', async (_, args, env) => {
    const { connection } = await open(['--data', temporaryFolder(), ...args], env)
    expect(connection.target).toMatch(/^http:/)
  })

  test('asks the server that has it open, with its token', async () => {
    const { data } = await openFolderElsewhere()
    const { url } = await openTestServer()
    writeFileSync(join(data, 'root-token'), rootToken)
    const { connection } = await open(['--data', data], {}, url)
    expect(connection.target).toBe(url)
    expect(await connection.run('RETURN 1', { database: 'main' })).toMatchObject([{ value: 1 }])
  })

  test('says so when another process has it open and no server answers', async () => {
    const { data } = await openFolderElsewhere()
    await expect(open(['--data', data], {}, await closedAddress())).rejects.toMatchObject({
      code: 'CLI_DATA_UNUSABLE',
      message: expect.stringContaining('another process has it open'),
    })
  })
})

describe('otherwise', () => {
  test('asks the server at the default address', async () => {
    const { connection } = await open([])
    expect(connection.target).toBe('http://127.0.0.1:7700')
  })

  test('with an account asks for no token', async () => {
    const { url } = await openTestServer()
    const args = ['--url', url, '--user', 'ann@example.com', '--password', 'wrong one']
    const { connection } = await open(args)
    await expect(connection.run('RETURN 1', { database: 'main' })).rejects.toMatchObject({
      status: 'invalid_credentials',
    })
    await expect(open([...args, '--token', 'x'])).rejects.toMatchObject({ code: 'CLI_OPTIONS_CLASH' })
  })

  test('does not wait for a password that nobody can type', async () => {
    await expect(open(['--user', 'ann@example.com'])).rejects.toMatchObject({ code: 'CLI_OPTION_VALUE' })
  })

  test.each(['127.0.0.1:7700', 'ftp://x', 'http://', 'localhost'])('%s is no address', async (url) => {
    await expect(open(['--url', url])).rejects.toMatchObject({ code: 'CLI_OPTION_VALUE' })
  })

  test('a slash at the end of the address is left out', async () => {
    const { parsed } = await open(['--url', 'http://127.0.0.1:7701/'])
    expect(serverUrl(parsed)).toBe('http://127.0.0.1:7701')
  })
})

describe('the token', () => {
  async function tokenFor(url: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    const { parsed, io } = await open(['--url', url, ...args], env)
    return findToken(parsed, url, io)
  }

  test('is the one that was given', async () => {
    expect(await tokenFor('http://127.0.0.1:7700', ['--token', 'a'], { DDB_TOKEN: 'b' })).toBe('a')
    expect(await tokenFor('https://db.example.com', [], { DDB_TOKEN: 'b' })).toBe('b')
  })

  test('of a server on this machine is the one in its data folder', async () => {
    const data = temporaryFolder()
    mkdirSync(data, { recursive: true })
    writeFileSync(join(data, 'root-token'), 'secret\n')
    for (const url of [
      'http://127.0.0.1:7700',
      'http://localhost:80',
      'http://[::1]:7700',
      'http://127.9.9.9',
    ]) {
      expect(await tokenFor(url, ['--data', data])).toBe('secret')
    }
  })

  test('never goes to another machine unasked', async () => {
    const data = temporaryFolder()
    writeFileSync(join(data, 'root-token'), 'secret\n')
    const env = { DDB_ROOT_TOKEN: 'also secret' }
    for (const url of [
      'http://127.0.0.1.example.com',
      'https://db.example.com',
      'http://localhost.example.com',
    ]) {
      expect(await tokenFor(url, ['--data', data], env)).toBeUndefined()
    }
  })

  test('opens the server it belongs to', async () => {
    const { url } = await openTestServer()
    const { connection } = await open(['--url', url], { DDB_ROOT_TOKEN: rootToken })
    expect(await connection.run('RETURN 1', { database: 'main' })).toMatchObject([{ value: 1 }])
  })
})
