/**
 * Work that may have to wait, written once for stores that answer at once and for stores that do not.
 * Why: a promise per row halves the speed on a store with sync reads, and a point statement must finish
 * without any promise to run inside a commit group. A task is a generator that yields the promises it has to
 * wait for: with a sync store it yields nothing and `runTask` returns its value in the same turn.
 */

import type { MaybePromise } from '../../storage/kv-store.ts'

export type Task<T> = Generator<Promise<unknown>, T, unknown>

/** The value itself when the task never waits. Errors are thrown or rejected likewise. */
export function runTask<T>(task: Task<T>): MaybePromise<T> {
  const step = task.next()
  return step.done === true ? step.value : finishTask(task, step.value)
}

/** A task that is done already. */
// biome-ignore lint/correctness/useYield: a task that never waits
export function* done<T>(value: T): Task<T> {
  return value
}

/** The value, waiting for it only when it is a promise: `const row = yield* wait(view.getRecord(id))`. */
export function* wait<T>(value: MaybePromise<T>): Task<T> {
  return value instanceof Promise ? ((yield value) as T) : value
}

async function finishTask<T>(task: Task<T>, first: Promise<unknown>): Promise<T> {
  let pending = first
  for (;;) {
    const outcome = await settle(pending)
    const step = outcome.isError ? task.throw(outcome.value) : task.next(outcome.value)
    if (step.done === true) return step.value
    pending = step.value
  }
}

interface Outcome {
  readonly isError: boolean
  readonly value: unknown
}

/** Apart from the loop above, so that an error of the task itself is not handed back to it. */
async function settle(pending: Promise<unknown>): Promise<Outcome> {
  try {
    return { isError: false, value: await pending }
  } catch (error) {
    return { isError: true, value: error }
  }
}
