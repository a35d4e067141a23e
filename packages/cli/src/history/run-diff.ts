/**
 * `ddb diff`: records that differ between two moments, page by page, so that however many there are, few are
 * held in memory.
 */

import { RecordId, stringifyJson, type ValueObject } from '@dendrodb/protocol'
import type { Arguments } from '../arguments/parse-arguments.ts'
import { cliErrors } from '../cli-errors.ts'
import type { CliIo } from '../cli-io.ts'
import { changeLines, differCount, valueText } from '../output/change-lines.ts'
import { paintFor } from '../output/paint.ts'
import { printableJson } from '../output/printable.ts'
import { writeLines } from '../output/write-text.ts'
import type { Connection } from '../sql/connection.ts'
import { openConnection } from '../sql/open-connection.ts'
import { runOnly } from '../sql/run-only.ts'
import { type DiffRequest, diffQuery, numberOption } from './history-query.ts'

/** Records asked for at a time. */
const pageRecords = 1_000

/** The exit code. @throws CLI_*, LITERAL_SYNTAX, what the server says */
export async function runDiff(args: Arguments, io: CliIo): Promise<number> {
  const [from, to] = args.operands
  if (from === undefined) {
    throw cliErrors.OPERAND_MISSING({ command: 'diff', operand: 'commit, instant or snapshot to begin with' })
  }
  const limit = numberOption(args, 'limit', 1) ?? Number.POSITIVE_INFINITY
  const paint = paintFor(io.stdout, io)
  const place = { database: args.value('database') ?? '', branch: args.value('branch') }
  const after = args.value('after')
  const connection = await openConnection(args, io)
  try {
    const pages = pagesOf(connection, place, {
      request: { from, to, tables: args.values('table') },
      after: after === undefined ? undefined : RecordId.parse(after),
      limit,
    })
    let count = 0
    let last: ValueObject | undefined
    for await (const rows of pages) {
      count += rows.length
      last = rows.at(-1)
      await writeLines(
        io.stdout,
        args.has('json')
          ? rows.map((row) => printableJson(stringifyJson(row)))
          : rows.flatMap((row) => [...changeLines(row, paint)]),
      )
    }
    if (args.has('json')) return 0
    const more =
      count === limit && last !== undefined ? `; more may follow --after ${valueText(last.id)}` : ''
    await writeLines(io.stdout, [paint.dim(differCount(count) + more)])
    return 0
  } finally {
    await connection.close()
  }
}

interface Wanted {
  readonly request: DiffRequest
  readonly after: RecordId | undefined
  readonly limit: number
}

async function* pagesOf(
  connection: Connection,
  place: { readonly database: string; readonly branch: string | undefined },
  { request, after, limit }: Wanted,
): AsyncGenerator<readonly ValueObject[]> {
  let last = after
  for (let left = limit; left > 0; ) {
    const wanted = Math.min(left, pageRecords)
    const query = diffQuery(request, last, wanted)
    const rows = (await runOnly(connection, query, place)) as readonly ValueObject[]
    if (rows.length > 0) yield rows
    if (rows.length < wanted) return
    left -= rows.length
    last = rows.at(-1)?.id as RecordId
  }
}
