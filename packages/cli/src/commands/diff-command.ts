/** `ddb diff`. */

import type { Command } from './command.ts'
import { branchOption, connectionOptions, databaseOption } from './shared-options.ts'

export const diffCommand: Command = {
  name: 'diff',
  summary: 'show what changed between two moments',
  usage: 'FROM [TO] [options]',
  about: [
    'Shows the records that differ between two moments: a commit by its number, an instant such as ' +
      '2026-01-31T09:30:00Z, or the name of a snapshot. Without the second it compares with now.',
    'It asks the server at --url. With --data alone it opens that folder in this process, unless a server ' +
      'has it open. To compare branches there is "ddb branch diff".',
  ],
  options: [
    databaseOption,
    branchOption,
    { name: 'table', value: 'NAME', about: 'only this table; may be given several times' },
    { name: 'limit', value: 'NUMBER', about: 'at most so many records' },
    { name: 'after', value: 'RECORD', about: 'only records that come behind this one' },
    ...connectionOptions,
    { name: 'json', about: 'print a line of JSON per record' },
  ],
  operandsMax: 2,
  examples: [
    { command: 'ddb diff 10 20', about: 'between two commits' },
    { command: 'ddb diff 2026-01-31T00:00:00Z --table person', about: 'what has changed in a table since' },
    { command: 'ddb diff before_import', about: 'since the snapshot of that name' },
  ],
  async run({ args, io }) {
    const { runDiff } = await import('../history/run-diff.ts')
    return runDiff(args, io)
  },
}
