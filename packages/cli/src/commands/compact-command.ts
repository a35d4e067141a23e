/** `ddb compact`. */

import type { Command } from './command.ts'
import { connectionOptions, databaseOption } from './shared-options.ts'

export const compactCommand: Command = {
  name: 'compact',
  summary: 'give the disk back what a database does not need any more',
  usage: '[options]',
  about: [
    'Takes out what has outlived the HISTORY of its table, and rewrites the files without what was ' +
      'deleted or overwritten, as an administrator. Everybody else goes on meanwhile.',
    'It asks the server at --url. With --data alone it opens that folder in this process, unless a server ' +
      'has it open.',
  ],
  options: [
    databaseOption,
    ...connectionOptions,
    { name: 'json', about: 'print the sizes as a line of JSON' },
  ],
  operandsMax: 0,
  examples: [
    { command: 'ddb compact --database shop', about: 'give space back while serving' },
    { command: 'ddb compact --data ./ddb-data', about: 'while no server runs' },
  ],
  async run({ args, io }) {
    const { runCompact } = await import('../forget/run-compact.ts')
    return runCompact(args, io)
  },
}
