/**
 * The seam between the compilers of single constructs.
 * Why: expressions hold statements and statements hold expressions; each construct's compiler asks this
 * interface for its parts instead of importing the others.
 */

import type { Expression, Statement } from '../dql/ast.ts'
import type { CompiledExpression, CompiledStatement } from './compiled.ts'

export interface Compiler {
  expression(expression: Expression): CompiledExpression
  /** `inner`: what compiles its parts, where that is another compiler than this one. */
  statement(statement: Statement, inner?: Compiler): CompiledStatement
  /** What `*` stands for where that is not the current row itself. */
  readonly row?: CompiledExpression
}
