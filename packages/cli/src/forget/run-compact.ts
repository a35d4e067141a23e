/** `ddb compact`: of a server's database, or of one in a folder, by way of DQL. */

import { stringifyJson, type ValueObject } from '@dendrodb/protocol'
import type { Arguments } from '../arguments/parse-arguments.ts'
import type { CliIo } from '../cli-io.ts'
import { printableJson } from '../output/printable.ts'
import { writeLines } from '../output/write-text.ts'
import { openConnection } from '../sql/open-connection.ts'
import { runOnly } from '../sql/run-only.ts'

/** The exit code. @throws CLI_*, STORAGE_FULL, what the server says */
export async function runCompact(args: Arguments, io: CliIo): Promise<number> {
  const connection = await openConnection(args, io)
  try {
    const place = { database: args.value('database') ?? '' }
    const answer = (await runOnly(connection, 'COMPACT', place)) as ValueObject
    const { bytes_before: before, bytes_after: after } = answer
    const line = args.has('json') ? printableJson(stringifyJson(answer)) : `${after} bytes, ${before} before`
    await writeLines(io.stdout, [line])
    return 0
  } finally {
    await connection.close()
  }
}
