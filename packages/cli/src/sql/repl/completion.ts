/**
 * What Tab offers: commands of the prompt, keywords in the case that was begun, and tables of the database.
 */

import { formatIdentifier } from '@dendrodb/protocol'
import { resultFormats } from '../result-view.ts'
import { dotCommands } from './dot-commands.ts'
import { keywords } from './keywords.ts'

export interface CompletionSources {
  /** Names; asked for at each Tab. One that fails offers nothing. */
  tables(): Promise<readonly string[]>
  databases(): Promise<readonly string[]>
}

/** As `node:readline` wants it: what fits, and the piece of the line that it replaces. */
export type Completions = [string[], string]

/** @param isFirstLine whether a command of the prompt may stand here */
export async function completionsFor(
  line: string,
  isFirstLine: boolean,
  sources: CompletionSources,
): Promise<Completions> {
  const dot = /^\s*(\.\w*)(\s+(\S*))?$/.exec(line)
  if (isFirstLine && dot !== null) return dotCompletions(dot[1] ?? '', dot[3], sources)
  const word = /[\p{L}\p{N}_]*$/u.exec(line)?.[0] ?? ''
  const before = line.slice(0, line.length - word.length).at(-1)
  // A parameter, a path or a method: nothing of which is known here.
  if (word === '' || (before !== undefined && '$.:'.includes(before))) return [[], word]
  const isLower = word === word.toLowerCase()
  const fitting = keywords.filter((keyword) => keyword.startsWith(word.toUpperCase()))
  const words = fitting.map((keyword) => (isLower ? keyword.toLowerCase() : keyword))
  const tables = (await offered(sources.tables()))
    .map(formatIdentifier)
    .filter((name) => name.startsWith(word))
  return [[...new Set([...tables, ...words])].map((each) => `${each} `), word]
}

async function dotCompletions(
  name: string,
  argument: string | undefined,
  sources: CompletionSources,
): Promise<Completions> {
  if (argument === undefined) {
    const names = dotCommands.map((command) => (command.usage === '' ? command.name : `${command.name} `))
    return [names.filter((each) => each.startsWith(name)), name]
  }
  const values = await argumentsOf(name, sources)
  return [values.filter((value) => value.startsWith(argument)), argument]
}

async function argumentsOf(name: string, sources: CompletionSources): Promise<readonly string[]> {
  switch (name) {
    case '.use':
      return offered(sources.databases())
    case '.info':
      return offered(sources.tables())
    case '.format':
      return resultFormats
    case '.timing':
      return ['on', 'off']
    default:
      return []
  }
}

async function offered(names: Promise<readonly string[]>): Promise<readonly string[]> {
  try {
    return await names
  } catch {
    // Nobody answers, or not in time: the next statement will tell why.
    return []
  }
}
