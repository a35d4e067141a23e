/**
 * The code of the error that a call throws, for tests of refusals.
 */

import { DbError } from '../errors.ts'

/** `none` when nothing is thrown; anything but a `DbError` goes on. */
export function codeOf(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    if (error instanceof DbError) return error.code
    throw error
  }
  return 'none'
}
