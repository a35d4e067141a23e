/**
 * Expressions on groups: after GROUP BY a row is a group with its keys and aggregates computed. `#0`, `#1` …
 * read those; whatever contains none of them is evaluated on the first row of the group.
 */

import type { Value } from '@dendrodb/protocol'
import type { Expression, ParamExpression } from '../dql/ast.ts'
import { compileNode } from './compile-expression.ts'
import { type CompiledExpression, pure } from './compiled.ts'
import type { Compiler } from './compiler.ts'
import { someNode } from './walk.ts'

/** A group on its way to the projection. Never handed out as a value. */
export class GroupRow {
  readonly values: readonly Value[]
  readonly first: Value

  constructor(values: readonly Value[], first: Value) {
    this.values = values
    this.first = first
  }
}

const slotPattern = /^#(\d+)$/

export function createGroupCompiler(base: Compiler): Compiler {
  const compiler: Compiler = {
    row: pure((row) => firstOf(row) ?? {}),
    statement: (statement) => base.statement(statement),
    expression(node) {
      const slot = slotOf(node)
      if (slot !== undefined) return pure((row) => (row as unknown as GroupRow).values[slot])
      if (someNode(node, (each) => slotOf(each as Expression) !== undefined))
        return compileNode(node, compiler)
      return onFirstRow(base.expression(node))
    },
  }
  return compiler
}

function slotOf(node: Expression): number | undefined {
  if (node.kind !== 'param') return undefined
  const match = slotPattern.exec((node as ParamExpression).name)
  return match === null ? undefined : Number(match[1])
}

function onFirstRow(compiled: CompiledExpression): CompiledExpression {
  if (compiled.constant !== undefined) return compiled
  const { isPure, isPoint } = compiled
  return { isPure, isPoint, evaluate: (row, ctx) => compiled.evaluate(firstOf(row), ctx) }
}

/** Conditions inside of paths get elements instead of groups. */
function firstOf(row: Value): Value {
  return (row as unknown) instanceof GroupRow ? (row as unknown as GroupRow).first : row
}
