/**
 * Expressions to closures: one case per kind of node.
 * Each node is compiled once per compiler; shared parts of trees give one closure.
 */

import type { Value } from '@dendrodb/protocol'
import type { Expression, ParamExpression, Statement } from '../dql/ast.ts'
import { queryErrors } from '../query-errors.ts'
import { compileBlockExpression, compileSubquery } from './compile-block.ts'
import { compileCall, compileCast, compileClosure, compileConstant } from './compile-call.ts'
import {
  compileArray,
  compileMock,
  compileObject,
  compileRange,
  compileRecordId,
  compileSet,
} from './compile-collections.ts'
import { compileBetween, compileBinary, compileUnary } from './compile-operators.ts'
import { compileIdiom } from './compile-path.ts'
import { type CompiledExpression, type CompiledStatement, constantOf, pure } from './compiled.ts'
import type { Compiler } from './compiler.ts'
import type { EvalContext } from './eval-context.ts'
import { lookUp } from './look-up.ts'

/** A compiler whose statements are compiled by `compileStatement`. */
export function createCompiler(
  compileStatement: (statement: Statement, compiler: Compiler) => CompiledStatement,
): Compiler {
  const expressions = new WeakMap<Expression, CompiledExpression>()
  const compiler: Compiler = {
    expression(node) {
      let compiled = expressions.get(node)
      if (compiled === undefined) {
        compiled = compileNode(node, compiler)
        expressions.set(node, compiled)
      }
      return compiled
    },
    statement: (statement, inner = compiler) => compileStatement(statement, inner),
  }
  return compiler
}

export function compileNode(node: Expression, compiler: Compiler): CompiledExpression {
  switch (node.kind) {
    case 'literal':
      return constantOf(node.value)
    case 'param':
      return compileParam(node)
    case 'table':
      return constantOf(node.name)
    case 'record_id':
      return compileRecordId(node, compiler)
    case 'mock':
      return compileMock(node)
    case 'idiom':
      return compileIdiom(node, compiler)
    case 'array':
      return compileArray(node, compiler)
    case 'set':
      return compileSet(node, compiler)
    case 'object':
      return compileObject(node.entries, compiler)
    case 'range':
      return compileRange(node, compiler)
    case 'unary':
      return compileUnary(node, compiler)
    case 'binary':
      return compileBinary(node, compiler)
    case 'between':
      return compileBetween(node, compiler)
    case 'matches':
      throw queryErrors.NOT_SUPPORTED({ construct: 'the full-text operator @@' })
    case 'knn':
      throw queryErrors.NOT_SUPPORTED({ construct: 'the nearest-neighbour operator <|k|>' })
    case 'cast':
      return compileCast(node, compiler)
    case 'call':
      return compileCall(node, compiler)
    case 'constant':
      return compileConstant(node)
    case 'closure':
      return compileClosure(node, compiler)
    case 'subquery':
      return compileSubquery(node, compiler)
    case 'block':
      return compileBlockExpression(node, compiler)
    default:
      return node satisfies never
  }
}

function compileParam({ name }: ParamExpression): CompiledExpression {
  switch (name) {
    case 'this':
      return pure((row) => row)
    case 'parent':
      return pure((_row, ctx) => ctx.parent)
    case 'auth':
      return pure((_row, ctx) => ctx.request.authValue)
    case 'session':
      return pure((_row, ctx) => ctx.request.sessionValue)
    case 'token':
    case 'access':
      return constantOf(undefined)
    case 'before':
    case 'after':
    case 'value':
    case 'input':
      return pure((_row, ctx) => documentValue(name, ctx))
    default:
      return pure((_row, ctx) => lookUp(name, ctx))
  }
}

/** While a record is written these are the record's; anywhere else they are parameters like others. */
function documentValue(name: 'before' | 'after' | 'value' | 'input', ctx: EvalContext): Value {
  return ctx.document === undefined ? lookUp(name, ctx) : ctx.document[name]
}
