/** `ddb restore`. */

import type { Command } from './command.ts'
import { dataOption } from './shared-options.ts'

export const restoreCommand: Command = {
  name: 'restore',
  summary: 'bring a database back from backups',
  usage: '<file…> [options]',
  about: [
    'Takes a full backup, and behind it those that continue it, in their order. The database is made with ' +
      'all its history up to --to, verified as a whole, and only then gets its name: whatever happens ' +
      'before, nothing has changed.',
    'It works on a data folder. A server may have that open, as long as no database of the name is there: ' +
      'the server finds the new one by itself. To replace one, stop the server.',
  ],
  options: [
    { name: 'to', value: 'WHEN', about: 'last commit to bring back: its number, or an instant' },
    { name: 'as', value: 'NAME', about: 'name of the database; without it the one that it had' },
    {
      name: 'replace',
      about: 'put it in the place of the database of that name, which is moved to the folder trash',
    },
    { ...dataOption, about: 'folder of the data, made when missing' },
    { name: 'json', about: 'print one line of JSON' },
  ],
  operandsMax: 10_000,
  examples: [
    { command: 'ddb restore shop.ddbackup --as shop-copy', about: 'beside the one that is there' },
    { command: 'ddb restore /backups/shop-* --replace', about: 'a full backup and all that continue it' },
    {
      command: 'ddb restore shop.ddbackup --to 2026-01-31T09:30:00Z --as then',
      about: 'a moment of the past',
    },
  ],
  async run({ args, io }) {
    const { runRestore } = await import('../backup/run-restore.ts')
    return runRestore(args, io)
  },
}
