/** One statement: by its first word, or else an expression. */

import type { Statement } from './ast.ts'
import type { StatementWord } from './keywords.ts'
import { isAssignment } from './operator-power.ts'
import type { Parser } from './parser.ts'
import { opensBranchStatement, parseBranchStatement } from './parser-branch.ts'
import {
  parseExplainStatement,
  parseFor,
  parseIf,
  parseJump,
  parseLet,
  parseReturn,
  parseSleep,
  parseThrow,
  parseTransaction,
} from './parser-control.ts'
import { parseDefine, parseRebuild, parseRemove } from './parser-define.ts'
import { parseCompact, parseErase } from './parser-forgetting.ts'
import { parseBringBack, parseDiff } from './parser-history.ts'
import { opensDiff, opensStatement } from './parser-lookahead.ts'
import { parseCount, parseLive, parseSelect } from './parser-select.ts'
import { parseInfo, parseKill, parseShow, parseUse } from './parser-session.ts'
import { parseCreate, parseDelete, parseInsert, parseRelate, parseUpdate } from './parser-write.ts'

const parsers: Readonly<Record<StatementWord, (p: Parser) => Statement>> = {
  BEGIN: (p) => parseTransaction(p, 'begin'),
  BREAK: (p) => parseJump(p, 'break'),
  CANCEL: (p) => parseTransaction(p, 'cancel'),
  COMMIT: (p) => parseTransaction(p, 'commit'),
  COMPACT: parseCompact,
  CONTINUE: (p) => parseJump(p, 'continue'),
  COUNT: parseCount,
  CREATE: parseCreate,
  DEFINE: parseDefine,
  DELETE: parseDelete,
  ERASE: parseErase,
  EXPLAIN: parseExplainStatement,
  FOR: parseFor,
  IF: parseIf,
  INFO: parseInfo,
  INSERT: parseInsert,
  KILL: parseKill,
  LET: parseLet,
  LIVE: parseLive,
  REBUILD: parseRebuild,
  RELATE: parseRelate,
  REMOVE: parseRemove,
  RESTORE: parseBringBack,
  RETURN: parseReturn,
  SELECT: parseSelect,
  SHOW: parseShow,
  SLEEP: parseSleep,
  THROW: parseThrow,
  UNDELETE: parseBringBack,
  UNDO: parseBringBack,
  UPDATE: parseUpdate,
  UPSERT: parseUpdate,
  USE: parseUse,
}

export function parseStatement(p: Parser): Statement {
  p.countStatement()
  if (opensBranchStatement(p)) return parseBranchStatement(p)
  if (opensDiff(p)) return parseDiff(p)
  return opensStatement(p) ? parsers[p.token.keyword as StatementWord](p) : parseExpressionStatement(p)
}

function parseExpressionStatement(p: Parser): Statement {
  const { start } = p.token
  p.wanted('a statement')
  const expression = p.grammar.expression(p)
  if (p.closed !== expression && isAssignment(expression)) {
    throw p.invalid(expression.span, 'assignment without LET', [
      'LET before it',
      'parentheses around a comparison',
    ])
  }
  return { kind: 'expression', expression, span: p.span(start) }
}
