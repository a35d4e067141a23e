/** `ddb help [command]`. */

import type { Command } from './command.ts'

export const helpCommand: Command = {
  name: 'help',
  summary: 'explain ddb, or one of its commands',
  usage: '[command]',
  about: [
    'Without a command, lists them all. "ddb <command> --help" shows the same as "ddb help <command>".',
  ],
  options: [],
  operandsMax: 1,
  examples: [
    { command: 'ddb help', about: 'list the commands' },
    { command: 'ddb help sql', about: 'explain ddb sql' },
  ],
  async run({ args, io, commands }) {
    const { commandHelp, overview } = await import('../arguments/help-text.ts')
    const { findCommand } = await import('./find-command.ts')
    const [name] = args.operands
    io.stdout.write(name === undefined ? overview(commands) : commandHelp(await findCommand(name, commands)))
    return 0
  },
}
