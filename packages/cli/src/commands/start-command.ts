/** `ddb start`. */

import type { Command } from './command.ts'

export const startCommand: Command = {
  name: 'start',
  summary: 'start a server',
  usage: '[options]',
  about: [
    'Starts a server on this machine and runs until Ctrl-C or SIGTERM; requests in flight are ' +
      'finished first. On a terminal it logs for people, otherwise as lines of JSON.',
    'Every setting of the server is an option, an environment variable (DDB_…) and a line of ' +
      'ddb.toml, which is read from the current folder, then from ~/.config/dendrodb, unless --config ' +
      'names a file. Options beat the environment, which beats the file. The most used ones:',
  ],
  options: [
    {
      name: 'data',
      value: 'DIR',
      default: './ddb-data',
      env: 'DDB_DATA',
      about: 'folder of the data, made when missing; :memory: keeps everything in memory',
    },
    {
      name: 'host',
      value: 'ADDRESS',
      default: '127.0.0.1',
      env: 'DDB_HOST',
      about: 'address to listen on; 0.0.0.0 or :: opens the server to the network',
    },
    {
      name: 'port',
      value: 'PORT',
      default: '7700',
      env: 'DDB_PORT',
      about: 'port to listen on; 0 takes any free one',
    },
    {
      name: 'log-level',
      value: 'LEVEL',
      choices: ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
      default: 'info',
      env: 'DDB_LOG_LEVEL',
      about: 'least severe log line that is written',
    },
    {
      name: 'config',
      value: 'FILE',
      env: 'DDB_CONFIG',
      about: 'configuration file to read instead of ddb.toml',
    },
  ],
  operandsMax: 0,
  examples: [
    { command: 'ddb start', about: 'with its data in ./ddb-data, on http://127.0.0.1:7700' },
    { command: 'ddb start --data /var/lib/ddb --port 8080', about: 'somewhere else' },
    { command: 'ddb start --data :memory: --log-level warn', about: 'to try something out; nothing is kept' },
  ],
  parsesItself: true,
  async run({ rawArgs, io }) {
    const { runStart } = await import('../start/run-start.ts')
    return runStart(rawArgs, io)
  },
}
