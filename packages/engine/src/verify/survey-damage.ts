/**
 * What can still be said of a store that is too damaged to be verified: its manifest or its format cannot be
 * read, say. Each entry that cannot be read is named; whether the others are right nobody can tell.
 */

import type { DbError } from '@dendrodb/protocol'
import { bulkSnapshotOf } from '../storage/bulk-snapshot.ts'
import type { KvStore } from '../storage/kv-store.ts'
import { type Finding, Findings } from './findings.ts'
import { KeyCursor } from './key-cursor.ts'
import { readSoundDefinitions, SoundReader } from './sound-reader.ts'

export interface DamageReport {
  readonly isIntact: false
  /** Entries that can be read. */
  readonly objectsChecked: number
  readonly findingsCount: number
  /** The first 100. */
  readonly findings: readonly Finding[]
  readonly durationMs: number
}

/** @param problem why the store could not be verified */
export async function surveyDamage(store: KvStore, problem: DbError): Promise<DamageReport> {
  const startedMs = performance.now()
  const snapshot = await bulkSnapshotOf(store)
  try {
    const sound = new SoundReader(snapshot)
    const catalog = await readSoundDefinitions(sound)
    const findings = new Findings(catalog)
    // The files are damaged wherever an entry is; these are the better words.
    const everything = { gte: new Uint8Array(), lt: new Uint8Array([0xff]) }
    const cursor = new KeyCursor(snapshot, everything, 'an entry', findings)
    let objectsChecked = 0
    for (; (await cursor.peek()) !== undefined; objectsChecked += 1) cursor.advance()
    for (const { file, reason } of await store.findDamage())
      findings.add({ what: `the file ${file}`, reason })
    if (problem.details.key === undefined) findings.add(findingOf(problem))
    const { count, list } = findings
    const durationMs = performance.now() - startedMs
    return { isIntact: false, objectsChecked, findingsCount: count, findings: list, durationMs }
  } finally {
    snapshot.close()
  }
}

function findingOf({ details, message }: DbError): Pick<Finding, 'what' | 'reason'> {
  const { what, reason } = details
  const isNamed = typeof what === 'string' && typeof reason === 'string'
  return isNamed ? { what, reason } : { what: 'the database', reason: message }
}
