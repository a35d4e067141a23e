/**
 * A database with all its history as lines of JSON. Format: docs/formats/export.md#history
 */

import { formatHead } from '../ledger/hash.ts'
import type { Manifest } from '../ledger/manifest.ts'
import type { KvReader } from '../ledger/overlay.ts'
import type { ChainPoint } from '../replay/log-chain.ts'
import { readLog } from '../replay/read-log.ts'
import { endLine, headerLine } from './header-line.ts'
import { HistorySpeller } from './history-lines.ts'

export interface HistorySource {
  readonly database: string
  readonly reader: KvReader
  readonly manifest: Manifest
  /** Format entry, as it is stored. */
  readonly store: Uint8Array
  readonly genesis: ChainPoint
  /** Commits so far. */
  readonly onProgress?: ((done: number) => void) | undefined
}

/** @throws LEDGER_CORRUPT */
export async function* exportHistory(source: HistorySource): AsyncGenerator<string> {
  const { database, reader, manifest, store, genesis, onProgress } = source
  const { seq, head } = manifest
  yield headerLine({
    kind: 'history',
    database,
    seq,
    head: formatHead(genesis.hash, head),
    store: base64(store),
  })
  const speller = new HistorySpeller(genesis.hash)
  let commits = 0
  let versions = 0
  for await (const items of readLog(reader, { after: genesis, toSeq: seq })) {
    for (const item of items) {
      if (item.type === 'commit') commits += 1
      if (item.type === 'version') versions += 1
      yield speller.line(item)
    }
    onProgress?.(commits)
  }
  yield endLine({ commits, versions })
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64')
}
