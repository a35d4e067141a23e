/**
 * Syntax tree → canonical text, for definitions that are stored as text, INFO and EXPLAIN.
 * Invariant: parsing the text gives the same tree, but for spans and the choices the tree does not keep.
 */

import type { Expression, Statement } from './ast.ts'
import type { Format } from './format.ts'
import { formatExpressionNode } from './format-expression.ts'
import { formatStatementNode } from './format-statement.ts'

const format: Format = {
  expression: (expression) => formatExpressionNode(format, expression),
  statement: (statement) => formatStatementNode(format, statement),
}

/** The statement on one line, without a semicolon. */
export function formatStatement(statement: Statement): string {
  return format.statement(statement)
}

export function formatExpression(expression: Expression): string {
  return format.expression(expression)
}
