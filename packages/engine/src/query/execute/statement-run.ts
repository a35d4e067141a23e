/**
 * The bounds of one running statement: time, memory, edges walked, and the caller's wish to stop.
 * Why one object: every operator and every long loop asks it, so that no path can forget a bound.
 * Invariant: `pause` is called at least once per batch of rows and per turn of a loop; between two pauses no
 * more work is done than a batch takes.
 */

import type { Value } from '@dendrodb/protocol'
import { createFunctionContext } from '../compile/function-context.ts'
import type { FunctionContext } from '../functions/function-definition.ts'
import { queryLimits } from '../limits.ts'
import { queryErrors } from '../query-errors.ts'
import { isMemoryShort } from './memory-short.ts'
import type { OperatorProfile } from './profile.ts'
import { stretchMs } from './stretch.ts'
import type { Task } from './task.ts'

export interface StatementBounds {
  readonly timeoutMs: number
  readonly memoryBytes: number
  readonly resultRows: number
  readonly signal: AbortSignal | undefined
  /**
   * `false` inside a commit group, where nothing may wait: the clock is looked at, the event loop is not let
   * in.
   */
  readonly canWait: boolean
  /** What earlier statements of the text have left behind; counts against `memoryBytes`. */
  readonly heldBytes?: number
  /** Default: asks the process. */
  readonly isMemoryShort?: (now: number) => boolean
}

export class StatementRun {
  readonly bounds: StatementBounds
  /** Rows and time per operator; set by EXPLAIN ANALYZE. */
  profile: OperatorProfile | undefined
  /** Results of subqueries that give the same for every row of the statement. */
  readonly subqueryResults: Map<object, unknown> = new Map()
  readonly functions: FunctionContext
  /**
   * The statement that is all of its transaction, and may go on once that has been committed; any other has
   * to be done by then.
   */
  sole: object | undefined
  /** What is to be waited for after the commit, such as the build of an index. */
  readonly afterCommit: (() => Promise<void>)[] = []
  #timeoutMs: number
  readonly #startedAt: number
  #sliceEndsAt: number
  readonly #isMemoryShort: (now: number) => boolean
  #bytes: number
  #result: { readonly value: Value; readonly bytes: number } | undefined
  #steps = 0
  /** Counts writes, so that results kept across rows are not used after one. */
  writes = 0

  constructor(bounds: StatementBounds, startedAt: number = performance.now()) {
    this.bounds = bounds
    this.#bytes = bounds.heldBytes ?? 0
    this.#isMemoryShort = bounds.isMemoryShort ?? isMemoryShort
    this.functions = createFunctionContext(this)
    this.#timeoutMs = bounds.timeoutMs
    this.#startedAt = startedAt
    this.#sliceEndsAt = performance.now() + queryLimits.sliceMsMax
  }

  /** TIMEOUT of the statement: counts from its start and never lengthens the session's limit. */
  shortenTimeout(ms: number): void {
    if (ms < this.#timeoutMs) this.#timeoutMs = ms
  }

  /** @throws QUERY_TIMEOUT, QUERY_CANCELLED, QUERY_MEMORY_SHORT */
  check(): void {
    this.#checkAt(performance.now())
  }

  /** As `check`, amid work that cannot be paused. @throws QUERY_STRETCH_TOO_LONG */
  checkStretch(): void {
    const now = performance.now()
    this.#checkAt(now)
    if (stretchMs(now) > queryLimits.stretchMsMax) {
      throw queryErrors.STRETCH_TOO_LONG({ ms: queryLimits.stretchMsMax })
    }
  }

  /** Whether `pause` would let others have their turn. */
  get isSliceOver(): boolean {
    return performance.now() >= this.#sliceEndsAt
  }

  /** As `check`, and lets other requests have their turn when this statement had a slice of time. */
  *pause(): Task<void> {
    const now = performance.now()
    this.#checkAt(now)
    if (now < this.#sliceEndsAt) return
    if (this.bounds.canWait) {
      yield new Promise<void>((resolve) => setImmediate(resolve))
      const resumed = performance.now()
      this.#checkAt(resumed)
      this.#sliceEndsAt = resumed + queryLimits.sliceMsMax
    } else {
      this.#sliceEndsAt = now + queryLimits.sliceMsMax
    }
  }

  /** As `pause`, for loops that are no tasks: a promise to wait for when it is others' turn. */
  turn(): Promise<void> | undefined {
    const now = performance.now()
    this.#checkAt(now)
    if (now < this.#sliceEndsAt || !this.bounds.canWait) return undefined
    return new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      this.#sliceEndsAt = performance.now() + queryLimits.sliceMsMax
      this.check()
    })
  }

  /** Rows or keys that are kept until the statement ends. @throws QUERY_MEMORY_EXCEEDED */
  retain(bytes: number): void {
    this.#bytes += bytes
    if (this.#bytes > this.bounds.memoryBytes) {
      this.#bytes -= bytes
      throw queryErrors.MEMORY_EXCEEDED({ bytes: this.bounds.memoryBytes })
    }
  }

  /** As `retain`, for what becomes the statement's result, or a part of it. @throws QUERY_MEMORY_EXCEEDED */
  retainResult(result: Value, bytes: number): void {
    this.retain(bytes)
    this.#result = { value: result, bytes: bytes + (this.resultBytes(result) ?? 0) }
  }

  /** What the value takes, where it was retained as the result. */
  resultBytes(value: Value): number | undefined {
    return this.#result !== undefined && this.#result.value === value ? this.#result.bytes : undefined
  }

  /**
   * Memory about to be used and soon given back. @throws QUERY_MEMORY_EXCEEDED, and as `checkStretch` for
   * much of it, since whoever takes much at a time may do so for long
   */
  expect(bytes: number): void {
    if (bytes >= queryLimits.largeBytes) this.checkStretch()
    this.retain(bytes)
    this.#bytes -= bytes
  }

  /** What was retained and is no longer kept. */
  release(bytes: number): void {
    this.#bytes -= bytes
  }

  get retainedBytes(): number {
    return this.#bytes
  }

  /** Bytes that may still be retained. */
  get room(): number {
    return this.bounds.memoryBytes - this.#bytes
  }

  /** Edges walked. @throws QUERY_TRAVERSAL_TOO_LONG */
  walk(edges: number): void {
    this.#steps += edges
    if (this.#steps > queryLimits.traversalStepsMax) {
      throw queryErrors.TRAVERSAL_TOO_LONG({ steps: queryLimits.traversalStepsMax })
    }
  }

  #checkAt(now: number): void {
    if (this.bounds.signal?.aborted === true) throw queryErrors.CANCELLED()
    if (now - this.#startedAt > this.#timeoutMs)
      throw queryErrors.TIMEOUT({ ms: Math.round(this.#timeoutMs) })
    if (this.#isMemoryShort(now)) throw queryErrors.MEMORY_SHORT()
  }
}

/**
 * Whether the error says that a bound was reached; such an error ends the statement and is never swallowed.
 */
const boundCodes: ReadonlySet<string> = new Set([
  'QUERY_TIMEOUT',
  'QUERY_STRETCH_TOO_LONG',
  'QUERY_CANCELLED',
  'QUERY_MEMORY_EXCEEDED',
  'QUERY_MEMORY_SHORT',
  'QUERY_TRAVERSAL_TOO_LONG',
  'QUERY_TOO_DEEP',
])

export function isBoundError(error: unknown): boolean {
  return boundCodes.has((error as { readonly code?: string } | undefined)?.code ?? '')
}
