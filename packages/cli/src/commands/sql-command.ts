/** `ddb sql`. */

import type { Command } from './command.ts'
import { databaseOption, dataOption, tokenOption, urlOption } from './shared-options.ts'

export const sqlCommand: Command = {
  name: 'sql',
  summary: 'run DQL: at a prompt, from a file, or from standard input',
  usage: '[file] [options]',
  about: [
    'Runs statements of DQL, each ended by a semicolon. With a file, with -e or with something piped into it, runs those ' +
      'and ends, at the first error unless --continue is given; otherwise opens a prompt (type .help there).',
    'Asks a server; with --embedded it opens the data folder itself, while no server runs on it. A server on this ' +
      'machine is shown the token of its data folder, so that nothing has to be given for a first try.',
  ],
  options: [
    { name: 'execute', short: 'e', value: 'DQL', about: 'statements to run; then ends' },
    databaseOption,
    urlOption,
    tokenOption,
    { name: 'user', short: 'u', value: 'EMAIL', env: 'DDB_USER', about: 'sign in with this account instead of a token' },
    {
      name: 'password',
      value: 'TEXT',
      env: 'DDB_PASSWORD',
      about: 'password of the account; on a terminal it is asked for, which keeps it out of the list of processes',
    },
    { name: 'embedded', about: 'open the data folder in this process; no server' },
    { ...dataOption, about: 'folder of the data: of --embedded (:memory: keeps nothing), or of the server, for its token' },
    {
      name: 'format',
      short: 'f',
      value: 'FORMAT',
      choices: ['table', 'json', 'dql'],
      default: 'table',
      about: 'how results are printed; json and dql print one line per result unless on a terminal',
    },
    { name: 'continue', about: 'go on after an error; the exit code is that of the first one' },
    { name: 'timing', about: 'print how long each statement took; at the prompt this is on' },
  ],
  operandsMax: 1,
  examples: [
    { command: 'ddb sql', about: 'a prompt on the server of this machine' },
    { command: `ddb sql -e "CREATE city SET name = 'Wien'; SELECT * FROM city"`, about: 'two statements' },
    { command: 'ddb sql load.dql --database shop', about: 'a file' },
    { command: 'ddb sql --embedded --data ./ddb-data --format json < report.dql', about: 'without a server' },
  ],
  async run({ args, io }) {
    const { runSql } = await import('../sql/run-sql.ts')
    return runSql(args, io)
  },
}
