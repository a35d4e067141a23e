/** `ddb unseal`. */

import type { Command } from './command.ts'
import { dataOption } from './shared-options.ts'

export const unsealCommand: Command = {
  name: 'unseal',
  summary: 'decrypt databases that are sealed',
  usage: '[database] [options]',
  about: [
    'Writes a sealed database anew in the clear, proves the copy, puts it into force in one step, and ' +
      'removes the sealed files. Without a name all databases that are sealed, and the server’s own ' +
      'keys move to a key file, so that the server starts without DDB_TMK.',
    'No server may run on the folder meanwhile, and the disk needs room for the copy. When it is ' +
      'interrupted, whatever is not done is as it was; call it again.',
  ],
  options: [dataOption],
  operandsMax: 1,
  examples: [
    { command: 'DDB_TMK_FILE=/etc/dendrodb/tmk ddb unseal', about: 'all databases in ./ddb-data' },
    { command: 'ddb unseal shop --data /var/lib/ddb', about: 'one of another folder, the key in DDB_TMK' },
  ],
  async run({ args, io }) {
    const { runSeal } = await import('../seal/run-seal.ts')
    return runSeal('unseal', args, io)
  },
}
