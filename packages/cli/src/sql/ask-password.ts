/**
 * Asks for a password without showing it.
 */

import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { cliErrors } from '../cli-errors.ts'
import type { CliIo } from '../cli-io.ts'

/** @throws CLI_OPTION_VALUE when there is nobody to ask, CLI_INTERRUPTED */
export async function askPassword(
  email: string,
  { stdin, stderr }: Pick<CliIo, 'stdin' | 'stderr'>,
): Promise<string> {
  if (stdin.isTTY !== true) {
    throw cliErrors.OPTION_VALUE({
      name: '--user',
      problem: 'needs --password, or DDB_PASSWORD in the environment',
    })
  }
  stderr.write(`Password of ${email}: `)
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  const lines = createInterface({ input: stdin, output: nowhere, terminal: true, historySize: 0 })
  try {
    return await new Promise((resolve, reject) => {
      lines.once('line', resolve)
      lines.once('SIGINT', () => reject(cliErrors.INTERRUPTED()))
      lines.once('close', () => reject(cliErrors.INTERRUPTED()))
    })
  } finally {
    lines.close()
    stderr.write('\n')
  }
}
