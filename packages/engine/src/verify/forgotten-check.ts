/**
 * Whether what is missing from the log was forgotten on purpose: each mark must follow from the record of an
 * erasure, and each place that such a record names must have its mark; what has outlived its retention must
 * be older than what the definition of its table promises to keep.
 * Why: a payload that somebody took away together with a mark of his own making would otherwise pass.
 */

import { decodeCanonical, type ValueObject } from '@dendrodb/protocol'
import { forgottenTable, systemTables } from '../catalog/system-tables.ts'
import {
  decodeForgottenMark,
  decodePlaces,
  encodeForgottenMark,
  type ForgottenMark,
  forgottenKey,
} from '../ledger/forgotten-mark.ts'
import { decodeHistory } from '../ledger/history-entry.ts'
import { readHistoryFloors } from '../ledger/history-floor.ts'
import { keyOf, kindRange, mainBranch } from '../ledger/key-space.ts'
import type { KvReader } from '../ledger/overlay.ts'
import { openVersion, type RecordVersion } from '../ledger/record-version.ts'
import type { KvEntry } from '../storage/kv-store.ts'
import { type Findings, isEndOfReading } from './findings.ts'
import { FingerprintSet } from './fingerprint-set.ts'
import { SoundReader } from './sound-reader.ts'

/** Payloads of the log, of versions and of metadata, that are not there any more. */
export interface ForgottenCounts {
  readonly erased: number
  readonly expired: number
  /** Erased by commits that this database never had: of these its own ledger says nothing. */
  readonly elsewhere: number
}

export class ForgottenCheck {
  readonly #reader: KvReader
  readonly #findings: Findings
  readonly #erasures = new FingerprintSet()
  /** Of tables, by number: since when their histories are whole, and until when what is gone was in force. */
  readonly #horizons = new Map<number, number>()
  readonly #expiredUntil = new Map<number, number>()
  #erased = 0
  #expired = 0
  #elsewhere = 0

  /** @param reader what it cannot read is named by those who read all of it */
  constructor(reader: KvReader, findings: Findings) {
    this.#reader = new SoundReader(reader)
    this.#findings = findings
  }

  get counts(): ForgottenCounts {
    return { erased: this.#erased, expired: this.#expired, elsewhere: this.#elsewhere }
  }

  /** A mark in the place of a payload. */
  meet(entry: KvEntry): void {
    const mark = this.#markIn(entry)
    if (mark?.reason === 'retention') {
      this.#expired += 1
      const { tableId, until } = mark
      this.#expiredUntil.set(tableId, Math.max(until, this.#expiredUntil.get(tableId) ?? 0))
    } else if (mark?.reason === 'elsewhere') {
      this.#elsewhere += 1
    } else if (mark?.reason === 'erased') {
      this.#erased += 1
      this.#erasures.meet(entry.key, entry.value)
    }
  }

  /** A version of the log, which may be the record of an erasure. */
  version(seq: number, version: RecordVersion): void {
    if (version.tableId === forgottenTable.id) expectPlaces(this.#erasures, seq, version)
    if (version.tableId === systemTables.table.id) this.#noteHorizon(version)
  }

  #noteHorizon({ bytes }: RecordVersion): void {
    const { number, historySince } = (bytes === undefined ? {} : decodeCanonical(bytes)) as ValueObject
    if (typeof number !== 'number' || typeof historySince !== 'number') return
    // A branch may write what the definition said at its fork.
    this.#horizons.set(number, Math.max(historySince, this.#horizons.get(number) ?? 0))
  }

  async finish(): Promise<void> {
    const floors = await readHistoryFloors(this.#reader)
    for (const [tableId, until] of this.#expiredUntil) {
      if (until <= Math.max(this.#horizons.get(tableId) ?? 0, floors.get(tableId) ?? 0)) continue
      const reason = `table ${tableId} keeps what was in force until commit ${until}`
      this.#findings.add({ what: 'a mark of what was forgotten', reason })
    }
    if (this.#erasures.isEqual) return
    const second = this.#erasures.collector()
    for await (const chunk of this.#reader.scan(kindRange('forgotten'))) {
      for (const entry of chunk) {
        if (this.#markIn(entry)?.reason === 'erased') second.meet(entry.key, entry.value)
      }
    }
    for await (const chunk of this.#reader.scan(kindRange('history', mainBranch, forgottenTable.id))) {
      for (const entry of chunk) await this.#expectAgain(second, entry)
    }
    for (const { key, problem } of second.differences()) {
      const reason = problem === 'unexpected' ? 'no record of an erasure says so' : `it is ${problem}`
      this.#findings.add({ what: 'a mark of what was forgotten', key, reason })
    }
  }

  async #expectAgain(second: FingerprintSet, entry: KvEntry): Promise<void> {
    try {
      const { seq, n } = decodeHistory(entry)
      const payload = await this.#reader.get(keyOf('version', seq, n))
      if (payload !== undefined) expectPlaces(second, seq, openVersion(payload))
    } catch (error) {
      // Named by the pass over the log.
      if (isEndOfReading(error)) throw error
    }
  }

  #markIn({ key, value }: KvEntry): ForgottenMark | undefined {
    try {
      return decodeForgottenMark(value)
    } catch {
      this.#findings.add({ what: 'a mark of what was forgotten', key, reason: 'it cannot be read' })
      return undefined
    }
  }
}

function expectPlaces(set: FingerprintSet, seq: number, { bytes }: RecordVersion): void {
  const { places } = (bytes === undefined ? {} : decodeCanonical(bytes)) as ValueObject
  if (!(places instanceof Uint8Array)) return
  const mark = encodeForgottenMark({ reason: 'erased', by: seq })
  for (const place of decodePlaces(places)) set.expect(forgottenKey(place), mark)
}
