/** `ddb verify-proof`. */

import type { Command } from './command.ts'

export const verifyProofCommand: Command = {
  name: 'verify-proof',
  summary: 'check a proof, without a server and without a database',
  usage: '<file> [options]',
  about: [
    'Checks a proof that "ddb proof" or the server wrote, and says what it proves. "-" reads it from ' +
      'standard input. With --key it also says that it is signed by the owner of that key, and with ' +
      '--root that it is about the history that you know; with neither, a proof that holds could be ' +
      'anybody’s.',
    'Ends with exit code 0 when the proof holds, and 65 when it does not.',
  ],
  options: [
    { name: 'key', value: 'KEY', about: 'public key of the database, or a file that holds it' },
    {
      name: 'root',
      value: 'ROOT',
      about: 'root that you trust, in hex or base64; for a proof of growth, the one you knew before',
    },
    { name: 'json', about: 'print one line of JSON, also for a proof that does not hold' },
  ],
  operandsMax: 1,
  examples: [
    { command: 'ddb verify-proof invoice-1.json --key shop.pub', about: 'whether it holds, and is ours' },
    { command: 'ddb verify-proof - --json < proof.json', about: 'for a program' },
  ],
  async run({ args, io }) {
    const { runVerifyProof } = await import('../proof/run-verify-proof.ts')
    return runVerifyProof(args, io)
  },
}
