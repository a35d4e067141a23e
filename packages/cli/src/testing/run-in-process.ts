/**
 * The command in the test's own process: quicker than one of its own, for what does not depend on the folder
 * it runs in. Files are named from the root, and nothing is read from the machine's environment.
 */

import { PassThrough, Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { runCli } from '../run-cli.ts'

export interface InProcessOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly input?: string
}

export async function runInProcess(args: readonly string[], { env = {}, input = '' }: InProcessOptions = {}) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const code = await runCli(args, { stdin: Readable.from([input]), stdout, stderr, env })
  stdout.end()
  stderr.end()
  return { code, stdout: await text(stdout), stderr: await text(stderr) }
}
