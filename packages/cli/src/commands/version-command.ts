/** `ddb version`. */

import type { Command } from './command.ts'

export const versionCommand: Command = {
  name: 'version',
  summary: 'print the version',
  usage: '',
  about: ['Prints the version of ddb and of the Node that runs it. "ddb --version" does the same.'],
  options: [],
  operandsMax: 0,
  examples: [
    { command: 'ddb version', about: 'which version is this?' },
    { command: 'npx dendrodb version', about: 'the same without installing it' },
  ],
  async run({ io }) {
    const { version } = await import('../version.ts')
    io.stdout.write(`ddb ${version} (node ${process.versions.node})\n`)
    return 0
  },
}
