/** `ddb sql`. */

import type { Command } from './command.ts'
import {
  branchOption,
  databaseOption,
  dataOption,
  tokenOption,
  urlOption,
  userOption,
} from './shared-options.ts'

export const sqlCommand: Command = {
  name: 'sql',
  summary: 'run DQL: interactively, from a file, or from standard input',
  usage: '[file] [options]',
  about: [
    'Without a file, on a terminal, it is a conversation: type statements, end them with ";", see the ' +
      'results. ".help" explains the rest. With a file, with text on standard input, or with -e, it ' +
      'runs the statements one after the other and stops at the first error.',
    'It asks the server at --url. With --data alone it opens that folder in this process, unless a ' +
      'server has it open; with --embedded it does so in any case, and makes the folder when there is ' +
      'none. On the machine of the server it signs in by itself, with the root token in the data ' +
      'folder; elsewhere give --token, or --user.',
  ],
  options: [
    {
      name: 'execute',
      short: 'e',
      value: 'STATEMENTS',
      about: 'run these; may be given several times',
    },
    databaseOption,
    branchOption,
    urlOption,
    tokenOption,
    userOption,
    {
      name: 'password',
      value: 'PASSWORD',
      env: 'DDB_PASSWORD',
      about: 'its password; asked for on a terminal, as other users of this machine can read a command line',
    },
    { ...dataOption, about: 'folder of the data, or of the server’s, for its token; :memory: keeps nothing' },
    { name: 'embedded', about: 'open the data folder in this process, without a server' },
    {
      name: 'format',
      value: 'FORMAT',
      choices: ['table', 'json', 'dql'],
      default: 'table',
      about: 'how to print results',
    },
    { name: 'json', about: 'the same as --format json: a line of JSON per statement' },
    { name: 'continue', about: 'go on after an error; the exit code still tells of the first one' },
  ],
  operandsMax: 1,
  examples: [
    { command: 'ddb sql', about: 'talk to the server on this machine' },
    { command: 'ddb sql -d shop -e "SELECT * FROM product LIMIT 5"', about: 'one statement' },
    {
      command: 'ddb sql setup.dql --url https://db.example.com --token …',
      about: 'a file, to a server elsewhere',
    },
    { command: 'ddb sql --data ./ddb-data --json < report.dql', about: 'for programs' },
  ],
  async run({ args, io }) {
    const { runSql } = await import('../sql/run-sql.ts')
    return runSql(args, io)
  },
}
