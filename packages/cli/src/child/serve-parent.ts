/**
 * The child's end of run-in-child.ts: does its work, tells how far it is every now and then, and how it
 * ended.
 */

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Engine, openEngine } from '@dendrodb/engine'
import { toDbError } from '@dendrodb/protocol'
import { nearestWord } from '../arguments/nearest-word.ts'
import { cliErrors } from '../cli-errors.ts'
import type { Progress } from '../output/progress-bar.ts'
import type { ChildMessage } from './run-in-child.ts'

const progressEveryMs = 100

export type OnProgress = (progress: Progress) => void

export async function serveParent<Report>(work: (onProgress: OnProgress) => Promise<Report>): Promise<void> {
  let last: ChildMessage<Report>
  try {
    last = { type: 'report', report: await work(reportProgress()) }
  } catch (error) {
    const { code, status, message, details } = toDbError(error)
    const cause = error instanceof Error && code.startsWith('INTERNAL') ? `: ${error.message}` : ''
    last = { type: 'error', error: { code, status, message: message + cause, details } }
  }
  process.send?.(last, () => process.disconnect?.())
}

/**
 * The engine of a folder that has data, and in it the database. @throws CLI_DATA_MISSING,
 * CLI_DATABASE_MISSING
 */
export async function openFolderWith(path: string, name: string): Promise<Engine> {
  // Opening would make the folder.
  if (!existsSync(join(path, 'databases'))) throw cliErrors.DATA_MISSING({ folder: path })
  const engine = await openEngine({ path })
  if (engine.hasDatabase(name)) return engine
  const near = nearestWord(name, await engine.databaseNames())
  await engine.close()
  const hint = near === undefined ? '' : `; did you mean ${near}?`
  throw cliErrors.DATABASE_MISSING({ name, folder: path, hint })
}

function reportProgress(): OnProgress {
  let lastMs = 0
  return (progress) => {
    const now = performance.now()
    if (now - lastMs < progressEveryMs) return
    lastMs = now
    process.send?.({ type: 'progress', progress } satisfies ChildMessage<never>)
  }
}
