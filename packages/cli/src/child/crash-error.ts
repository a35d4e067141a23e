/**
 * What the end of the process that verifies means when it has said nothing: a signal from outside is no
 * damage, any other end is, as the files are read by native code that a damaged one may crash.
 */

import type { DbError } from '@dendrodb/protocol'
import { cliErrors } from '../cli-errors.ts'

/** Signals by which people and systems end a process. */
const fromOutside: ReadonlySet<string> = new Set(['SIGINT', 'SIGTERM', 'SIGHUP'])

export function crashError(database: string, code: number | null, signal: NodeJS.Signals | null): DbError {
  // The kernel, when memory runs out.
  if (signal === 'SIGKILL') return cliErrors.VERIFY_KILLED()
  if (signal !== null && fromOutside.has(signal)) return cliErrors.INTERRUPTED()
  const how = signal ?? `exit code ${code}`
  return cliErrors.DATABASE_DAMAGED({
    name: database,
    what: `reading its files brought the process down (${how})`,
  })
}
