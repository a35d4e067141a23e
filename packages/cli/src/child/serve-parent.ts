/**
 * The child's end of run-in-child.ts: does its work, tells how far it is every now and then, and how it
 * ended.
 */

import { toDbError } from '@dendrodb/protocol'
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

function reportProgress(): OnProgress {
  let lastMs = 0
  return (progress) => {
    const now = performance.now()
    if (now - lastMs < progressEveryMs) return
    lastMs = now
    process.send?.({ type: 'progress', progress } satisfies ChildMessage<never>)
  }
}
