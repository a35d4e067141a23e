/**
 * DEFINE, MERGE and REMOVE BRANCH. For administrators.
 * Why statements of the text alone and not of a transaction: a branch is made and removed on main, and a
 * merge is a transaction of its own on its target, wherever the session is.
 */

import { DbError, type Value } from '@dendrodb/protocol'
import { accessErrors } from '../access-errors.ts'
import type { DefineBranchOf, Expression, MergeBranchOf, RemoveBranchStatement } from '../dql/ast.ts'
import type { BranchHost, MergeOptions, NewBranch } from '../host.ts'
import { queryErrors } from '../query-errors.ts'
import { branchesOf, mergeValue } from './branch-values.ts'
import { createStatementCompiler } from './compile-statement.ts'
import { momentOf } from './moment.ts'
import type { RequestRun } from './request-run.ts'

export type BranchChange = DefineBranchOf<Expression> | MergeBranchOf<Expression> | RemoveBranchStatement

export async function runBranchStatement(request: RequestRun, statement: BranchChange): Promise<void> {
  const startedAt = performance.now()
  try {
    if (!request.access.isUnrestricted) {
      throw accessErrors.ADMIN_REQUIRED({ statement: statement.kind.replace('_', ' ').toUpperCase() })
    }
    request.checkWritable()
    const branches = branchesOf(await request.openDatabase())
    request.succeed(await carryOut(request, branches, statement), startedAt)
  } catch (error) {
    request.fail(error, startedAt)
  }
}

async function carryOut(request: RequestRun, branches: BranchHost, statement: BranchChange): Promise<Value> {
  switch (statement.kind) {
    case 'define_branch':
      return define(request, branches, statement)
    case 'merge_branch':
      return merge(request, branches, statement)
    case 'remove_branch':
      return remove(request, branches, statement)
    default:
      return statement satisfies never
  }
}

async function define(
  request: RequestRun,
  branches: BranchHost,
  { name, ifExists, from, at, comment }: DefineBranchOf<Expression>,
): Promise<Value> {
  if (ifExists === 'overwrite') throw queryErrors.NOT_SUPPORTED({ construct: 'DEFINE BRANCH OVERWRITE' })
  const options: NewBranch = {
    ...(from !== undefined && { from }),
    ...(at && { at: momentOf(await evaluateFor(request, at), 'AT') }),
    ...(comment !== undefined && { comment }),
    ...metaOf(request),
  }
  try {
    const { seq, head } = await branches.create(name, options)
    request.receipt = { seq, head }
  } catch (error) {
    if (ifExists !== 'skip' || !isCode(error, 'BRANCH_EXISTS')) throw error
  }
  return undefined
}

async function merge(
  request: RequestRun,
  branches: BranchHost,
  { name, into, strict, resolve }: MergeBranchOf<Expression>,
): Promise<Value> {
  const { signal } = request.session
  const options: MergeOptions = {
    strict,
    ...(into !== undefined && { into }),
    ...(resolve !== undefined && {
      resolve: typeof resolve === 'string' ? resolve : await evaluateFor(request, resolve),
    }),
    ...metaOf(request),
    ...(signal && { signal }),
  }
  const answer = await branches.merge(name, options)
  if (answer.status === 'merged') request.receipt = { seq: answer.seq, head: answer.head }
  return mergeValue(answer)
}

async function remove(
  request: RequestRun,
  branches: BranchHost,
  { name, ifExists }: RemoveBranchStatement,
): Promise<Value> {
  try {
    const { seq, head } = await branches.remove(name, metaOf(request))
    request.receipt = { seq, head }
  } catch (error) {
    if (!ifExists || !isCode(error, 'BRANCH_UNKNOWN')) throw error
  }
  return undefined
}

export function evaluateFor(request: RequestRun, expression: Expression): Promise<Value> {
  return request.evaluate(createStatementCompiler().expression(expression))
}

export function metaOf({ session: { meta } }: RequestRun): Pick<NewBranch, 'meta'> {
  return meta === undefined ? {} : { meta }
}

export function isCode(error: unknown, code: string): boolean {
  return error instanceof DbError && error.code === code
}
