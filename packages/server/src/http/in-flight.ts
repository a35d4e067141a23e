/**
 * Requests that have no answer yet.
 * Why: when the server stops, the answers to them tell their clients that the connection ends; a client that
 * sends its next request into a closing connection would never learn whether it was carried out.
 */

import type { ServerResponse } from 'node:http'

export class InFlight {
  readonly #answers = new Set<ServerResponse>()

  get size(): number {
    return this.#answers.size
  }

  watch(answer: ServerResponse): void {
    this.#answers.add(answer)
    answer.on('close', () => this.#answers.delete(answer))
  }

  /** Has every connection end with the answer that is due on it. */
  endConnections(): void {
    for (const answer of this.#answers) if (!answer.headersSent) answer.setHeader('connection', 'close')
  }
}
