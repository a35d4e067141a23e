/**
 * The export of an open database: of one moment, while everything goes on.
 */

import { formatHead } from '../ledger/hash.ts'
import { formatKey } from '../ledger/key-space.ts'
import { ledgerErrors } from '../ledger/ledger-errors.ts'
import { genesisOf } from '../replay/log-chain.ts'
import { exportHistory } from '../transfer/export-history.ts'
import { exportRecords } from '../transfer/export-records.ts'
import { toText } from '../transfer/text-lines.ts'
import type { DatabaseCore } from './database-core.ts'
import type { HeldSnapshot } from './shared-snapshot.ts'

export interface ExportOptions {
  /** Every commit instead of the records as they are. */
  readonly history?: boolean | undefined
  /** Records, or commits, so far. */
  readonly onProgress?: ((done: number) => void) | undefined
}

/** An export that can be read once. */
export interface ExportStream {
  /** Newest commit that is in it, and its head. */
  readonly seq: number
  readonly head: string
  /** UTF-8. Ending the iteration early, or reading it to its end, closes it. */
  readonly chunks: AsyncIterable<Buffer>
  /** Gives the snapshot back. Idempotent. */
  readonly close: () => void
}

export async function openExportStream(core: DatabaseCore, options: ExportOptions): Promise<ExportStream> {
  const held = await core.snapshots.holdBulk()
  const { seq, head } = held.manifest
  let isHeld = true
  const close = () => {
    if (isHeld) held.release()
    isHeld = false
  }
  const lines = options.history === true ? historyOf(core, held, options) : recordsOf(core, held, options)
  return { seq, head: formatHead(core.hash, head), chunks: closing(lines, close), close }
}

function recordsOf(core: DatabaseCore, held: HeldSnapshot, options: ExportOptions): AsyncIterable<string> {
  const { seq, head } = held.manifest
  return exportRecords({
    database: core.name,
    reader: held.snapshot,
    seq,
    head: formatHead(core.hash, head),
    catalog: core.catalogs.at(seq),
    onProgress: options.onProgress,
  })
}

async function* historyOf(
  core: DatabaseCore,
  { snapshot, manifest }: HeldSnapshot,
  { onProgress }: ExportOptions,
): AsyncGenerator<string> {
  const store = await snapshot.get(formatKey)
  if (store === undefined) throw ledgerErrors.CORRUPT({ what: 'the format entry', reason: 'it is missing' })
  const genesis = genesisOf(store)
  yield* exportHistory({ database: core.name, reader: snapshot, manifest, store, genesis, onProgress })
}

async function* closing(lines: AsyncIterable<string>, close: () => void): AsyncGenerator<Buffer> {
  try {
    yield* toText(lines)
  } finally {
    close()
  }
}
