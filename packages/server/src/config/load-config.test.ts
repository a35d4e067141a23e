import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DbError } from '@dendrodb/protocol'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { type ConfigSources, loadConfig } from './load-config.ts'

let cwd = ''
let home = ''

beforeEach(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ddb-config-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  cwd = join(folder, 'work')
  home = join(folder, 'home')
  await mkdir(cwd, { recursive: true })
  await mkdir(join(home, '.config', 'dendrodb'), { recursive: true })
})

const userFile = () => join(home, '.config', 'dendrodb', 'ddb.toml')
const load = (sources: Omit<ConfigSources, 'cwd' | 'home'> = {}) =>
  loadConfig({ env: {}, ...sources, cwd, home })
const problemOf = (sources: Omit<ConfigSources, 'cwd' | 'home'> = {}) => {
  try {
    load(sources)
  } catch (error) {
    if (error instanceof DbError) return `${error.code} ${error.message}`
    throw error
  }
  return 'no problem'
}

test('has a default for every setting that needs one', () => {
  const { config, warnings } = load()
  expect(config).toMatchObject({
    data: join(cwd, 'ddb-data'),
    host: '127.0.0.1',
    port: 7700,
    logLevel: 'info',
    bodyBytesMax: 16 * 1024 * 1024,
    accessTokenMs: 15 * 60_000,
    refreshTokenMs: 7 * 86_400_000,
    sessionMs: 86_400_000,
    sessionsPerUser: 5,
    userRequestsPerMinute: 100,
    anonymousRequestsPerMinute: 20,
    requestTimeoutMs: 30_000,
  })
  expect(config.rootToken).toBeUndefined()
  expect(warnings).toEqual([])
})

test('flags beat the environment, which beats ./ddb.toml, which beats the user’s file, which beats defaults', async () => {
  await writeFile(userFile(), 'port = 1\nhost = "user"\nlog_level = "warn"\nsessions_per_user = 2\n')
  await writeFile(join(cwd, 'ddb.toml'), 'port = 2\nhost = "file"\nlog_level = "error"\n')
  const env = { DDB_PORT: '3', DDB_HOST: 'environment' }
  const { config } = load({ env, args: ['--port', '4'] })
  expect(config).toMatchObject({ port: 4, host: 'environment', logLevel: 'error', sessionsPerUser: 2 })
  expect(config.sessionMs).toBe(86_400_000)
})

test.each(['"x"', '70000', '1.5'])('port = %s is refused where a flag outweighs it too', async (port) => {
  for (const file of [userFile(), join(cwd, 'ddb.toml')]) {
    await writeFile(file, `port = ${port}\n`)
    const problem = problemOf({ args: ['--port', '1'], env: { DDB_PORT: '2' } })
    expect(problem).toMatch(/^CONFIG_INVALID_VALUE .*ddb\.toml.*port/)
    await rm(file)
  }
})

test('every variable and every flag is checked', () => {
  expect(problemOf({ args: ['--port', '1'], env: { DDB_PORT: 'x' } })).toContain('CONFIG_INVALID_VALUE')
  expect(problemOf({ args: ['--port', 'x', '--port', '1'] })).toContain('CONFIG_INVALID_VALUE')
  expect(load({ args: ['--port', '1', '--port', '2'] }).config.port).toBe(2)
})

test('a flag is written with a space or an equals sign', () => {
  const { config } = load({ args: ['--log-level=debug', '--data', '/tmp/x=y'] })
  expect(config).toMatchObject({ logLevel: 'debug', data: '/tmp/x=y' })
})

test('a path is relative to the file that names it, or to where the server is started', async () => {
  await writeFile(userFile(), 'data = "shop"')
  expect(load().config.data).toBe(join(home, '.config', 'dendrodb', 'shop'))
  expect(load({ env: { DDB_DATA: 'shop' } }).config.data).toBe(join(cwd, 'shop'))
  expect(load({ args: ['--data', ':memory:'] }).config.data).toBe(':memory:')
})

