/** `ddb import`. */

import type { Command } from './command.ts'
import { databaseOption, dataOption, tokenOption, urlOption } from './shared-options.ts'

const { default: _, ...database } = databaseOption

export const importCommand: Command = {
  name: 'import',
  summary: 'read lines of JSON that "ddb export" has written',
  usage: '<file> [options]',
  about: [
    'Records go into the database of a server, or of a folder with --data alone. One that is there ' +
      'already, to the byte, is passed over, so that an import that was interrupted can be run again. One ' +
      'that is there and is another ends the import, unless --yes says that it may be overwritten.',
    'A history becomes a database of its own, with the same head, in the data folder, as "ddb restore" ' +
      'makes one; a server may have that open. With --yes it replaces the database of that name.',
  ],
  options: [
    { ...database, about: 'database to write to; without it the one that the file is of' },
    { name: 'yes', about: 'overwrite what is there' },
    urlOption,
    tokenOption,
    { ...dataOption, about: 'folder of the data, or of the server’s, for its token' },
    { name: 'json', about: 'print one line of JSON' },
  ],
  operandsMax: 1,
  examples: [
    { command: 'ddb import shop.jsonl -d shop-test', about: 'records, into another database' },
    { command: 'gunzip < main.jsonl.gz | ddb import - -d copy', about: 'from a pipe' },
  ],
  async run({ args, io }) {
    const { runImport } = await import('../transfer/run-import.ts')
    return runImport(args, io)
  },
}
