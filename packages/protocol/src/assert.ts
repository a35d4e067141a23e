/**
 * Checks for bugs: conditions that hold unless our own code is wrong.
 * Why: a broken invariant must stop the operation at the place where it broke. Wrong input and failing disks
 * are not bugs; they are `DbError`s. Nobody catches an `AssertionError` locally.
 */

export class AssertionError extends Error {
  override readonly name = 'AssertionError'
}

/** @throws AssertionError when `condition` is false. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new AssertionError(`assertion failed: ${message}`)
}

/** The value, which must not be `undefined` or `null`. */
export function must<T>(value: T, message: string): NonNullable<T> {
  if (value === undefined || value === null) throw new AssertionError(`missing value: ${message}`)
  return value
}

/** Closes an exhaustive switch; the compiler refuses the call while a case is missing. */
export function unreachable(value: never): never {
  throw new AssertionError(`unreachable case: ${String(value)}`)
}
