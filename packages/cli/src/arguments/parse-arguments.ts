/**
 * A command's arguments, checked: nothing that was misspelt is ignored, and everything an option may get
 * comes from the command line, then from its environment variable, then from its default.
 */

import { parseArgs } from 'node:util'
import { helpOption, type Option } from './option.ts'

export interface Arguments {
  /** Value by the option's name; `undefined` when neither given nor defaulted. Of several the last. */
  value(name: string): string | undefined
  /** Every value of an option that stands on the command line more than once, in order. */
  values(name: string): readonly string[]
  /** Whether a switch is on. */
  has(name: string): boolean
  /** Whether the option stands on the command line itself. */
  isGiven(name: string): boolean
  /** Whether its environment variable is set. */
  isFromEnvironment(name: string): boolean
  readonly operands: readonly string[]
}

export interface ArgumentRules {
  readonly command: string
  readonly options: readonly Option[]
  readonly operandsMax: number
}

type Environment = Readonly<Record<string, string | undefined>>

/** @throws CLI_OPTION_UNKNOWN, CLI_OPTION_VALUE_MISSING, CLI_OPTION_VALUE, CLI_ARGUMENT_UNEXPECTED, … */
export async function parseArguments(
  args: readonly string[],
  rules: ArgumentRules,
  env: Environment,
): Promise<Arguments> {
  const options = [...rules.options, helpOption]
  const { tokens } = parseArgs({
    args: [...args],
    options: Object.fromEntries(options.map(parseArgsOption)),
    strict: false,
    allowPositionals: true,
    tokens: true,
  })
  const given = new Map<string, (string | true)[]>()
  const operands: string[] = []
  for (const token of tokens) {
    if (token.kind === 'positional') operands.push(token.value)
    if (token.kind !== 'option') continue
    const option = options.find(({ name }) => name === token.name)
    if (option === undefined) throw await unknownOption(token.rawName, rules.command, options)
    const earlier = given.get(option.name) ?? []
    given.set(option.name, [...earlier, await checkedValue(option, token)])
  }
  const extra = operands[rules.operandsMax]
  if (extra !== undefined && !given.has(helpOption.name)) {
    const { cliErrors } = await import('../cli-errors.ts')
    throw cliErrors.ARGUMENT_UNEXPECTED({ command: rules.command, argument: extra })
  }
  return argumentsOf(given, options, operands, env)
}

function parseArgsOption({ name, short, value }: Option) {
  const type = value === undefined ? ('boolean' as const) : ('string' as const)
  return [name, short === undefined ? { type } : { type, short }] as const
}

interface OptionToken {
  readonly rawName: string
  readonly value?: string | undefined
  readonly inlineValue?: boolean | undefined
}

async function checkedValue(option: Option, token: OptionToken): Promise<string | true> {
  const { rawName, value, inlineValue } = token
  if (option.value === undefined) {
    if (value === undefined) return true
    const { cliErrors } = await import('../cli-errors.ts')
    throw cliErrors.OPTION_VALUE_UNEXPECTED({ name: rawName })
  }
  // `--url --data x` forgot the value; `--url=--data` means it.
  const isForgotten = value === undefined || (inlineValue !== true && /^--?[a-z]/i.test(value))
  if (isForgotten) {
    const { cliErrors } = await import('../cli-errors.ts')
    throw cliErrors.OPTION_VALUE_MISSING({ name: rawName, value: option.value })
  }
  await checkChoice(option, value, rawName)
  return value
}

async function checkChoice({ choices }: Option, value: string, name: string): Promise<void> {
  if (choices === undefined || choices.includes(value)) return
  const [{ cliErrors }, { nearestWord }] = await Promise.all([
    import('../cli-errors.ts'),
    import('./nearest-word.ts'),
  ])
  const near = nearestWord(value, choices)
  const hint = near === undefined ? '' : `; did you mean ${near}?`
  throw cliErrors.OPTION_VALUE({
    name,
    problem: `must be one of ${choices.join(', ')}, not "${value}"${hint}`,
  })
}

async function unknownOption(name: string, command: string, options: readonly Option[]): Promise<Error> {
  const [{ cliErrors }, { nearestWord }] = await Promise.all([
    import('../cli-errors.ts'),
    import('./nearest-word.ts'),
  ])
  const near = nearestWord(
    name.replace(/^-+/, ''),
    options.map((option) => option.name),
  )
  return cliErrors.OPTION_UNKNOWN({
    command,
    name,
    hint: near === undefined ? '' : `; did you mean --${near}?`,
  })
}

async function argumentsOf(
  given: ReadonlyMap<string, readonly (string | true)[]>,
  options: readonly Option[],
  operands: readonly string[],
  env: Environment,
): Promise<Arguments> {
  const values = new Map<string, string>()
  for (const option of options) {
    const value = given.get(option.name)?.at(-1) ?? environmentValue(option, env) ?? option.default
    if (typeof value !== 'string') continue
    if (!given.has(option.name)) await checkChoice(option, value, option.env ?? option.name)
    values.set(option.name, value)
  }
  return {
    value: (name) => values.get(name),
    values: (name) => (given.get(name) ?? []).filter((value) => value !== true),
    has: (name) => given.has(name),
    isGiven: (name) => given.has(name),
    isFromEnvironment: (name) => {
      const option = options.find((each) => each.name === name)
      return option !== undefined && environmentValue(option, env) !== undefined
    },
    operands,
  }
}

/** An empty variable counts as none, as a shell script often has no other way to unset one. */
function environmentValue({ env: name }: Option, env: Environment): string | undefined {
  const value = name === undefined ? undefined : env[name]
  return value === '' ? undefined : value
}
