/** `ddb backup`. */

import type { Command } from './command.ts'
import { databaseOption, dataOption, tokenOption, urlOption } from './shared-options.ts'

export const backupCommand: Command = {
  name: 'backup',
  summary: 'save a database, with all its history, to a file',
  usage: '[options]',
  about: [
    'Everything that was committed when it begins is in the backup, while the server goes on. The file ' +
      'appears under its name once all of it is on disk and checked. With --since or --incremental only ' +
      'what came after an earlier backup is saved; "ddb restore" then takes both files.',
    'It asks the server at --url, as root. With --data alone it opens that folder in this process, unless ' +
      'a server has it open. When the environment variable DDB_TMK holds a master key (for a server: its ' +
      'own), the backup is encrypted under it.',
  ],
  options: [
    {
      name: 'output',
      short: 'o',
      value: 'FILE',
      default: '.',
      about: 'file, or folder in which it gets a name; - is standard output',
    },
    { ...databaseOption, about: 'database to save' },
    { name: 'all', about: 'save every database, each to a file of its own in the folder' },
    {
      name: 'since',
      value: 'COMMIT',
      about: 'only what came after this commit, or after the backup in this file',
    },
    {
      name: 'incremental',
      about: 'only what came after the newest backup in the folder; all when there is none',
    },
    { name: 'plain', about: 'do not encrypt, whether there is a master key or not' },
    urlOption,
    tokenOption,
    { ...dataOption, about: 'folder of the data, or of the server’s, for its token' },
    { name: 'json', about: 'print a line of JSON per file' },
  ],
  operandsMax: 0,
  examples: [
    { command: 'ddb backup', about: 'the database main, into this folder' },
    { command: 'ddb backup --all --incremental -o /backups', about: 'for every night' },
    { command: 'ddb backup -d shop --data ./ddb-data -o shop.ddbackup', about: 'without a server' },
  ],
  async run({ args, io }) {
    const { runBackup } = await import('../backup/run-backup.ts')
    return runBackup(args, io)
  },
}
