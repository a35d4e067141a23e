/** What the parts of the formatter call each other by, so that no file imports its own importer. */

import type { Expression, Statement } from './ast.ts'

export interface Format {
  readonly expression: (expression: Expression) => string
  readonly statement: (statement: Statement) => string
}
