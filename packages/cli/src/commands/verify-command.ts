/** `ddb verify`. */

import type { Command } from './command.ts'
import { databaseOption, dataOption } from './shared-options.ts'

export const verifyCommand: Command = {
  name: 'verify',
  summary: 'check a database against its own chain of hashes',
  usage: '[options]',
  about: [
    'Opens a data folder and checks every commit, version, record and index entry; any byte that was ' +
      'changed is found and named. No server may run on the folder meanwhile. Nothing is changed.',
    'Ends with exit code 0 when the database is intact, and 74 when it is damaged. The work is done ' +
      'in a process of its own: should a damaged file bring that down, it is reported as damage as ' +
      'well.',
  ],
  options: [
    dataOption,
    { ...databaseOption, about: 'database to check' },
    { name: 'json', about: 'print one line of JSON' },
  ],
  operandsMax: 0,
  examples: [
    { command: 'ddb verify', about: 'the database main in ./ddb-data' },
    { command: 'ddb verify --data /var/lib/ddb --database shop', about: 'another one' },
  ],
  async run({ args, io }) {
    const { runVerify } = await import('../verify/run-verify.ts')
    return runVerify(args, io)
  },
}
