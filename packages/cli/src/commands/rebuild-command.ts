/** `ddb rebuild`. */

import type { Command } from './command.ts'
import { databaseOption, dataOption } from './shared-options.ts'

export const rebuildCommand: Command = {
  name: 'rebuild',
  summary: 'make a damaged database anew from its own log',
  usage: '[options]',
  about: [
    'Records, history, indexes and counts all follow from the commits of a database. When "ddb verify" ' +
      'finds one of them damaged, this derives them anew, verifies the result, and puts it in the place ' +
      'of the damaged files in one step; the head and all history stay what they were. No server may run ' +
      'on the folder meanwhile, and there must be room for a second copy of the database.',
    'Ends with exit code 74, and nothing changed, when the commits themselves are damaged: then a backup ' +
      'has to be restored.',
  ],
  options: [dataOption, { ...databaseOption, about: 'database to rebuild' }],
  operandsMax: 0,
  examples: [
    { command: 'ddb rebuild', about: 'the database main in ./ddb-data' },
    { command: 'ddb rebuild --data /var/lib/ddb -d shop', about: 'another one' },
  ],
  async run({ args, io }) {
    const { runRebuild } = await import('../rebuild/run-rebuild.ts')
    return runRebuild(args, io)
  },
}
