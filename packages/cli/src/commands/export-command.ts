/** `ddb export`. */

import type { Command } from './command.ts'
import { databaseOption, dataOption, tokenOption, urlOption } from './shared-options.ts'

export const exportCommand: Command = {
  name: 'export',
  summary: 'write a database as lines of JSON',
  usage: '[options]',
  about: [
    'A line per definition and record, as they are at the newest commit; with --history a line per commit ' +
      'and version, from which "ddb import" makes a database with the same head. Values keep their types.',
    'It asks the server at --url, as root. With --data alone it opens that folder in this process, unless ' +
      'a server has it open.',
  ],
  options: [
    {
      name: 'output',
      short: 'o',
      value: 'FILE',
      default: '-',
      about: 'file, which appears once it is whole; - is standard output',
    },
    { ...databaseOption, about: 'database to export' },
    {
      name: 'history',
      about: 'every commit with all that belongs to it, instead of the records as they are',
    },
    urlOption,
    tokenOption,
    { ...dataOption, about: 'folder of the data, or of the server’s, for its token' },
  ],
  operandsMax: 0,
  examples: [
    { command: 'ddb export -d shop -o shop.jsonl', about: 'the records' },
    { command: 'ddb export --history | gzip > main.jsonl.gz', about: 'everything that ever was' },
  ],
  async run({ args, io }) {
    const { runExport } = await import('../transfer/run-export.ts')
    return runExport(args, io)
  },
}
