/**
 * Control flow: LET, RETURN, IF, FOR, BREAK, CONTINUE, THROW, SLEEP and expressions as statements.
 */

import { Range, typeOf, type Value, ValueSet } from '@dendrodb/protocol'
import { compileBlock } from '../../compile/compile-block.ts'
import { type CompiledStatement, type Completion, Jump } from '../../compile/compiled.ts'
import type { Compiler } from '../../compile/compiler.ts'
import type { EvalContext } from '../../compile/eval-context.ts'
import { isProtectedName } from '../../compile/scope.ts'
import { hasWrite } from '../../compile/walk.ts'
import type {
  ExpressionStatement,
  ForStatement,
  IfStatement,
  LetStatement,
  ReturnStatement,
  SleepStatement,
  ThrowStatement,
} from '../../dql/ast.ts'
import { queryLimits } from '../../limits.ts'
import { coerceToField } from '../../operators/coerce.ts'
import { intIntervalOf, intsOf } from '../../operators/int-range.ts'
import { isTruthy } from '../../operators/truthiness.ts'
import { textOf } from '../../operators/value-text.ts'
import { queryErrors } from '../../query-errors.ts'
import { requireAdmin } from '../admin.ts'
import { estimateBytes } from '../estimate-bytes.ts'
import { compileFetch, fetchInto } from '../operators/fetch.ts'
import { done, type Task, wait } from '../task.ts'
import { millisOf } from './timeout.ts'

export function compileExpressionStatement(
  { expression }: ExpressionStatement,
  compiler: Compiler,
): CompiledStatement {
  const value = compiler.expression(expression)
  return {
    isWrite: hasWrite(expression),
    isPoint: () => value.isPoint,
    *run(row, ctx) {
      return yield* wait(value.evaluate(row, ctx))
    },
  }
}

export function compileLet({ name, type, value }: LetStatement, compiler: Compiler): CompiledStatement {
  if (isProtectedName(name)) throw queryErrors.PARAM_PROTECTED({ name: `$${name}` })
  const compiled = compiler.expression(value)
  return {
    isWrite: hasWrite(value),
    *run(row, ctx) {
      const found = yield* wait(compiled.evaluate(row, ctx))
      keepParameter(name, type === undefined ? found : coerceToField(found, type), ctx)
      return undefined
    },
  }
}

/** Counts against the statement's memory as long as its scope lives. @throws QUERY_MEMORY_EXCEEDED */
function keepParameter(name: string, value: Value, { scope, run }: EvalContext): void {
  const before = scope.bytesOf(name)
  const measured = estimateBytes(value, run.room + before)
  const bytes = measured < queryLimits.parameterBytesMin ? 0 : measured
  run.release(before)
  try {
    run.retain(bytes)
  } catch (error) {
    run.retain(before)
    throw error
  }
  scope.set(name, value, bytes)
}

export function compileReturn({ value, fetch }: ReturnStatement, compiler: Compiler): CompiledStatement {
  const compiled = value && compiler.expression(value)
  const places = fetch && compileFetch(fetch, compiler)
  return {
    isWrite: value !== undefined && hasWrite(value),
    *run(row, ctx) {
      const found = compiled && (yield* wait(compiled.evaluate(row, ctx)))
      return new Jump('return', places ? yield* fetchInto(found, yield* places(ctx), ctx) : found)
    },
  }
}

export function compileIf({ branches, otherwise }: IfStatement, compiler: Compiler): CompiledStatement {
  const compiled = branches.map(({ condition, body }) => ({
    condition: compiler.expression(condition),
    body: compileBlock(body, compiler),
  }))
  const last = otherwise && compileBlock(otherwise, compiler)
  return {
    isWrite:
      branches.some(({ condition, body }) => hasWrite(condition) || hasWrite(body)) || last?.isWrite === true,
    *run(row, ctx) {
      for (const { condition, body } of compiled) {
        if (isTruthy(yield* wait(condition.evaluate(row, ctx)))) return yield* body.run(row, ctx)
      }
      return last && (yield* last.run(row, ctx))
    },
  }
}

export function compileFor({ variable, source, body }: ForStatement, compiler: Compiler): CompiledStatement {
  if (isProtectedName(variable)) throw queryErrors.PARAM_PROTECTED({ name: `$${variable}` })
  const list = compiler.expression(source)
  const block = compileBlock(body, compiler)
  return {
    isWrite: hasWrite(source) || block.isWrite,
    *run(row, ctx): Task<Completion> {
      for (const element of elementsOf(yield* wait(list.evaluate(row, ctx)))) {
        yield* ctx.run.pause()
        const completion = yield* block.run(row, ctx, (inner) => inner.scope.set(variable, element))
        if (!(completion instanceof Jump) || completion.type === 'continue') continue
        if (completion.type === 'break') break
        return completion
      }
      return undefined
    },
  }
}

/** @throws QUERY_TYPE_EXPECTED for anything but an array, a set or a range of ints */
function elementsOf(value: Value): Iterable<Value> {
  if (Array.isArray(value)) return value as readonly Value[]
  if (value instanceof ValueSet) return value.values
  if (value instanceof Range) {
    const interval = intIntervalOf(value)
    if (interval !== undefined) return intsOf(interval)
  }
  throw queryErrors.TYPE_EXPECTED({
    clause: 'FOR',
    expected: 'an array, a set or a range of ints with two ends',
    found: typeOf(value),
  })
}

export function compileJump(type: 'break' | 'continue'): CompiledStatement {
  const jump = new Jump(type)
  return {
    isWrite: false,
    run: () => done(jump),
  }
}

export function compileThrow({ error }: ThrowStatement, compiler: Compiler): CompiledStatement {
  const compiled = compiler.expression(error)
  return {
    isWrite: hasWrite(error),
    *run(row, ctx) {
      throw queryErrors.THROWN({ value: textOf(yield* wait(compiled.evaluate(row, ctx))) })
    },
  }
}

export function compileSleep({ duration }: SleepStatement, compiler: Compiler): CompiledStatement {
  const compiled = compiler.expression(duration)
  return {
    isWrite: false,
    *run(row, ctx) {
      requireAdmin(ctx, 'SLEEP')
      const ms = millisOf(yield* wait(compiled.evaluate(row, ctx)), 'SLEEP')
      if (ms > queryLimits.sleepMsMax) {
        const expected = `at most ${queryLimits.sleepMsMax} ms`
        throw queryErrors.TYPE_EXPECTED({ clause: 'SLEEP', expected, found: `${ms} ms` })
      }
      yield sleep(ms, ctx)
      ctx.run.check()
      return undefined
    },
  }
}

function sleep(ms: number, ctx: EvalContext): Promise<void> {
  const { signal } = ctx.run.bounds
  return new Promise((resolve) => {
    const timer = setTimeout(end, ms)
    function end() {
      clearTimeout(timer)
      signal?.removeEventListener('abort', end)
      resolve()
    }
    signal?.addEventListener('abort', end, { once: true })
    if (signal?.aborted === true) end()
  })
}
