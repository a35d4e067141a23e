/** `ddb proof`. */

import type { Command } from './command.ts'
import { databaseOption, dataOption, tokenOption, urlOption } from './shared-options.ts'

export const proofCommand: Command = {
  name: 'proof',
  summary: 'write a proof that others can check without the database',
  usage: '[record] [options]',
  about: [
    'Of a record (user:ada): that it had its contents, as it is or, with --as-of, as it was. With --seq: ' +
      'that a commit is part of the history. With --from: that the first so many commits are still what ' +
      'they were. With --public-key: the key that whoever checks proofs has to trust. ' +
      '"ddb verify-proof" checks them.',
    'It asks the server at --url. With --data alone it opens that folder in this process, unless a ' +
      'server has it open; where the server has a DDB_TMK, set it here as well.',
  ],
  options: [
    { name: 'seq', value: 'N', about: 'prove this commit' },
    { name: 'from', value: 'N', about: 'prove that the first N commits are still what they were' },
    { name: 'public-key', about: 'print the public key of the database' },
    { name: 'as-of', value: 'N', about: 'prove the record as it was at this commit' },
    { name: 'size', value: 'N', about: 'prove it in the tree of the first N commits instead of all' },
    { name: 'meta', about: 'show who made the commit, and why, as well' },
    { name: 'out', short: 'o', value: 'FILE', about: 'write it there instead of to standard output' },
    databaseOption,
    urlOption,
    tokenOption,
    { ...dataOption, about: 'folder of the data, or of the server’s, for its token' },
  ],
  operandsMax: 1,
  examples: [
    { command: 'ddb proof invoice:1 -o invoice-1.json', about: 'a record, as it is' },
    { command: 'ddb proof invoice:1 --as-of 17', about: 'as it was at commit 17' },
    { command: 'ddb proof --seq 17 --meta', about: 'a commit, and who made it' },
    { command: 'ddb proof --public-key -d shop', about: 'the key to hand on' },
  ],
  async run({ args, io }) {
    const { runProof } = await import('../proof/run-proof.ts')
    return runProof(args, io)
  },
}
