/**
 * Help as text, for people who have never seen the command: what it is for, how it is called, what can be set
 * and how, and examples to copy.
 */

import type { Command, Example } from '../commands/command.ts'
import { helpOption, type Option } from './option.ts'

const columnsMax = 100
const indent = '  '

export function overview(commands: readonly Command[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length))
  return [
    'ddb: DendroDB, a backend on one versioned, hash-chained store',
    '',
    'Usage: ddb <command> [options]',
    '',
    'Commands:',
    ...commands.map(({ name, summary }) => `${indent}${name.padEnd(width)}  ${summary}`),
    '',
    'First steps:',
    `${indent}ddb start                              start a server, with its data in ./ddb-data`,
    `${indent}ddb sql                                ask it, from another terminal`,
    `${indent}ddb sql --embedded -e "RETURN 1 + 1"   ask without a server`,
    '',
    'Each command explains itself with --help, for example "ddb sql --help".',
    '',
  ].join('\n')
}

export function commandHelp(command: Command): string {
  const { name, summary, usage, about, options, examples } = command
  return [
    `ddb ${name}: ${summary}`,
    '',
    `Usage: ddb ${name}${usage === '' ? '' : ` ${usage}`}`,
    '',
    ...about.flatMap((paragraph) => [...wrap(paragraph, columnsMax), '']),
    'Options:',
    ...optionLines([...options, helpOption]),
    '',
    'Examples:',
    ...exampleLines(examples),
    '',
  ].join('\n')
}

/** `-d, --database NAME`. */
export function optionUsage({ name, short, value }: Option): string {
  const long = value === undefined ? `--${name}` : `--${name} ${value}`
  return short === undefined ? `${indent}  ${long}` : `-${short}, ${long}`
}

/** What an option means, with what it may be and where else it comes from. */
export function optionAbout({ about, choices, default: fallback, env }: Option): string {
  const notes = [
    ...(choices === undefined ? [] : [`one of ${choices.join(', ')}`]),
    ...(fallback === undefined ? [] : [`default ${fallback}`]),
    ...(env === undefined ? [] : [`environment ${env}`]),
  ]
  return notes.length === 0 ? about : `${about} (${notes.join('; ')})`
}

function optionLines(options: readonly Option[]): string[] {
  const width = Math.max(...options.map((option) => optionUsage(option).length))
  return options.flatMap((option) => {
    const lines = wrap(optionAbout(option), columnsMax - width - 4)
    return lines.map((line, at) => `${indent}${(at === 0 ? optionUsage(option) : '').padEnd(width)}  ${line}`)
  })
}

function exampleLines(examples: readonly Example[]): string[] {
  const width = Math.max(...examples.map(({ command }) => command.length))
  return examples.map(({ command, about }) => `${indent}${command.padEnd(width)}  ${about}`)
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else {
      line = line === '' ? word : `${line} ${word}`
    }
  }
  return [...lines, line]
}
