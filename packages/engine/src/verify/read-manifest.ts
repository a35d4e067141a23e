/** Where the chain stands and what it was begun with, as every verification reads them first. */

import { type LedgerHash, ledgerHashes } from '../ledger/hash.ts'
import { formatKey, manifestKey } from '../ledger/key-space.ts'
import { ledgerErrors } from '../ledger/ledger-errors.ts'
import {
  assertUpgraded,
  decodeFormat,
  decodeManifest,
  genesisHead,
  type Manifest,
} from '../ledger/manifest.ts'
import type { KvReader } from '../ledger/overlay.ts'

export interface ReadManifest {
  readonly hash: LedgerHash
  /** What the first commit follows from. */
  readonly genesis: Uint8Array
  readonly manifest: Manifest
  /** The manifest as it is stored. */
  readonly stored: Buffer
}

/** @throws LEDGER_CORRUPT, LEDGER_FORMAT_TOO_OLD, LEDGER_FORMAT_TOO_NEW */
export async function readManifest(reader: KvReader): Promise<ReadManifest> {
  const [format, stored] = await reader.getMany([formatKey, manifestKey])
  if (format === undefined || stored === undefined) {
    throw ledgerErrors.CORRUPT({ what: 'the manifest', reason: 'it is missing' })
  }
  const hash = ledgerHashes[decodeFormat(format).hash]
  const manifest = decodeManifest(hash, stored)
  assertUpgraded(manifest)
  return { hash, genesis: genesisHead(hash, format), manifest, stored }
}