describe('a file that is named', () => {
  const named = () => join(cwd, 'elsewhere', 'shop.toml')

  beforeEach(async () => {
    await mkdir(join(cwd, 'elsewhere'))
    await writeFile(named(), 'port = 3\ndata = "shop"\n')
    await writeFile(userFile(), 'sessions_per_user = 2\n')
    await writeFile(join(cwd, 'ddb.toml'), 'host = "file"\nport = 2\n')
  })

  test.each([
    ['by --config', () => ({ args: ['--config', join('elsewhere', 'shop.toml')] })],
    ['by --config=', () => ({ args: [`--config=${named()}`] })],
    ['by DDB_CONFIG', () => ({ env: { DDB_CONFIG: named() } })],
    ['by both', () => ({ args: ['--config', named()], env: { DDB_CONFIG: '/nowhere' } })],
    ['twice', () => ({ args: ['--config', '/nowhere', '--config', named()] })],
  ])('%s is read instead of the two files', (_, sources) => {
    const { config, warnings } = load(sources())
    expect(config).toMatchObject({ port: 3, host: '127.0.0.1', sessionsPerUser: 5 })
    expect(config.data).toBe(join(cwd, 'elsewhere', 'shop'))
    expect(warnings).toEqual([])
  })

  test('is beaten by flags and by the environment', () => {
    const { config } = load({ args: ['--config', named(), '--port', '5'], env: { DDB_DATA: '/srv' } })
    expect(config).toMatchObject({ port: 5, data: '/srv' })
  })

  test('must be there', () => {
    expect(problemOf({ args: ['--config', 'nowhere.toml'] })).toBe(
      `CONFIG_FILE_MISSING the command line: there is no file ${join(cwd, 'nowhere.toml')}`,
    )
    expect(problemOf({ env: { DDB_CONFIG: '/nowhere.toml' } })).toBe(
      'CONFIG_FILE_MISSING the environment: there is no file /nowhere.toml',
    )
    expect(problemOf({ args: ['--config', '.'] })).toMatch(/^CONFIG_FILE_UNREADABLE .*EISDIR/)
    expect(problemOf({ args: ['--config'] })).toMatch(/^CONFIG_FLAG_VALUE_MISSING/)
  })

  test('has no unknown keys, and cannot name another file', async () => {
    await writeFile(named(), 'prot = 3\n')
    expect(problemOf({ args: ['--config', named()] })).toBe(
      `CONFIG_UNKNOWN_SETTING ${named()}:1: there is no setting prot; did you mean port?`,
    )
    await writeFile(named(), 'config = "other.toml"\n')
    expect(problemOf({ args: ['--config', named()] })).toMatch(/^CONFIG_UNKNOWN_SETTING .*config/)
  })

  test('counts as not named when the variable is empty', () => {
    expect(load({ env: { DDB_CONFIG: '' } }).config).toMatchObject({ port: 2, host: 'file' })
  })

  test('is suggested where the option is misspelt', () => {
    expect(problemOf({ args: ['--confg', 'x'] })).toMatch(/did you mean --config\?$/)
    expect(load({ env: { DDB_CONFG: 'x' } }).warnings).toEqual([
      'the environment variable DDB_CONFG sets nothing; did you mean DDB_CONFIG?',
    ])
  })
})

test('lists, sizes and times are read from text and from TOML', async () => {
  const env = { DDB_CORS_ORIGINS: 'https://a.example, https://b.example', DDB_BODY_BYTES_MAX: '2MiB' }
  expect(load({ env }).config).toMatchObject({
    corsOrigins: ['https://a.example', 'https://b.example'],
    bodyBytesMax: 2 * 1024 * 1024,
  })
  await writeFile(
    join(cwd, 'ddb.toml'),
    'trusted_proxies = ["10.0.0.0/8"]\nbody_bytes_max = 4096\nsession_lifetime = "1h30m"',
  )
  expect(load().config).toMatchObject({
    trustedProxies: ['10.0.0.0/8'],
    bodyBytesMax: 4096,
    sessionMs: 5_400_000,
  })
})

test('an empty environment variable counts as not set', () => {
  expect(load({ env: { DDB_PORT: '', DDB_TMK: '' } }).config).toMatchObject({ port: 7700, tmk: undefined })
})

test('the variable of another system’s master key is accepted', () => {
  expect(load({ env: { NEDB_TMK: 'ab'.repeat(32) } }).config.tmk).toBe('ab'.repeat(32))
})

