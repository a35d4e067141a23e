/**
 * `ddb erase`: records of a server's database, or of one in a folder, by way of DQL.
 * Why it waits: an erasure is complete only when the files were rewritten, and in a folder nobody else would
 * do it before the next start.
 */

import { setTimeout } from 'node:timers/promises'
import { formatValue, RecordId, stringifyJson, type Value, type ValueObject } from '@dendrodb/protocol'
import type { Arguments } from '../arguments/parse-arguments.ts'
import { cliErrors } from '../cli-errors.ts'
import type { CliIo } from '../cli-io.ts'
import { printableJson } from '../output/printable.ts'
import { writeLines } from '../output/write-text.ts'
import { openConnection } from '../sql/open-connection.ts'
import { runOnly } from '../sql/run-only.ts'

const pollMs = 100

/** The exit code. @throws CLI_*, FORGET_*, LITERAL_SYNTAX, what the server says */
export async function runErase(args: Arguments, io: CliIo): Promise<number> {
  const { operands } = args
  if (operands.length === 0) {
    throw cliErrors.OPERAND_MISSING({ command: 'erase', operand: 'record such as user:alice' })
  }
  const records = operands.map((text) => RecordId.parse(text))
  if (!args.has('yes')) throw cliErrors.NOT_CONFIRMED({ what: operands.join(', ') })
  const reason = args.value('reason')
  const connection = await openConnection(args, io)
  try {
    const run = (query: string) => runOnly(connection, query, { database: args.value('database') ?? '' })
    const because = reason === undefined ? '' : ` REASON ${formatValue(reason)}`
    const answer = (await run(`ERASE ${records.map(formatValue).join(', ')}${because}`)) as ValueObject
    const complete = args.has('no-wait') ? await isComplete(run) : await untilComplete(run)
    await writeLines(io.stdout, args.has('json') ? [jsonLine(answer, complete)] : textLines(answer, complete))
    return 0
  } finally {
    await connection.close()
  }
}

type Run = (query: string) => Promise<Value>

async function untilComplete(run: Run): Promise<boolean> {
  while (!(await isComplete(run))) await setTimeout(pollMs)
  return true
}

/** @throws CLI_ERASURE_FAILED */
async function isComplete(run: Run): Promise<boolean> {
  const { forgetting } = (await run('INFO FOR DB')) as ValueObject
  if (forgetting === undefined || forgetting === null) return true
  const { state, failure } = forgetting as ValueObject
  if (state === 'failed') throw cliErrors.ERASURE_FAILED({ reason: String(failure) })
  return false
}

function jsonLine(answer: ValueObject, complete: boolean): string {
  return printableJson(stringifyJson({ ...answer, complete }))
}

function* textLines(answer: ValueObject, complete: boolean): Iterable<string> {
  const { records, versions, metadata, erasure, commitment, salt } = answer
  yield `erased: records ${records}, versions ${versions}, metadata of commits ${metadata}`
  yield complete ? 'nothing of it is in any file' : 'the files are being rewritten'
  yield `in the ledger: ${erasure}, commitment ${commitment}`
  if (salt !== undefined) yield `salt, kept nowhere else: ${salt}`
}
