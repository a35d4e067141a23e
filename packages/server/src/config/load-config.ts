/**
 * The configuration: flags beat the environment, which beats `./ddb.toml`, which beats
 * `~/.config/dendrodb/ddb.toml`, which beats the defaults.
 * Invariant: what is given is valid or the start fails; nothing that was misspelt is ignored.
 */

import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { configErrors } from './config-errors.ts'
import { nearestName } from './nearest-name.ts'
import {
  type Config,
  environmentName,
  flagName,
  type Setting,
  type SettingKey,
  settings,
} from './settings.ts'
import { readTomlFile } from './toml-file.ts'

export interface ConfigSources {
  /** What follows `ddb start`, for example `['--port', '7701', '--data=./shop']`. */
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly cwd?: string
  readonly home?: string
}

export interface LoadedConfig {
  readonly config: Config
  /** What looks like a slip but may be meant for another program. */
  readonly warnings: readonly string[]
}

interface Given {
  readonly value: unknown
  /** File and line, variable or flag. */
  readonly where: string
  /** What a path is relative to. */
  readonly base: string
}

type GivenSettings = Map<SettingKey, Given>

const allSettings = Object.entries(settings) as [SettingKey, Setting][]
const configFileName = 'ddb.toml'

/**
 * @throws CONFIG_UNKNOWN_SETTING, CONFIG_INVALID_VALUE, CONFIG_SYNTAX, CONFIG_FLAG_VALUE_MISSING,
 * CONFIG_ARGUMENT_UNEXPECTED, CONFIG_FILE_UNREADABLE
 * @example const { config } = loadConfig({ args: ['--port', '0'], env: process.env })
 */
export function loadConfig(sources: ConfigSources = {}): LoadedConfig {
  const { args = [], env = process.env, cwd = process.cwd(), home = homedir() } = sources
  const given: GivenSettings = new Map([
    ...fromFile(join(home, '.config', 'dendrodb', configFileName)),
    ...fromFile(resolve(cwd, configFileName)),
    ...fromEnvironment(env, cwd),
    ...fromArguments(args, cwd),
  ])
  const entries = allSettings.map(([key, setting]) => [key, validValue(setting, given.get(key), cwd)])
  return { config: Object.fromEntries(entries) as Config, warnings: environmentSlips(env) }
}

function fromFile(file: string): GivenSettings {
  const given: GivenSettings = new Map()
  for (const { name, value, where } of readTomlFile(file) ?? []) {
    const [key] = allSettings.find(([, setting]) => setting.name === name) ?? []
    if (key === undefined) throw unknownSetting(name, where, (setting) => setting.name)
    given.set(key, { value, where, base: dirname(file) })
  }
  return given
}

function fromEnvironment(env: NonNullable<ConfigSources['env']>, base: string): GivenSettings {
  const given: GivenSettings = new Map()
  for (const [key, setting] of allSettings) {
    const variable = [environmentName(setting), ...setting.aliases].find((name) => (env[name] ?? '') !== '')
    if (variable !== undefined) given.set(key, { value: env[variable], where: 'the environment', base })
  }
  return given
}

function fromArguments(args: readonly string[], base: string): GivenSettings {
  const where = 'the command line'
  const given: GivenSettings = new Map()
  for (let at = 0; at < args.length; at += 1) {
    const argument = args[at] ?? ''
    if (!argument.startsWith('--')) throw configErrors.ARGUMENT_UNEXPECTED({ argument })
    const [name = '', ...assigned] = argument.split('=')
    const [key] = allSettings.find(([, setting]) => flagName(setting) === name) ?? []
    if (key === undefined) throw unknownSetting(name, where, flagName)
    let value: string | undefined = assigned.join('=')
    if (assigned.length === 0) {
      at += 1
      value = args[at]
    }
    if (value === undefined) throw configErrors.FLAG_VALUE_MISSING({ name })
    given.set(key, { value, where, base })
  }
  return given
}

function validValue(setting: Setting, given: Given | undefined, cwd: string): unknown {
  const { value, where, base } = given ?? { value: setting.default, where: 'the default', base: cwd }
  const result = setting.schema.safeParse(value)
  if (!result.success) {
    const problem = result.error.issues[0]?.message ?? 'is not valid'
    throw configErrors.INVALID_VALUE({ where, name: setting.name, problem })
  }
  const isFile = setting.isPath && typeof result.data === 'string' && result.data !== ':memory:'
  return isFile ? resolve(base, result.data as string) : result.data
}

function unknownSetting(
  name: string,
  where: string,
  nameOf: (setting: Setting) => string | undefined,
): Error {
  const suggestion = nearestName(name, knownNames(nameOf))
  const hint = suggestion === undefined ? '' : `; did you mean ${suggestion}?`
  return configErrors.UNKNOWN_SETTING({ where, name, hint, ...(suggestion && { suggestion }) })
}

function environmentSlips(env: NonNullable<ConfigSources['env']>): readonly string[] {
  const known = new Set(knownNames(environmentName))
  const slips: string[] = []
  for (const name of Object.keys(env)) {
    if (!name.startsWith('DDB_') || known.has(name)) continue
    const suggestion = nearestName(name, known)
    if (suggestion !== undefined) {
      slips.push(`the environment variable ${name} sets nothing; did you mean ${suggestion}?`)
    }
  }
  return slips
}

function knownNames(nameOf: (setting: Setting) => string | undefined): readonly string[] {
  return allSettings.map(([, setting]) => nameOf(setting)).filter((name) => name !== undefined)
}
