/**
 * Commands of the prompt itself. A new one is an entry here; help and completion follow.
 */

import { formatIdentifier } from '@dendrodb/protocol'
import { nearestWord } from '../arguments/nearest-word.ts'
import { cliErrors } from '../cli-errors.ts'
import type { CliIo } from '../cli-io.ts'
import { databasesOf, resultOf, tablesOf } from './database-listing.ts'
import type { QuerySession } from './query-session.ts'
import { type ResultFormat, type ResultView, resultFormats } from './result-view.ts'
import { runScript } from './run-script.ts'
import { readScript } from './script-file.ts'

export interface DotContext {
  readonly session: QuerySession
  readonly view: ResultView
  readonly io: CliIo
  readonly signal: AbortSignal
  /** Ends the prompt. */
  leave(): void
}

export interface DotCommand {
  readonly name: string
  /** What follows the name. */
  readonly usage: string
  readonly about: string
  run(argument: string, context: DotContext): Promise<void>
}

export const dotCommands: readonly DotCommand[] = [
  { name: '.help', usage: '', about: 'show this list', run: (_, { view }) => view.print(dotHelp()) },
  { name: '.use', usage: 'NAME', about: 'work in another database', run: useDatabase },
  { name: '.dbs', usage: '', about: 'list the databases', run: listDatabases },
  { name: '.tables', usage: '', about: 'list the tables of this database', run: listTables },
  {
    name: '.info',
    usage: '[TABLE]',
    about: 'show the definitions of this database, or of a table',
    run: showInfo,
  },
  {
    name: '.format',
    usage: resultFormats.join('|'),
    about: 'choose how results are printed',
    run: setFormat,
  },
  { name: '.timing', usage: 'on|off', about: 'print how long each statement takes', run: setTiming },
  {
    name: '.read',
    usage: 'FILE',
    about: 'run the statements of a file, up to the first error',
    run: readFile,
  },
  { name: '.quit', usage: '', about: 'leave; so do .exit and Ctrl-D', run: async (_, { leave }) => leave() },
  { name: '.exit', usage: '', about: 'leave', run: async (_, { leave }) => leave() },
]

/** @throws CLI_DOT_COMMAND_UNKNOWN, and what the command may meet */
export async function runDotCommand(line: string, context: DotContext): Promise<void> {
  const [, name = '', argument = ''] = /^(\S+)\s*(.*?)\s*;?\s*$/s.exec(line.trim()) ?? []
  const command = dotCommands.find((each) => each.name === name.toLowerCase())
  if (command !== undefined) return command.run(argument, context)
  const near = nearestWord(
    name,
    dotCommands.map((each) => each.name),
  )
  const hint = near === undefined ? '' : `; did you mean ${near}?`
  throw cliErrors.DOT_COMMAND_UNKNOWN({ name, hint })
}

function dotHelp(): string {
  const uses = dotCommands.map(({ name, usage }) => `${name} ${usage}`.trim())
  const width = Math.max(...uses.map((use) => use.length))
  const lines = dotCommands.map(({ about }, at) => `  ${uses[at]?.padEnd(width)}  ${about}\n`)
  return [
    'Statements end with a semicolon and may take several lines. Try one of\n',
    "  CREATE city SET name = 'Wien', people = 2_000_000;\n",
    '  SELECT * FROM city WHERE people > 1_000_000;\n',
    'What LET sets stays until you leave. Tab completes; Ctrl-C cancels the statement or clears the line.\n',
    'A line that begins with a space is not kept in the history.\n\n',
    ...lines,
  ].join('')
}

async function useDatabase(name: string, { session, view }: DotContext): Promise<void> {
  if (name === '') throw argumentMissing('.use', 'NAME')
  const known = await databasesOf(session)
  await resultOf(session, `USE DB ${formatIdentifier(name)}`)
  if (known?.includes(session.database) === false) await view.print(`${session.database} is a new database\n`)
}

async function listDatabases(_: string, { session, view }: DotContext): Promise<void> {
  const names = (await databasesOf(session)) ?? [session.database]
  await view.print(names.map((name) => `${name === session.database ? '*' : ' '} ${name}\n`).join(''))
}

async function listTables(_: string, { session, view }: DotContext): Promise<void> {
  const names = [...(await tablesOf(session)).keys()].sort()
  await view.print(names.length === 0 ? 'no tables yet\n' : names.map((name) => `  ${name}\n`).join(''))
}

async function showInfo(table: string, { session, view, signal }: DotContext): Promise<void> {
  const subject = table === '' ? 'DB' : `TABLE ${formatIdentifier(table)}`
  await view.show({ value: await resultOf(session, `INFO FOR ${subject}`, signal) })
}

async function setFormat(name: string, { view }: DotContext): Promise<void> {
  const format = resultFormats.find((each) => each === name)
  if (format === undefined) throw argumentMissing('.format', resultFormats.join('|'))
  view.format = format satisfies ResultFormat
}

async function setTiming(state: string, { view }: DotContext): Promise<void> {
  if (state !== 'on' && state !== 'off') throw argumentMissing('.timing', 'on|off')
  view.showsTiming = state === 'on'
}

async function readFile(file: string, { session, view, io, signal }: DotContext): Promise<void> {
  if (file === '') throw argumentMissing('.read', 'FILE')
  const text = await readScript(file)
  await runScript({ text, source: file }, { session, view, io, signal, continuesAfterErrors: false })
}

function argumentMissing(name: string, usage: string): Error {
  return cliErrors.DOT_COMMAND_USAGE({ name, usage })
}
