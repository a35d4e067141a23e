/** `ddb proof`: asks for a proof and writes it as a file, or to standard output. */

import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Arguments } from '../arguments/parse-arguments.ts'
import { cliErrors } from '../cli-errors.ts'
import type { CliIo } from '../cli-io.ts'
import { proofRequest } from './proof-request.ts'
import { askForProof } from './proof-source.ts'

/** The exit code. @throws CLI_*, PROOF_*, … */
export async function runProof(args: Arguments, io: CliIo): Promise<number> {
  const answer = await askForProof(proofRequest(args), args, io)
  const text = typeof answer === 'string' ? `${answer}\n` : `${JSON.stringify(answer, undefined, 2)}\n`
  const file = args.value('out')
  if (file === undefined) {
    io.stdout.write(text)
    return 0
  }
  try {
    await writeFile(file, text)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    throw cliErrors.FILE_UNWRITABLE({ file: resolve(file), problem: code ?? message }, { cause: error })
  }
  return 0
}
