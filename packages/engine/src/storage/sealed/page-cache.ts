/**
 * Decoded pages, bounded by their bytes.
 * Two generations: a full young one becomes the old one, and what is read again moves up; what is not is
 * dropped.
 */

/** Besides the bytes of a page: its object and its place in the map. */
const overheadBytes = 200

interface Sized {
  readonly bytes: Uint8Array
}

export class PageCache<Page extends Sized> {
  readonly #bytesMax: number
  #young = new Map<number, Page>()
  #old = new Map<number, Page>()
  #youngBytes = 0

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  get(id: number): Page | undefined {
    const page = this.#young.get(id)
    if (page !== undefined) return page
    const older = this.#old.get(id)
    if (older === undefined) return undefined
    this.#old.delete(id)
    this.set(id, older)
    return older
  }

  set(id: number, page: Page): void {
    const bytes = page.bytes.length + overheadBytes
    if (this.#youngBytes + bytes > this.#bytesMax / 2) {
      this.#old = this.#young
      this.#young = new Map()
      this.#youngBytes = 0
    }
    this.#young.set(id, page)
    this.#youngBytes += bytes
  }

  clear(): void {
    this.#old = new Map()
    this.#young = new Map()
    this.#youngBytes = 0
  }
}
