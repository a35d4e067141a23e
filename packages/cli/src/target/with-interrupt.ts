/**
 * Work that Ctrl-C ends in an orderly way, so that nothing half done is left behind; a second one ends the
 * process at once.
 */

import { cliErrors } from '../cli-errors.ts'
import { interruptSignal } from '../sql/interrupt-signal.ts'

/** @throws CLI_INTERRUPTED */
export async function withInterrupt<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const { signal, release } = interruptSignal(process)
  try {
    return await work(signal)
  } catch (cause) {
    throw signal.aborted ? cliErrors.INTERRUPTED({}, { cause }) : cause
  } finally {
    release()
  }
}
