/**
 * What to do about a batch that LevelDB could not write.
 * Why: all or part of it may be in the log, or in a buffer that reaches the log when it is closed, and then
 * it is applied at the next opening although its writer was told that it failed.
 */

import type { DbError } from '@dendrodb/protocol'
import { keyText } from '../key-text.ts'
import type { KvOperation } from '../kv-store.ts'
import { openError, writeError } from './level-errors.ts'
import { type Level, newestOptions, readFrame } from './level-read.ts'

export interface FailedWrite {
  readonly error: DbError
  /** What LevelDB held under the keys of the batch (latin1 text). */
  readonly before: ReadonlyMap<string, Buffer | undefined>
}

/** LevelDB goes on answering reads as if the batch had not been tried. */
export function failedWrite(level: Level, batch: readonly KvOperation[], cause: unknown): FailedWrite {
  const before = new Map<string, Buffer | undefined>()
  try {
    for (const { key } of batch) before.set(keyText(key), readFrame(level, key, newestOptions))
    return { error: writeError(level.location, cause), before }
  } catch (error) {
    // What cannot be read cannot be restored: no more writes.
    return { error: openError(level.location, error), before: new Map() }
  }
}

/** Damage stays; a full disk or a failing network drive may not. */
export function isTransient(error: DbError): boolean {
  return error.status !== 'corrupt'
}

/** Restores what a batch that turned up in spite of its failure has changed. */
export async function undoFailed(level: Level, { before }: FailedWrite): Promise<void> {
  const batch = level.batch()
  for (const [text, frame] of before) {
    const key = Buffer.from(text, 'latin1')
    const found = readFrame(level, key, newestOptions)
    if (found === undefined ? frame === undefined : frame !== undefined && found.equals(frame)) continue
    if (frame === undefined) batch.del(key)
    else batch.put(key, frame)
  }
  if (batch.length === 0) await batch.close()
  else await batch.write({ sync: true })
}
