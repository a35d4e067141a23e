/**
 * Bytes that come in pieces of any size, read in pieces of the size that is wanted.
 */

export type ByteStream = AsyncIterable<Uint8Array>

export class ByteSource {
  /** For messages. */
  readonly name: string
  readonly #pieces: AsyncIterator<Uint8Array>
  #held: Buffer[] = []
  #heldBytes = 0

  constructor(name: string, stream: ByteStream) {
    this.name = name
    this.#pieces = stream[Symbol.asyncIterator]()
  }

  /** Exactly so many bytes; `undefined` when fewer are left. */
  async read(bytes: number): Promise<Buffer | undefined> {
    while (this.#heldBytes < bytes) {
      const { done, value } = await this.#pieces.next()
      if (done === true) return undefined
      this.#held.push(Buffer.from(value.buffer, value.byteOffset, value.length))
      this.#heldBytes += value.length
    }
    const joined = this.#held.length === 1 ? (this.#held[0] as Buffer) : Buffer.concat(this.#held)
    const rest = joined.subarray(bytes)
    this.#held = rest.length > 0 ? [rest] : []
    this.#heldBytes = rest.length
    return joined.subarray(0, bytes)
  }

  /** Nothing more will be read. */
  async close(): Promise<void> {
    await this.#pieces.return?.()
  }
}
