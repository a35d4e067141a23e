/** `ddb db`. */

import type { Command } from './command.ts'
import { dataOption, tokenOption, urlOption } from './shared-options.ts'

export const dbCommand: Command = {
  name: 'db',
  summary: 'list, make and drop databases',
  usage: 'list | create NAME | drop NAME [options]',
  about: [
    'A database is made with what --init names, whole or not at all: a file with a JSON object of ' +
      'indexes, seed and links, as the daemon API takes it. One that is dropped lies in the folder trash ' +
      'of the data until the server empties it, after a day unless told otherwise; --purge removes it at ' +
      'once.',
    'It asks the server at --url, as root. With --data alone it opens that folder in this process, unless ' +
      'a server has it open.',
  ],
  options: [
    {
      name: 'init',
      value: 'FILE',
      about: 'create: indexes, records and links that the database begins with',
    },
    {
      name: 'hash',
      value: 'NAME',
      choices: ['blake2b', 'sha512'],
      about: 'create: hash function of its chain; blake2b unless the server has another default',
    },
    { name: 'purge', about: 'drop: remove the files at once' },
    urlOption,
    tokenOption,
    { ...dataOption, about: 'folder of the data, or of the server’s, for its token' },
    { name: 'json', about: 'print a line of JSON per database' },
  ],
  operandsMax: 2,
  examples: [
    { command: 'ddb db list', about: 'what there is' },
    { command: 'ddb db create shop --init shop.json', about: 'with indexes, records and links' },
    { command: 'ddb db drop shop', about: 'into the trash' },
  ],
  async run({ args, io }) {
    const { runDatabases } = await import('../databases/run-databases.ts')
    return runDatabases(args, io)
  },
}
