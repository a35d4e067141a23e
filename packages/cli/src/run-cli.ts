/**
 * From the command line to a command, and from whatever it ends with to an exit code.
 */

import { parseArguments } from './arguments/parse-arguments.ts'
import type { CliIo } from './cli-io.ts'
import type { Command } from './commands/command.ts'
import { commands } from './commands/commands.ts'
import { findCommand } from './commands/find-command.ts'

const helpWords: ReadonlySet<string> = new Set(['--help', '-h'])
const versionWords: ReadonlySet<string> = new Set(['--version', '-v', '-V'])

/** The exit code. Never throws: errors are a line on standard error. */
export async function runCli(args: readonly string[], io: CliIo): Promise<number> {
  endWithReader(io)
  try {
    return await dispatch(args, io)
  } catch (error) {
    const { reportError } = await import('./output/report-error.ts')
    return reportError(error, io)
  }
}

async function dispatch(args: readonly string[], io: CliIo): Promise<number> {
  const [first, ...rest] = args
  const name = commandName(first)
  const command = await findCommand(name, commands)
  if (isHelpWanted(rest)) return help(command, io)
  const rules = { command: name, options: command.options, operandsMax: command.operandsMax }
  const parsed = await parseArguments(command.parsesItself === true ? [] : rest, rules, io.env)
  if (parsed.has('help')) return help(command, io)
  return command.run({ args: parsed, rawArgs: rest, io, commands })
}

function commandName(first: string | undefined): string {
  if (first === undefined || helpWords.has(first)) return 'help'
  return versionWords.has(first) ? 'version' : first
}

/** Behind `--` a word is an operand. */
function isHelpWanted(args: readonly string[]): boolean {
  const end = args.indexOf('--')
  return args.slice(0, end < 0 ? args.length : end).some((word) => helpWords.has(word))
}

async function help(command: Command, io: CliIo): Promise<number> {
  const { commandHelp } = await import('./arguments/help-text.ts')
  io.stdout.write(commandHelp(command))
  return 0
}

/** `ddb … | head` ends with head: nobody is there to be told that the rest could not be written. */
function endWithReader({ stdout }: CliIo): void {
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    process.exit(0)
  })
}
