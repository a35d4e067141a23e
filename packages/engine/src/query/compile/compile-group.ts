/**
 * Expressions on groups: after GROUP BY a row is a group with its keys and aggregates computed. `#0`, `#1` …
 * read those; the plan leaves nothing else in an expression that would ask for a row.
 */

import type { Value } from '@dendrodb/protocol'
import type { Expression, ParamExpression, Statement } from '../dql/ast.ts'
import { compileNode } from './compile-expression.ts'
import { type CompiledExpression, constantOf, pure } from './compiled.ts'
import type { Compiler } from './compiler.ts'
import type { GroupRow } from './group-row.ts'
import { type AnyNode, someNode } from './walk.ts'

const slotPattern = /^#(\d+)$/

export function createGroupCompiler(base: Compiler): Compiler {
  const compiler: Compiler = {
    row: constantOf(undefined),
    statement: (statement) => base.statement(statement, hasSlot(statement) ? compiler : base),
    expression(node) {
      const slot = slotOf(node)
      if (slot !== undefined) return pure((row) => (row as unknown as GroupRow).values[slot])
      return hasSlot(node) ? compileNode(node, compiler) : withoutRow(base.expression(node))
    },
  }
  return compiler
}

function hasSlot(node: Expression | Statement): boolean {
  return someNode(node, (each) => slotOf(each) !== undefined)
}

function slotOf(node: AnyNode): number | undefined {
  if (node.kind !== 'param') return undefined
  const match = slotPattern.exec((node as ParamExpression).name)
  return match === null ? undefined : Number(match[1])
}

function withoutRow(compiled: CompiledExpression): CompiledExpression {
  if (compiled.constant !== undefined) return compiled
  const { isPure, isPoint } = compiled
  return { isPure, isPoint, evaluate: (_row: Value, ctx) => compiled.evaluate(undefined, ctx) }
}