describe('refuses', () => {
  test('an unknown key of a file, with its line and the nearest known key', async () => {
    await writeFile(join(cwd, 'ddb.toml'), '# settings\nhost = "::1"\n\nprot = 7701\n')
    expect(problemOf()).toBe(
      `CONFIG_UNKNOWN_SETTING ${join(cwd, 'ddb.toml')}:4: there is no setting prot; did you mean port?`,
    )
  })

  test('a table of a file, as there are none', async () => {
    await writeFile(join(cwd, 'ddb.toml'), 'host = "::1"\n[server]\nport = 1\n')
    expect(problemOf()).toBe(`CONFIG_UNKNOWN_SETTING ${join(cwd, 'ddb.toml')}:2: there is no setting server`)
  })

  test('an unknown flag, with the nearest known one', () => {
    expect(problemOf({ args: ['--loglevel', 'debug'] })).toBe(
      'CONFIG_UNKNOWN_SETTING the command line: there is no setting --loglevel; did you mean --log-level?',
    )
  })

  test('a secret as a flag', () => {
    expect(problemOf({ args: ['--root-token', 'x'.repeat(20)] })).toMatch(/^CONFIG_UNKNOWN_SETTING/)
  })

  test('a flag without its value, and words that are no flags', () => {
    expect(problemOf({ args: ['--port'] })).toMatch(/^CONFIG_FLAG_VALUE_MISSING .*--port/)
    expect(problemOf({ args: ['--data', '--port=1'] })).toMatch(/^CONFIG_FLAG_VALUE_MISSING .*--data/)
    expect(load({ args: ['--data=--port'] }).config.data).toBe(join(cwd, '--port'))
    expect(problemOf({ args: ['7701'] })).toMatch(/^CONFIG_ARGUMENT_UNEXPECTED .*"7701"/)
  })

  test('a file that is not TOML, with the line', async () => {
    await writeFile(join(cwd, 'ddb.toml'), 'port = 1\nhost = \n')
    expect(problemOf()).toMatch(/^CONFIG_SYNTAX .*ddb\.toml:2: /)
  })

  test('a file that cannot be read', async () => {
    await mkdir(join(cwd, 'ddb.toml'))
    expect(problemOf()).toMatch(/^CONFIG_FILE_UNREADABLE .*EISDIR/)
  })

  test.each([
    ['DDB_PORT', '65536', 'port must be an integer from 0 to 65535'],
    ['DDB_PORT', '-1', 'port must be an integer from 0 to 65535'],
    ['DDB_PORT', '77.5', 'port must be an integer from 0 to 65535'],
    ['DDB_LOG_LEVEL', 'loud', 'log_level must be one of trace, debug, info, warn, error, fatal, silent'],
    ['DDB_TMK', 'abc', 'tmk must be 32 bytes as 64 hexadecimal digits'],
    ['DDB_ROOT_TOKEN', 'short', 'root_token must be 16 to 512 visible ASCII characters'],
    ['DDB_CORS_ORIGINS', 'https://a.example/path', 'cors_origins must hold origins such as'],
    ['DDB_TRUSTED_PROXIES', '10.0.0.0/33', 'trusted_proxies must hold IP addresses or networks'],
    ['DDB_BODY_BYTES_MAX', '1023', 'body_bytes_max must be a size from 1KiB to 1GiB'],
    ['DDB_BODY_BYTES_MAX', '16MB', 'body_bytes_max must be a size from 1KiB to 1GiB'],
    ['DDB_QUERY_TIMEOUT', '61m', 'query_timeout must be a time from 1ms to 1h'],
    ['DDB_QUERY_TIMEOUT', '30', 'query_timeout must be a time from 1ms to 1h'],
    ['DDB_SESSIONS_PER_USER', '0', 'sessions_per_user must be an integer from 1 to 1000'],
  ])('%s=%s', (name, value, problem) => {
    expect(problemOf({ env: { [name]: value } })).toContain(
      `CONFIG_INVALID_VALUE the environment: ${problem}`,
    )
  })

  test('a value of a wrong type in a file, with its line', async () => {
    await writeFile(join(cwd, 'ddb.toml'), 'host = "x"\nport = "many"\n')
    expect(problemOf()).toContain('ddb.toml:2: port must be an integer')
    await writeFile(join(cwd, 'ddb.toml'), 'cors_origins = [1]\n')
    expect(problemOf()).toContain('ddb.toml:1: cors_origins must be a list of texts')
  })
})

test('bounds are accepted', () => {
  const env = { DDB_PORT: '65535', DDB_BODY_BYTES_MAX: '1KiB', DDB_QUERY_TIMEOUT: '1h' }
  expect(load({ env }).config).toMatchObject({ port: 65_535, bodyBytesMax: 1024, queryTimeoutMs: 3_600_000 })
})

test('warns of an environment variable that looks misspelt, and of no other', () => {
  const { warnings } = load({ env: { DDB_PROT: '1', DDB_URL: 'http://x', DDB_TOKEN: 'x', PATH: '/bin' } })
  expect(warnings).toEqual(['the environment variable DDB_PROT sets nothing; did you mean DDB_PORT?'])
})
