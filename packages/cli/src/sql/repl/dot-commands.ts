/**
 * Commands of the prompt itself. A new one is an entry here; help and completion follow.
 */

import { formatIdentifier } from '@dendrodb/protocol'
import { nearestWord } from '../../arguments/nearest-word.ts'
import { cliErrors } from '../../cli-errors.ts'
import type { CliIo } from '../../cli-io.ts'
import { printableLine } from '../../output/printable.ts'
import type { QuerySession } from '../query-session.ts'
import { type ResultView, resultFormats } from '../result-view.ts'
import { runScript } from '../run-script.ts'
import { readScriptFile } from '../script-source.ts'
import { databasesOf, resultOf, tablesOf } from './database-listing.ts'

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
  { name: '.timing', usage: 'on|off', about: 'say how long each statement takes', run: setTiming },
  {
    name: '.read',
    usage: 'FILE',
    about: 'run the statements of a file, up to the first error',
    run: readFile,
  },
  { name: '.quit', usage: '', about: 'leave; so do .exit and Ctrl-D', run: async (_, { leave }) => leave() },
  { name: '.exit', usage: '', about: 'leave', run: async (_, { leave }) => leave() },
]

/** @throws CLI_DOT_COMMAND_UNKNOWN, CLI_DOT_COMMAND_USAGE, and what the command may meet */
export async function runDotCommand(line: string, context: DotContext): Promise<void> {
  const [, name = '', argument = ''] = /^(\S+)\s*(.*?)\s*;?\s*$/s.exec(line.trim()) ?? []
  const command = dotCommands.find((each) => each.name === name.toLowerCase())
  if (command === undefined) throw unknownCommand(name)
  if (command.usage === '' && argument !== '')
    throw cliErrors.DOT_COMMAND_USAGE({ name: command.name, usage: '' })
  await command.run(argument, context)
}

function unknownCommand(name: string): Error {
  const near = nearestWord(
    name,
    dotCommands.map((each) => each.name),
  )
  return cliErrors.DOT_COMMAND_UNKNOWN({ name, hint: near === undefined ? '' : `; did you mean ${near}?` })
}

function dotHelp(): readonly string[] {
  const uses = dotCommands.map(({ name, usage }) => `${name} ${usage}`.trim())
  const width = Math.max(...uses.map((use) => use.length))
  return [
    'Statements end with ";" and may take several lines; an empty line ends one as well. Try:',
    '',
    "  CREATE city SET name = 'Wien', people = 2_000_000;",
    '  SELECT * FROM city WHERE people > 1_000_000;',
    '',
    'What LET sets and USE chooses stays until you leave. Tab completes, the arrow keys recall. Ctrl-C cancels',
    'what is running, or clears the line. A line that begins with a blank is not kept in the history.',
    '',
    ...dotCommands.map(({ about }, at) => `  ${uses[at]?.padEnd(width)}  ${about}`),
  ]
}

async function useDatabase(name: string, { session, view, signal }: DotContext): Promise<void> {
  if (name === '') throw cliErrors.DOT_COMMAND_USAGE({ name: '.use', usage: 'NAME' })
  const known = await databasesOf(session, signal)
  await resultOf(session, `USE DB ${formatIdentifier(name)}`, signal)
  const note = known?.includes(session.database) === false ? ', which is new' : ''
  await view.print([`now in ${session.database}${note}`])
}

async function listDatabases(_: string, { session, view, signal }: DotContext): Promise<void> {
  const names = (await databasesOf(session, signal)) ?? [session.database]
  await view.print(names.map((name) => `${name === session.database ? '*' : ' '} ${name}`))
}

async function listTables(_: string, { session, view, signal }: DotContext): Promise<void> {
  const names = await tablesOf(session, signal)
  await view.print(names.length === 0 ? ['no tables yet'] : names.map((name) => `  ${printableLine(name)}`))
}

async function showInfo(table: string, { session, view, signal }: DotContext): Promise<void> {
  const subject = table === '' ? 'DB' : `TABLE ${formatIdentifier(table)}`
  const startedAt = performance.now()
  const value = await resultOf(session, `INFO FOR ${subject}`, signal)
  await view.show({ value, timeMs: performance.now() - startedAt }, { keyword: 'INFO', fields: [] })
}

async function setFormat(name: string, { view }: DotContext): Promise<void> {
  const format = resultFormats.find((each) => each === name)
  if (format === undefined) {
    throw cliErrors.DOT_COMMAND_USAGE({ name: '.format', usage: resultFormats.join('|') })
  }
  view.format = format
}

async function setTiming(state: string, { view }: DotContext): Promise<void> {
  if (state !== 'on' && state !== 'off') {
    throw cliErrors.DOT_COMMAND_USAGE({ name: '.timing', usage: 'on|off' })
  }
  view.showsTiming = state === 'on'
}

async function readFile(file: string, { session, view, io, signal }: DotContext): Promise<void> {
  if (file === '') throw cliErrors.DOT_COMMAND_USAGE({ name: '.read', usage: 'FILE' })
  const text = await readScriptFile(file)
  await runScript({ text, source: file }, { session, view, io, signal, continuesAfterErrors: false })
}
