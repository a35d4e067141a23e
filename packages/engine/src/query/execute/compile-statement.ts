/**
 * Statements to what runs them: one case per kind.
 */

import { createCompiler } from '../compile/compile-expression.ts'
import type { CompiledStatement } from '../compile/compiled.ts'
import type { Compiler } from '../compile/compiler.ts'
import type { Statement } from '../dql/ast.ts'
import { queryErrors } from '../query-errors.ts'
import { nestedWrite } from './own-kinds.ts'
import { compileBringBack } from './statements/bring-back.ts'
import {
  compileExpressionStatement,
  compileFor,
  compileIf,
  compileJump,
  compileLet,
  compileReturn,
  compileSleep,
  compileThrow,
} from './statements/control.ts'
import { compileCreate } from './statements/create.ts'
import { compileDefine, compileRebuild, compileRemove } from './statements/define.ts'
import { compileDelete } from './statements/delete.ts'
import { compileDiff } from './statements/diff.ts'
import { compileDiffBranch } from './statements/diff-branch.ts'
import { explained } from './statements/explain.ts'
import { compileInfo } from './statements/info.ts'
import { compileInsert } from './statements/insert.ts'
import { compileRelate } from './statements/relate.ts'
import { compileCount, compileSelect } from './statements/select.ts'
import { compileUpdate } from './statements/update.ts'
import { compileUpsert } from './statements/upsert.ts'

/**
 * A compiler of one text. @throws QUERY_NOT_SUPPORTED and what else is wrong with a statement whatever the
 * data
 */
export function createStatementCompiler(): Compiler {
  return createCompiler(compileStatement)
}

function compileStatement(statement: Statement, compiler: Compiler): CompiledStatement {
  const compiled = compileKind(statement, compiler)
  const explain = 'explain' in statement ? statement.explain : undefined
  return explain === undefined ? compiled : explained(compiled, statement.kind, explain === 'full')
}

function compileKind(statement: Statement, compiler: Compiler): CompiledStatement {
  switch (statement.kind) {
    case 'select':
      return compileSelect(statement, compiler)
    case 'count':
      return compileCount(statement, compiler)
    case 'create':
      return compileCreate(statement, compiler)
    case 'insert':
      return compileInsert(statement, compiler)
    case 'update':
      return compileUpdate(statement, compiler)
    case 'upsert':
      return compileUpsert(statement, compiler)
    case 'delete':
      return compileDelete(statement, compiler)
    case 'restore':
    case 'undo':
    case 'undelete':
      return compileBringBack(statement, compiler)
    case 'relate':
      return compileRelate(statement, compiler)
    case 'expression':
      return compileExpressionStatement(statement, compiler)
    case 'let':
      return compileLet(statement, compiler)
    case 'return':
      return compileReturn(statement, compiler)
    case 'if':
      return compileIf(statement, compiler)
    case 'for':
      return compileFor(statement, compiler)
    case 'break':
    case 'continue':
      return compileJump(statement.kind)
    case 'throw':
      return compileThrow(statement, compiler)
    case 'sleep':
      return compileSleep(statement, compiler)
    case 'explain':
      return explained(compiler.statement(statement.statement), statement.statement.kind, statement.analyze)
    case 'diff_branch':
      return compileDiffBranch(statement, compiler)
    case 'diff':
      return compileDiff(statement, compiler)
    case 'info':
      return compileInfo(statement)
    case 'remove':
      return compileRemove(statement)
    case 'rebuild_index':
      return compileRebuild(statement)
    case 'begin':
    case 'commit':
    case 'cancel':
    case 'use':
    case 'define_branch':
    case 'merge_branch':
    case 'remove_branch':
    case 'define_snapshot':
    case 'remove_snapshot':
    case 'restore_snapshot':
    case 'erase':
    case 'compact':
      throw nestedWrite(statement.kind, 'another statement')
    case 'live':
      throw queryErrors.NOT_SUPPORTED({ construct: 'LIVE SELECT' })
    case 'kill':
      throw queryErrors.NOT_SUPPORTED({ construct: 'KILL' })
    case 'show_changes':
      throw queryErrors.NOT_SUPPORTED({ construct: 'SHOW CHANGES' })
    default:
      return compileDefine(statement, compiler)
  }
}
