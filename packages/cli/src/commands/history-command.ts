/** `ddb history`. */

import type { Command } from './command.ts'
import { branchOption, connectionOptions, databaseOption } from './shared-options.ts'

export const historyCommand: Command = {
  name: 'history',
  summary: 'show the versions of a record',
  usage: 'RECORD [options]',
  about: [
    'Shows the versions of a record, newest first: when each was written, by whom and why, and what it ' +
      'changed against the version before it. Versions that you may not see are left out.',
    'It asks the server at --url. With --data alone it opens that folder in this process, unless a server ' +
      'has it open.',
  ],
  options: [
    databaseOption,
    branchOption,
    { name: 'limit', value: 'NUMBER', default: '20', about: 'at most so many versions' },
    { name: 'before', value: 'COMMIT', about: 'only versions that were written before this commit' },
    ...connectionOptions,
    { name: 'json', about: 'print a line of JSON per version' },
  ],
  operandsMax: 1,
  examples: [
    { command: 'ddb history person:ada', about: 'the newest 20 versions' },
    { command: 'ddb history person:ada --before 120 --json', about: 'those before commit 120, as JSON' },
  ],
  async run({ args, io }) {
    const { runHistory } = await import('../history/run-history.ts')
    return runHistory(args, io)
  },
}
