/**
 * The process that verifies: `<this file> <data folder> <database>`, started with a channel by run-verify.ts.
 */

import type { VerifyProgress, VerifyReport } from '@dendrodb/engine'
import { toDbError } from '@dendrodb/protocol'
import { withFolderDatabase } from '../data/open-folder-database.ts'
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

function verify(folder: string, name: string): Promise<VerifyReport> {
  return withFolderDatabase({ folder, name }, (database) => database.verify({ onProgress: reportProgress() }))
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
