/** Numbers of commits, a bit each, so that a million of them take little. */
export class SeqSet {
  #bits = new Uint8Array(1_024)

  add(seq: number): void {
    const at = seq >>> 3
    if (at >= this.#bits.length) {
      const larger = new Uint8Array(2 * (at + 1))
      larger.set(this.#bits)
      this.#bits = larger
    }
    this.#bits[at] = (this.#bits[at] as number) | (1 << (seq & 7))
  }

  has(seq: number): boolean {
    return ((this.#bits[seq >>> 3] ?? 0) & (1 << (seq & 7))) !== 0
  }
}
