/**
 * `ddb history`: the versions of a record, from a server or a folder, by way of DQL.
 */

import { RecordId, stringifyJson, type ValueObject } from '@dendrodb/protocol'
import type { Arguments } from '../arguments/parse-arguments.ts'
import { cliErrors } from '../cli-errors.ts'
import type { CliIo } from '../cli-io.ts'
import { valueText } from '../output/change-lines.ts'
import { type Paint, paintFor } from '../output/paint.ts'
import { printableJson } from '../output/printable.ts'
import { writeLines } from '../output/write-text.ts'
import { openConnection } from '../sql/open-connection.ts'
import { runOnly } from '../sql/run-only.ts'
import { historyQuery, numberOption } from './history-query.ts'
import { versionLines } from './version-lines.ts'

/** The exit code. @throws CLI_*, LITERAL_SYNTAX, what the server says */
export async function runHistory(args: Arguments, io: CliIo): Promise<number> {
  const [text] = args.operands
  if (text === undefined) {
    throw cliErrors.OPERAND_MISSING({ command: 'history', operand: 'record such as person:ada' })
  }
  const record = RecordId.parse(text)
  const before = numberOption(args, 'before', 0)
  const limit = numberOption(args, 'limit', 1) ?? 1
  const place = { database: args.value('database') ?? '', branch: args.value('branch') }
  const connection = await openConnection(args, io)
  try {
    // The one behind the last says what that one changed.
    const query = historyQuery(record, before, limit + 1)
    const versions = (await runOnly(connection, query, place)) as readonly ValueObject[]
    if (versions.length === 0 && before === undefined)
      throw cliErrors.RECORD_UNKNOWN({ id: record.toString() })
    const lines = args.has('json')
      ? versions.slice(0, limit).map((version) => printableJson(stringifyJson(version)))
      : historyLines(record, versions, limit, paintFor(io.stdout, io))
    await writeLines(io.stdout, lines)
    return 0
  } finally {
    await connection.close()
  }
}

function* historyLines(
  record: RecordId,
  versions: readonly ValueObject[],
  limit: number,
  paint: Paint,
): Iterable<string> {
  if (versions.length === 0) return yield paint.dim('no versions')
  const shown = versions.slice(0, limit)
  for (const [at, version] of shown.entries()) yield* versionLines(version, versions[at + 1], paint)
  if (versions.length <= limit) return
  yield paint.dim(`more: ddb history ${valueText(record)} --before ${String(shown.at(-1)?.seq)}`)
}
