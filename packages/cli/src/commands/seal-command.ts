/** `ddb seal`. */

import type { Command } from './command.ts'
import { dataOption } from './shared-options.ts'

export const sealCommand: Command = {
  name: 'seal',
  summary: 'encrypt databases that are in the clear',
  usage: '[database] [options]',
  about: [
    'Writes a database anew, encrypted under a data key of its own that the master key DDB_TMK (or ' +
      'DDB_TMK_FILE) wraps, proves the copy, puts it into force in one step, and removes the files in ' +
      'the clear. Without a name all databases that are not sealed yet.',
    'No server may run on the folder meanwhile, and the disk needs room for the copy. When it is ' +
      'interrupted, whatever is not done is as it was; call it again.',
  ],
  options: [dataOption],
  operandsMax: 1,
  examples: [
    { command: 'DDB_TMK_FILE=/etc/dendrodb/tmk ddb seal', about: 'all databases in ./ddb-data' },
    { command: 'ddb seal shop --data /var/lib/ddb', about: 'one of another folder, the key in DDB_TMK' },
  ],
  async run({ args, io }) {
    const { runSeal } = await import('../seal/run-seal.ts')
    return runSeal('seal', args, io)
  },
}
