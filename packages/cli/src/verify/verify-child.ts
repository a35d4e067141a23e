/**
 * The process that verifies: `<this file> <data folder> <database>`, started with a channel by run-verify.ts.
 */

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { openEngine, type VerifyProgress, type VerifyReport } from '@dendrodb/engine'
import { toDbError } from '@dendrodb/protocol'
import { nearestWord } from '../arguments/nearest-word.ts'
import { cliErrors } from '../cli-errors.ts'
import { readMasterKey } from '../master-key.ts'
import type { VerifyMessage } from './messages.ts'

const progressEveryMs = 100

await main()

async function main(): Promise<void> {
  const [folder = '', name = ''] = process.argv.slice(2)
  let last: VerifyMessage
  try {
    last = { type: 'report', report: await verify(folder, name) }
  } catch (error) {
    const { code, status, message, details } = toDbError(error)
    const cause = error instanceof Error && code.startsWith('INTERNAL') ? `: ${error.message}` : ''
    last = { type: 'error', error: { code, status, message: message + cause, details } }
  }
  process.send?.(last, () => process.disconnect?.())
}

async function verify(path: string, name: string): Promise<VerifyReport> {
  // Opening would make the folder.
  if (!existsSync(join(path, 'databases'))) throw cliErrors.DATA_MISSING({ folder: path })
  const engine = await openEngine({ path, masterKey: readMasterKey({ env: process.env }) })
  try {
    if (!engine.hasDatabase(name)) {
      const near = nearestWord(name, await engine.databaseNames())
      const hint = near === undefined ? '' : `; did you mean ${near}?`
      throw cliErrors.DATABASE_MISSING({ name, folder: path, hint })
    }
    const database = await engine.database(name)
    return await database.verify({ onProgress: reportProgress() })
  } finally {
    await engine.close()
  }
}

function reportProgress(): (progress: VerifyProgress) => void {
  let lastMs = 0
  return (progress) => {
    const now = performance.now()
    if (now - lastMs < progressEveryMs) return
    lastMs = now
    process.send?.({ type: 'progress', progress } satisfies VerifyMessage)
  }
}
