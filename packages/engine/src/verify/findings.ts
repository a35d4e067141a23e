/** What a verification found wrong; bounded, because a damaged store may be wrong in millions of places. */

import { DbError } from '@dendrodb/protocol'

const findingsMax = 100

export interface Finding {
  /** What kind of object: a commit, a record, an index entry, … with its number or id where it has one. */
  readonly what: string
  readonly reason: string
  /** The store's key in hex, where the finding is about one. */
  readonly key: string | undefined
  /** The commit that it is a part of, where it is the part of one. */
  readonly seq?: number
}

export interface FindingsPart {
  /** The first ones. */
  readonly findings: readonly Finding[]
  readonly findingsCount: number
}

const endCodes: ReadonlySet<string> = new Set([
  'STORAGE_CLOSED',
  'STORAGE_REOPENING',
  'STORAGE_SNAPSHOT_LOST',
])

/** Whether a read failed because the snapshot is gone, which says nothing about what is stored. */
export function isEndOfReading(error: unknown): boolean {
  return error instanceof DbError && endCodes.has(error.code)
}

export class Findings {
  readonly #list: Finding[] = []
  #count = 0
  #firstSeq: number | undefined

  get count(): number {
    return this.#count
  }

  /** The first commit of which a part is wrong. */
  get firstSeq(): number | undefined {
    return this.#firstSeq
  }

  get list(): readonly Finding[] {
    return this.#list
  }

  /** Those of a part of the verification that kept its own. */
  addAll({ findings, findingsCount }: FindingsPart): void {
    this.#count += findingsCount
    this.#list.push(...findings.slice(0, findingsMax - this.#list.length))
  }

  add(finding: {
    readonly what: string
    readonly reason: string
    readonly key?: Uint8Array | undefined
    readonly seq?: number | undefined
  }): void {
    this.#count += 1
    const { what, reason, key, seq } = finding
    if (seq !== undefined) this.#firstSeq = Math.min(seq, this.#firstSeq ?? seq)
    if (this.#list.length >= findingsMax) return
    const hex = key === undefined ? undefined : Buffer.from(key).toString('hex')
    this.#list.push({ what, reason, key: hex, ...(seq !== undefined && { seq }) })
  }
}
