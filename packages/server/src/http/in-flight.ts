/**
 * Requests whose answer has not arrived yet.
 * Why they are known: when the server stops, the answers to them tell their clients that the connection ends;
 * a client that sends its next request into a closing connection would never learn whether it was carried
 * out.
 * And an answer that its client does not read is held in memory, so that somebody could hold many.
 */

import type { ServerResponse } from 'node:http'
import { answerBytesPerSecondMin } from './limits.ts'

export class InFlight {
  readonly #graceMs: number
  /** With the time at which each has to be taken, once it is there whole. */
  readonly #answers = new Map<ServerResponse, number | undefined>()

  /** @param graceMs time to take an answer, however short it is */
  constructor(graceMs: number) {
    this.#graceMs = graceMs
  }

  get size(): number {
    return this.#answers.size
  }

  watch(answer: ServerResponse): void {
    this.#answers.set(answer, undefined)
    answer.on('close', () => this.#answers.delete(answer))
  }

  /** Has every connection end with the answer that is due on it. */
  endConnections(): void {
    for (const answer of this.#answers.keys()) {
      if (!answer.headersSent) answer.setHeader('connection', 'close')
    }
  }

  /** Cuts off who does not read the answer in time. To be called every now and then. */
  cutOffStalled(nowMs: number): void {
    for (const [answer, dueMs] of this.#answers) {
      if (!answer.writableEnded) continue
      if (dueMs === undefined) this.#answers.set(answer, nowMs + this.#timeFor(answer))
      else if (dueMs <= nowMs) answer.destroy()
    }
  }

  #timeFor({ writableLength }: ServerResponse): number {
    return this.#graceMs + (writableLength / answerBytesPerSecondMin) * 1_000
  }
}
