import { expect, test } from 'vitest'
import { commands } from '../commands/commands.ts'
import { commandHelp, optionAbout, optionUsage, overview } from './help-text.ts'

const columnsMax = 110

test('the overview lists every command with its summary', () => {
  for (const { name, summary } of commands)
    expect(overview(commands)).toMatch(RegExp(`^ +${name} +${summary}$`, 'm'))
})

test.each(commands.map((command) => [command.name, command] as const))(
  'ddb %s --help says how it is called, what each option means and gives two examples',
  (name, command) => {
    const help = commandHelp(command)
    expect(help).toContain(`Usage: ddb ${name}`)
    for (const { name: option, env, default: fallback } of command.options) {
      expect(help).toContain(`--${option}`)
      if (env !== undefined) expect(help).toContain(env)
      if (fallback !== undefined) expect(help).toContain(`default ${fallback}`)
    }
    expect(help).toContain('-h, --help')
    expect(command.examples.length).toBeGreaterThanOrEqual(2)
    for (const example of command.examples) expect(help).toContain(example.command)
  },
)

test('fits on a terminal', () => {
  const tooLong = commands.flatMap((command) =>
    commandHelp(command)
      .split('\n')
      .filter((line) => line.length > columnsMax),
  )
  expect(tooLong).toEqual([])
})

test('an option shows its letter, its value, its words, its default and its variable', () => {
  const option = {
    name: 'format',
    short: 'f',
    value: 'FORMAT',
    choices: ['a', 'b'],
    default: 'a',
    env: 'DDB_F',
  }
  expect(optionUsage({ ...option, about: '' })).toBe('-f, --format FORMAT')
  expect(optionAbout({ ...option, about: 'how' })).toBe('how (one of a, b; default a; environment DDB_F)')
  expect(optionAbout({ name: 'json', about: 'for programs' })).toBe('for programs')
})

test('option names and letters are unique within a command', () => {
  for (const { options } of commands) {
    const words = options.flatMap(({ name, short }) => (short === undefined ? [name] : [name, short]))
    expect(new Set(words).size).toBe(words.length)
  }
})
