/** A reader that takes its thread down, as damage might. */

import type { OpenReader } from '../../storage/kv-store.ts'

export const openReader: OpenReader = async (data) => {
  if (data === 'exit') process.exit(3)
  // Behind everything that could catch it.
  setImmediate(() => {
    throw new Error('nobody catches this')
  })
  return new Promise(() => undefined)
}
