/** `ddb rotate-key`. */

import type { Command } from './command.ts'
import { dataOption } from './shared-options.ts'

export const rotateKeyCommand: Command = {
  name: 'rotate-key',
  summary: 'change the master key of sealed databases',
  usage: '[options]',
  about: [
    'Wraps the data keys of all sealed databases, and the server’s own keys, under a new master key: ' +
      'the old one is DDB_TMK or DDB_TMK_FILE, the new one DDB_TMK_NEW or DDB_TMK_NEW_FILE. That is a ' +
      'matter of moments, as no data is written anew.',
    'With --data-key the databases get new data keys, too: all of their files are written anew, which ' +
      'is what to do when a data key may be known. Without a new master key the old one wraps them.',
    'All databases are looked at before the first is changed, and each is changed in one step. When it ' +
      'is interrupted, call it again with the same keys. No server may run on the folder meanwhile.',
  ],
  options: [dataOption, { name: 'data-key', about: 'new data keys as well: writes all files anew' }],
  operandsMax: 0,
  examples: [
    {
      command: 'DDB_TMK_FILE=old.key DDB_TMK_NEW_FILE=new.key ddb rotate-key',
      about: 'a new master key for ./ddb-data',
    },
    { command: 'DDB_TMK_FILE=tmk ddb rotate-key --data-key', about: 'new data keys under the same one' },
  ],
  async run({ args, io }) {
    const { runRotateKey } = await import('../seal/run-rotate-key.ts')
    return runRotateKey(args, io)
  },
}
