/** What a verification found wrong; bounded, because a damaged store may be wrong in millions of places. */

import { DbError } from '@dendrodb/protocol'
import { type DefinedNames, nameOfKey, seqOfKey } from './key-name.ts'

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

/** What is damaged counts as not there. @throws what says nothing about it */
export function nothingUnlessEnd(error: unknown): undefined {
  if (isEndOfReading(error)) throw error
  return undefined
}

export class Findings {
  readonly #list: Finding[] = []
  #count = 0
  #firstSeq: number | undefined
  readonly #catalog: DefinedNames | undefined

  /** @param catalog has the names of tables and indexes, where they are known */
  constructor(catalog?: DefinedNames) {
    this.#catalog = catalog
  }

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

  /** The entry under a key that the store names is damaged; however often it is met, it is named once. */
  addUnreadable(key: Uint8Array, error: DbError): void {
    if (this.names(key)) return
    const reason = String(error.details.reason ?? error.message)
    this.add({ what: nameOfKey(key, this.#catalog), key, reason, seq: seqOfKey(key) })
  }

  /** Whether there is one about the key among those listed. */
  names(key: Uint8Array): boolean {
    const hex = Buffer.from(key).toString('hex')
    return this.#list.some((finding) => finding.key === hex)
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
