/**
 * The first scan of a database that is being opened, where one is called for, with what it holds back and
 * whom it tells.
 */

import type { DatabaseCore } from './database-core.ts'
import type { EngineFeed } from './engine-feed.ts'
import { FirstScan } from './first-scan.ts'
import type { OpenedLedger } from './open-core.ts'

export interface ScannedParts {
  readonly core: DatabaseCore
  readonly ledger: Pick<OpenedLedger, 'state' | 'lacksManifest'>
  /** Whether everything is verified before it takes writes. */
  readonly verifies: boolean
  readonly feed: EngineFeed
  readonly onVerified: () => void
  /** Is told of what goes wrong in the background. */
  readonly onWarning: (warning: string) => void
}

/** `undefined`: nothing is in the way of writes. */
export function firstScanOf(parts: ScannedParts, onReady: () => void): FirstScan | undefined {
  const { core, ledger, verifies, feed, onVerified } = parts
  const { state, lacksManifest } = ledger
  if (!verifies && !lacksManifest) return undefined
  const { name: database, store, sequencer } = core
  const scan: FirstScan = new FirstScan({
    name: database,
    store,
    state,
    lacksManifest,
    verifies,
    head: () => core.head(),
    release(found) {
      sequencer.release(found)
      core.snapshots.confirm()
    },
    listener: {
      onProgress: (progress) => feed.tell({ type: 'scan', database, progress }),
      onReady(head) {
        if (verifies) onVerified()
        feed.tell({ type: 'ready', database, head })
        onReady()
      },
      onFailed: (error) => feed.tell({ type: 'scan_failed', database, error }),
    },
  })
  sequencer.hold(() => scan.problem())
  return scan
}
