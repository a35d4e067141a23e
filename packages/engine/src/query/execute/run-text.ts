/**
 * The statements of a text in turn.
 */

import { accessErrors } from '../access-errors.ts'
import type { UseStatement } from '../dql/ast.ts'
import type { PreparedStatement, PreparedText } from '../query-cache.ts'
import { queryErrors } from '../query-errors.ts'
import { runBranchStatement } from './branch-statements.ts'
import { databaseOf } from './database-name.ts'
import { runForgettingStatement } from './forgetting-statements.ts'
import { ownKinds } from './own-kinds.ts'
import type { RequestRun } from './request-run.ts'
import { runSnapshotStatement } from './snapshot-statements.ts'
import { runTransaction } from './transaction.ts'

/** Statements that are no transaction of the session's, or a part of none. */
const specialKinds: ReadonlySet<string> = new Set(['begin', 'commit', 'cancel', 'use', ...ownKinds])

/** Runs the statements from `begin` on; a promise only from the first that has to wait. */
export function runText(request: RequestRun, text: PreparedText, begin = 0): Promise<void> | undefined {
  for (let i = begin; i < text.length; i += 1) {
    const turn = i === begin ? undefined : request.turn()
    if (turn !== undefined) return turn.then(() => runText(request, text, i))
    const prepared = text[i] as PreparedStatement
    const { kind } = prepared.statement
    if (specialKinds.has(kind)) {
      return runSpecial(request, text, i)
    }
    const running = request.runStatement(prepared)
    if (running instanceof Promise) return running.then(() => runText(request, text, i + 1))
  }
  return undefined
}

async function runSpecial(request: RequestRun, text: PreparedText, at: number): Promise<void> {
  const { statement } = text[at] as PreparedStatement
  let end = at
  switch (statement.kind) {
    case 'begin':
      end = await runTransaction(request, text, at)
      break
    case 'use':
      await runUse(request, statement)
      break
    case 'define_branch':
    case 'merge_branch':
    case 'remove_branch':
      await runBranchStatement(request, statement)
      break
    case 'define_snapshot':
    case 'remove_snapshot':
    case 'restore_snapshot':
      await runSnapshotStatement(request, statement)
      break
    case 'erase':
    case 'compact':
      await runForgettingStatement(request, statement)
      break
    default: {
      const problem = 'needs a BEGIN before it'
      const error = queryErrors.TRANSACTION_STATE({ statement: statement.kind.toUpperCase(), problem })
      request.fail(error, performance.now())
    }
  }
  await runText(request, text, end + 1)
}

/**
 * Only root may go to another database: accounts and rules belong to the one they were made in. Branches have
 * main's rules.
 */
async function runUse(request: RequestRun, use: UseStatement): Promise<void> {
  const startedAt = performance.now()
  try {
    const name = databaseOf(use, request.database)
    if (name !== request.database) {
      const { isRoot, isSystem } = request.session
      if (!isRoot && !isSystem) throw accessErrors.ROOT_REQUIRED({ statement: 'USE of another database' })
      await request.enter(name, use.branch)
    } else {
      await request.enter(name, use.branch ?? request.branch)
    }
    request.succeed(undefined, startedAt)
  } catch (error) {
    request.lose(error)
    request.fail(error, startedAt)
  }
}
