/**
 * Goes on with a value that may or may not be a promise.
 * Why: with a store whose reads are sync, a million reads must not cost a million promises.
 */

import type { MaybePromise } from './kv-store.ts'

export function chain<T, U>(value: MaybePromise<T>, next: (value: T) => MaybePromise<U>): MaybePromise<U> {
  return value instanceof Promise ? value.then(next) : next(value)
}

/** `finish` runs when the work has ended, at once or by its promise, and however it has. */
export function thenFinally<T>(work: () => MaybePromise<T>, finish: () => void): MaybePromise<T> {
  let result: MaybePromise<T>
  try {
    result = work()
  } catch (error) {
    finish()
    throw error
  }
  if (result instanceof Promise) return result.finally(finish)
  finish()
  return result
}

/** `step` for each item in turn; a promise only from the first step that gives one. */
export function chainEach<T>(
  items: readonly T[],
  step: (item: T) => MaybePromise<void>,
  start = 0,
): MaybePromise<void> {
  for (let at = start; at < items.length; at += 1) {
    const done = step(items[at] as T)
    if (done instanceof Promise) return done.then(() => chainEach(items, step, at + 1))
  }
}
