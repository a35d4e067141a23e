/**
 * `ddb branch`: branches of a server's database, or of one in a folder, by way of DQL.
 */

import { formatIdentifier, type Value, type ValueObject } from '@dendrodb/protocol'
import type { Arguments } from '../arguments/parse-arguments.ts'
import { cliErrors } from '../cli-errors.ts'
import type { CliIo } from '../cli-io.ts'
import { paintFor } from '../output/paint.ts'
import { reportError } from '../output/report-error.ts'
import { writeLines } from '../output/write-text.ts'
import { openConnection } from '../sql/open-connection.ts'
import { runOnly } from '../sql/run-only.ts'
import { createQuery, diffQuery, mergeQuery } from './branch-query.ts'
import { BranchText, type BranchView, jsonView } from './branch-text.ts'

const actions = ['list', 'create', 'diff', 'merge', 'discard'] as const

type Action = (typeof actions)[number]

/** The exit code. @throws CLI_*, BRANCH_*, what the server says */
export async function runBranch(args: Arguments, io: CliIo): Promise<number> {
  const action = actionOf(args)
  const name = nameOf(action, args)
  const view = args.has('json') ? jsonView : new BranchText(paintFor(io.stdout, io))
  const connection = await openConnection(args, io)
  try {
    const run = (query: string) => runOnly(connection, query, { database: args.value('database') ?? '' })
    return await carryOut({ action, name, args, io, view, run })
  } finally {
    await connection.close()
  }
}

interface Call {
  readonly action: Action
  readonly name: string
  readonly args: Arguments
  readonly io: CliIo
  readonly view: BranchView
  readonly run: (query: string) => Promise<Value>
}

async function carryOut(call: Call): Promise<number> {
  const { action, name, args, io, view, run } = call
  const print = (lines: Iterable<string>) => writeLines(io.stdout, lines)
  switch (action) {
    case 'list': {
      const { branches = {} } = (await run('INFO FOR DB STRUCTURE')) as ValueObject
      await print(view.branches(Object.values(branches as ValueObject) as readonly ValueObject[]))
      return 0
    }
    case 'create':
      await run(createQuery(name, args))
      await print(view.created((await run(`INFO FOR BRANCH ${formatIdentifier(name)}`)) as ValueObject))
      return 0
    case 'diff':
      await print(view.changes((await run(diffQuery(name, args))) as readonly ValueObject[]))
      return 0
    case 'merge':
      return merge(call)
    case 'discard':
      await run(`REMOVE BRANCH ${formatIdentifier(name)}`)
      await print(view.discarded(name))
      return 0
    default:
      return action satisfies never
  }
}

async function merge({ name, args, io, view, run }: Call): Promise<number> {
  const answer = (await run(mergeQuery(name, args))) as ValueObject
  await writeLines(io.stdout, view.merged(answer))
  if (answer.status !== 'conflicts') return 0
  return reportError(cliErrors.MERGE_CONFLICTS({ count: Number(answer.conflict_count) }), io)
}

/** @throws CLI_OPERAND_MISSING, CLI_ARGUMENT_UNEXPECTED */
function actionOf({ operands: [given] }: Arguments): Action {
  if (given === undefined) {
    throw cliErrors.OPERAND_MISSING({ command: 'branch', operand: `word: ${actions.join(', ')}` })
  }
  const action = actions.find((each) => each === given)
  if (action === undefined) throw cliErrors.ARGUMENT_UNEXPECTED({ command: 'branch', argument: given })
  return action
}

/** @throws CLI_OPERAND_MISSING, CLI_ARGUMENT_UNEXPECTED */
function nameOf(action: Action, { operands: [, name] }: Arguments): string {
  if (action === 'list') {
    if (name !== undefined) throw cliErrors.ARGUMENT_UNEXPECTED({ command: 'branch list', argument: name })
    return ''
  }
  if (name === undefined) {
    throw cliErrors.OPERAND_MISSING({ command: `branch ${action}`, operand: 'name of a branch' })
  }
  return name
}
