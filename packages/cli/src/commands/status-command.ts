/** `ddb status`. */

import type { Command } from './command.ts'
import { databaseOption, dataOption, tokenOption, urlOption } from './shared-options.ts'

export const statusCommand: Command = {
  name: 'status',
  summary: 'ask a server how it is',
  usage: '[options]',
  about: [
    'Says whether a server answers, its version, how long it has been up, and the newest commit of a ' +
      'database. Ends with exit code 0 when it is ready for requests, and 69 when it is not or nobody ' +
      'answers.',
  ],
  options: [
    urlOption,
    { ...databaseOption, about: 'database whose newest commit is shown' },
    tokenOption,
    { ...dataOption, about: 'folder of the server’s data, for its token' },
    { name: 'json', about: 'print one line of JSON' },
  ],
  operandsMax: 0,
  examples: [
    { command: 'ddb status', about: 'the server of this machine' },
    { command: 'ddb status --url https://db.example.com --json', about: 'another one, for a program' },
  ],
  async run({ args, io }) {
    const { runStatus } = await import('../status/run-status.ts')
    return runStatus(args, io)
  },
}
