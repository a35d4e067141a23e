/** What a verification found wrong; bounded, because a damaged store may be wrong in millions of places. */

const findingsMax = 100

export interface Finding {
  /** What kind of object: a commit, a record, an index entry, … with its number or id where it has one. */
  readonly what: string
  readonly reason: string
  /** The store's key in hex, where the finding is about one. */
  readonly key: string | undefined
}

export class Findings {
  readonly #list: Finding[] = []
  #count = 0

  get count(): number {
    return this.#count
  }

  get list(): readonly Finding[] {
    return this.#list
  }

  add(finding: {
    readonly what: string
    readonly reason: string
    readonly key?: Uint8Array | undefined
  }): void {
    this.#count += 1
    if (this.#list.length >= findingsMax) return
    const { what, reason, key } = finding
    this.#list.push({ what, reason, key: key === undefined ? undefined : Buffer.from(key).toString('hex') })
  }
}
