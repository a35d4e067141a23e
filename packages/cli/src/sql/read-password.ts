/**
 * A password, typed on a terminal that does not show it.
 */

import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { cliErrors } from '../cli-errors.ts'
import type { CliIo } from '../cli-io.ts'

/** @throws CLI_INTERRUPTED for Ctrl-C and Ctrl-D */
export function readPassword(
  prompt: string,
  { stdin, stderr }: Pick<CliIo, 'stdin' | 'stderr'>,
): Promise<string> {
  stderr.write(prompt)
  const unseen = new Writable({ write: (_chunk, _encoding, done) => done() })
  const lines = createInterface({ input: stdin, output: unseen, terminal: true, historySize: 0 })
  return new Promise((resolve, reject) => {
    lines.on('SIGINT', () => lines.close())
    lines.on('close', () => {
      stderr.write('\n')
      reject(cliErrors.INTERRUPTED())
    })
    lines.on('line', (password) => {
      resolve(password)
      lines.close()
    })
  })
}
