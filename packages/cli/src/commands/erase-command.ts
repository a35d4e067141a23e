/** `ddb erase`. */

import type { Command } from './command.ts'
import { connectionOptions, databaseOption } from './shared-options.ts'

export const eraseCommand: Command = {
  name: 'erase',
  summary: 'take a record out of a database and its files for good',
  usage: 'RECORD... --yes [options]',
  about: [
    'Erases records, all of their versions on every branch, and their edges, in one commit, as an ' +
      'administrator; then waits until nothing of them is in any file. The chain still verifies. This ' +
      'cannot be undone. Backups made before are not touched.',
    'It asks the server at --url. With --data alone it opens that folder in this process, unless a server ' +
      'has it open.',
  ],
  options: [
    { name: 'yes', about: 'do it; without this nothing is erased' },
    { name: 'reason', value: 'TEXT', about: 'stands in the ledger for good; must not name the record' },
    { name: 'no-wait', about: 'do not wait for the files; the server rewrites them in the background' },
    databaseOption,
    ...connectionOptions,
    { name: 'json', about: 'print the answer as a line of JSON' },
  ],
  operandsMax: 1_000,
  examples: [
    { command: "ddb erase user:alice --yes --reason 'ticket 7'", about: 'forget a person' },
    { command: 'ddb erase user:alice user:bob --yes --json', about: 'two, and the answer as JSON' },
  ],
  async run({ args, io }) {
    const { runErase } = await import('../forget/run-erase.ts')
    return runErase(args, io)
  },
}
