import { loadConfig } from '@dendrodb/server'
import { expect, test } from 'vitest'
import { plain } from '../output/paint.ts'
import { version } from '../version.ts'
import { startBanner } from './banner.ts'

function banner(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>> = {},
  url = 'http://127.0.0.1:7700',
) {
  const { config } = loadConfig({ args, env, cwd: '/srv', home: '/nonexistent' })
  return startBanner({ config, server: { url }, env }, plain)
}

test('says version, address, data folder, where the token is, and what to try next', () => {
  const text = banner([])
  expect(text).toContain(`DendroDB ${version} listens on http://127.0.0.1:7700`)
  expect(text).toContain('/srv/ddb-data')
  expect(text).toContain('/srv/ddb-data/root-token')
  expect(text).toMatch(/ddb sql +/)
  expect(text).toContain('curl http://127.0.0.1:7700/health')
})

test('the commands it suggests find this server, wherever it is', () => {
  const text = banner(['--data', 'shop'], {}, 'http://127.0.0.1:8080')
  expect(text).toContain('ddb sql --url http://127.0.0.1:8080 --data /srv/shop')
  expect(text).toContain('ddb status --url http://127.0.0.1:8080 --data /srv/shop')
})

test('never shows the token', () => {
  const token = 'a-secret-of-sixteen-and-more'
  const text = banner([], { DDB_ROOT_TOKEN: token })
  expect(text).not.toContain(token)
  expect(text).toContain('DDB_ROOT_TOKEN')
})

test('says that nothing is kept in memory', () => {
  expect(banner(['--data', ':memory:'])).toContain('nothing is kept')
})

test.each([
  ['http://0.0.0.0:8080', '--url http://127.0.0.1:8080'],
  ['http://[::]:8080', '--url http://[::1]:8080'],
  ['http://0.0.0.0:7700', 'ddb sql --data'],
])('a server on every address of the machine (%s) is reached on its own: %s', (url, expected) => {
  expect(banner([], {}, url)).toContain(expected)
})

test.each([
  [{}, '  ddb sql'],
  [{ npm_lifecycle_event: 'start' }, '  npx ddb sql'],
  [{ npm_lifecycle_event: 'npx' }, '  npx dendrodb sql'],
])('commands are called as whoever started it can: %j', (env, expected) => {
  expect(banner([], env)).toContain(expected)
})

test('a folder with a space or a quote is one word for the shell', () => {
  expect(banner(['--data', "my 'data'"])).toContain("--data '/srv/my '\\''data'\\'''")
})
