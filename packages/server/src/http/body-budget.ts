/**
 * What bodies of requests in work may take together.
 * Why by the length that the client announces: a body is refused before any of it is in memory. Short ones do
 * not count, so that whoever sends long ones slowly keeps nobody else from working.
 */

import type { ServerResponse } from 'node:http'
import { httpErrors } from './http-errors.ts'
import { busyRetrySeconds, shortBodyBytesMax } from './limits.ts'

export class BodyBudget {
  readonly #bytesMax: number
  readonly #longestBytes: number
  #bytes = 0

  /** @param longestBytes of one body; there is always room for one */
  constructor(bytesMax: number, longestBytes: number) {
    this.#bytesMax = Math.max(bytesMax, longestBytes)
    this.#longestBytes = longestBytes
  }

  /**
   * Until the answer is sent, or the connection gone. @param length `undefined`: sent in chunks
   * @throws HTTP_BODIES_TOO_MANY
   */
  take(length: number | undefined, answer: ServerResponse): void {
    const bytes = Math.min(length ?? this.#longestBytes, this.#longestBytes)
    if (bytes <= shortBodyBytesMax) return
    if (this.#bytes + bytes > this.#bytesMax) {
      throw httpErrors.BODIES_TOO_MANY({ bytesMax: this.#bytesMax, retry_after_secs: busyRetrySeconds })
    }
    this.#bytes += bytes
    answer.once('close', () => {
      this.#bytes -= bytes
    })
  }
}
