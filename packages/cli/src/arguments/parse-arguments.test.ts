import { DbError } from '@dendrodb/protocol'
import { expect, test } from 'vitest'
import type { Option } from './option.ts'
import { parseArguments } from './parse-arguments.ts'

const options: readonly Option[] = [
  { name: 'url', value: 'URL', default: 'http://a', env: 'DDB_URL', about: 'address' },
  { name: 'database', short: 'd', value: 'NAME', about: 'database' },
  { name: 'format', value: 'FORMAT', choices: ['table', 'json'], env: 'DDB_FORMAT', about: 'format' },
  { name: 'execute', short: 'e', value: 'DQL', about: 'statements' },
  { name: 'continue', about: 'go on' },
]
const rules = { command: 'sql', options, operandsMax: 1 }

function parse(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  return parseArguments(args, rules, env)
}

async function refusal(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<DbError> {
  const error: unknown = await parse(args, env).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(DbError)
  return error as DbError
}

test('a value is given as two words, with an equals sign, or behind the letter', async () => {
  for (const args of [['--database', 'x'], ['--database=x'], ['-d', 'x'], ['-dx']]) {
    expect((await parse(args)).value('database')).toBe('x')
  }
})

test('the command line beats the environment, which beats the default', async () => {
  expect((await parse([])).value('url')).toBe('http://a')
  expect((await parse([], { DDB_URL: 'http://b' })).value('url')).toBe('http://b')
  expect((await parse(['--url', 'http://c'], { DDB_URL: 'http://b' })).value('url')).toBe('http://c')
})

test('tells what stands on the command line from what does not', async () => {
  const args = await parse(['--continue'], { DDB_URL: 'http://b' })
  expect(args.isGiven('continue')).toBe(true)
  expect(args.has('continue')).toBe(true)
  expect(args.isGiven('url')).toBe(false)
  expect(args.isFromEnvironment('url')).toBe(true)
  expect(args.isFromEnvironment('format')).toBe(false)
  expect(args.value('database')).toBeUndefined()
})

test('an empty variable counts as none', async () => {
  const args = await parse([], { DDB_URL: '' })
  expect(args.value('url')).toBe('http://a')
  expect(args.isFromEnvironment('url')).toBe(false)
})

test('of an option that is given several times there is every value, and the last', async () => {
  const args = await parse(['-e', 'a', '--execute=b', '-ec'])
  expect(args.values('execute')).toEqual(['a', 'b', 'c'])
  expect(args.value('execute')).toBe('c')
})

test('operands may stand anywhere, and behind -- whatever they look like', async () => {
  expect((await parse(['file', '--continue'])).operands).toEqual(['file'])
  expect((await parse(['--continue', 'file'])).operands).toEqual(['file'])
  expect((await parse(['--', '--continue'])).operands).toEqual(['--continue'])
})

test('a value may begin with a dash when it is written with an equals sign or is a number', async () => {
  expect((await parse(['--database=--x'])).value('database')).toBe('--x')
  expect((await parse(['--database', '-1'])).value('database')).toBe('-1')
})

test('a misspelt option is refused with the one that was meant', async () => {
  const error = await refusal(['--databse', 'x'])
  expect(error.code).toBe('CLI_OPTION_UNKNOWN')
  expect(error.message).toContain('--databse; did you mean --database?')
})

test.each([
  [['--qqqqqq'], 'CLI_OPTION_UNKNOWN', '--qqqqqq'],
  [['-q'], 'CLI_OPTION_UNKNOWN', '-q'],
  [['--url'], 'CLI_OPTION_VALUE_MISSING', '--url URL'],
  [['--url', '--continue'], 'CLI_OPTION_VALUE_MISSING', '--url URL'],
  [['--continue=yes'], 'CLI_OPTION_VALUE_UNEXPECTED', '--continue'],
  [['--format', 'tabel'], 'CLI_OPTION_VALUE', 'did you mean table?'],
  [['a', 'b'], 'CLI_ARGUMENT_UNEXPECTED', '"b"'],
] as const)('%j is refused: %s', async (args, code, part) => {
  const error = await refusal(args)
  expect(error.code).toBe(code)
  expect(error.message).toContain(part)
  expect(error.status).toBe('invalid_argument')
})

test('a bad value in the environment is refused by the name of its variable', async () => {
  const error = await refusal([], { DDB_FORMAT: 'xml' })
  expect(error.message).toMatch(/^DDB_FORMAT must be one of table, json/)
})

test('who asks for help gets it, whatever else is on the line', async () => {
  expect((await parse(['a', 'b', '--help'])).has('help')).toBe(true)
})
