/**
 * The configuration: flags beat the environment, which beats `./ddb.toml`, which beats
 * `~/.config/dendrodb/ddb.toml`, which beats the defaults. A file that is named takes the place of both.
 * Invariant: what is given is valid or the start fails; nothing that was misspelt is ignored.
 */

import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { nearestName } from '@dendrodb/protocol'
import { configErrors } from './config-errors.ts'
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

/** What counts most comes last. */
type GivenSettings = readonly (readonly [SettingKey, Given])[]
type Environment = NonNullable<ConfigSources['env']>

const allSettings = Object.entries(settings) as [SettingKey, Setting][]
const configFileName = 'ddb.toml'
/** What names a configuration file: no settings, as a file cannot say where it is. */
const fileFlag = '--config'
const fileVariable = 'DDB_CONFIG'
const commandLine = 'the command line'
const environment = 'the environment'
const knownFlags = [fileFlag, ...allSettings.flatMap(([, setting]) => flagName(setting) ?? [])]

/**
 * @throws CONFIG_UNKNOWN_SETTING, CONFIG_INVALID_VALUE, CONFIG_SYNTAX, CONFIG_FLAG_VALUE_MISSING,
 * CONFIG_ARGUMENT_UNEXPECTED, CONFIG_FILE_MISSING, CONFIG_FILE_UNREADABLE
 * @example const { config } = loadConfig({ args: ['--port', '0'], env: process.env })
 */
export function loadConfig(sources: ConfigSources = {}): LoadedConfig {
  const { args = [], env = process.env, cwd = process.cwd(), home = homedir() } = sources
  const flags = readFlags(args)
  const given: GivenSettings = [
    ...fromFiles(namedFile(flags, env), cwd, home),
    ...fromEnvironment(env, cwd),
    ...fromFlags(flags, cwd),
  ]
  const values = new Map<SettingKey, unknown>()
  for (const [key, setting] of allSettings) {
    values.set(key, validValue(setting, { value: setting.default, where: 'the default', base: cwd }))
  }
  // Also what something else outweighs: it would count as soon as that is left out.
  for (const [key, each] of given) values.set(key, validValue(settings[key], each))
  return { config: Object.fromEntries(values) as Config, warnings: environmentSlips(env) }
}

interface NamedFile {
  readonly file: string
  readonly where: string
}

function namedFile(flags: readonly Flag[], env: Environment): NamedFile | undefined {
  const flag = flags.findLast(({ name }) => name === fileFlag)
  if (flag !== undefined) return { file: flag.value, where: commandLine }
  const file = env[fileVariable] ?? ''
  return file === '' ? undefined : { file, where: environment }
}

/** @throws CONFIG_FILE_MISSING for a file that was named */
function fromFiles(named: NamedFile | undefined, cwd: string, home: string): GivenSettings {
  if (named === undefined) {
    const files = [join(home, '.config', 'dendrodb', configFileName), resolve(cwd, configFileName)]
    return files.flatMap((file) => fromFile(file) ?? [])
  }
  const file = resolve(cwd, named.file)
  const given = fromFile(file)
  if (given === undefined) throw configErrors.FILE_MISSING({ where: named.where, file })
  return given
}

/** `undefined` when there is no such file. */
function fromFile(file: string): GivenSettings | undefined {
  const lines = readTomlFile(file)
  if (lines === undefined) return undefined
  return lines.map(({ name, value, where }) => {
    const [key] = allSettings.find(([, setting]) => setting.name === name) ?? []
    if (key === undefined) {
      throw unknownSetting(
        name,
        where,
        allSettings.map(([, setting]) => setting.name),
      )
    }
    return [key, { value, where, base: dirname(file) }]
  })
}

function fromEnvironment(env: Environment, base: string): GivenSettings {
  return allSettings.flatMap(([key, setting]) => {
    const variable = [environmentName(setting), ...setting.aliases].find((name) => (env[name] ?? '') !== '')
    return variable === undefined ? [] : [[key, { value: env[variable], where: environment, base }]]
  })
}

interface Flag {
  readonly name: string
  readonly value: string
}

/** @throws CONFIG_ARGUMENT_UNEXPECTED, CONFIG_UNKNOWN_SETTING, CONFIG_FLAG_VALUE_MISSING */
function readFlags(args: readonly string[]): readonly Flag[] {
  const flags: Flag[] = []
  for (let at = 0; at < args.length; at += 1) {
    const argument = args[at] ?? ''
    if (!argument.startsWith('--')) throw configErrors.ARGUMENT_UNEXPECTED({ argument })
    const [name = '', ...assigned] = argument.split('=')
    if (!knownFlags.includes(name)) throw unknownSetting(name, commandLine, knownFlags)
    let value: string | undefined = assigned.join('=')
    if (assigned.length === 0) {
      at += 1
      value = args[at]
    }
    // `--data --port=1` forgot the value; `--data=--port` means it.
    const isForgotten = value === undefined || (assigned.length === 0 && value.startsWith('--'))
    if (isForgotten) throw configErrors.FLAG_VALUE_MISSING({ name })
    flags.push({ name, value: value ?? '' })
  }
  return flags
}

function fromFlags(flags: readonly Flag[], base: string): GivenSettings {
  return flags.flatMap(({ name, value }) => {
    const [key] = allSettings.find(([, setting]) => flagName(setting) === name) ?? []
    return key === undefined ? [] : [[key, { value, where: commandLine, base }]]
  })
}

function validValue(setting: Setting, { value, where, base }: Given): unknown {
  const result = setting.schema.safeParse(value)
  if (!result.success) {
    const problem = result.error.issues[0]?.message ?? 'is not valid'
    throw configErrors.INVALID_VALUE({ where, name: setting.name, problem })
  }
  const isFile = setting.isPath && typeof result.data === 'string' && result.data !== ':memory:'
  return isFile ? resolve(base, result.data as string) : result.data
}

function unknownSetting(name: string, where: string, known: readonly string[]): Error {
  const suggestion = nearestName(name, known)
  const hint = suggestion === undefined ? '' : `; did you mean ${suggestion}?`
  return configErrors.UNKNOWN_SETTING({ where, name, hint, ...(suggestion && { suggestion }) })
}

const prefix = 'DDB_'

function environmentSlips(env: Environment): readonly string[] {
  const known = [fileVariable, ...allSettings.map(([, setting]) => environmentName(setting))]
  const slips: string[] = []
  for (const name of Object.keys(env)) {
    if (!name.startsWith(prefix) || known.includes(name)) continue
    // The prefix, which all have, would make far names look near.
    const words = known.map((each) => each.slice(prefix.length))
    const suggestion = nearestName(name.slice(prefix.length), words)
    if (suggestion === undefined) continue
    slips.push(`the environment variable ${name} sets nothing; did you mean ${prefix}${suggestion}?`)
  }
  return slips
}
