/**
 * Token buckets: each client may make a number of requests at once and gets as many back per minute.
 * Memory: one small bucket per client, bounded; forgetting a client gives it a full bucket.
 */

import { countedClientsMax } from './limits.ts'

export interface RateVerdict {
  readonly isAllowed: boolean
  readonly limit: number
  readonly remaining: number
  /** Seconds until the bucket is full again. */
  readonly resetSeconds: number
  /** Seconds until the next request is allowed; 0 when this one is. */
  readonly retryAfterSeconds: number
}

interface Bucket {
  tokens: number
  atMs: number
}

const minuteMs = 60_000

export class RateLimiter {
  readonly #perMinute: number
  readonly #now: () => number
  readonly #buckets = new Map<string, Bucket>()

  constructor(perMinute: number, now: () => number) {
    this.#perMinute = perMinute
    this.#now = now
  }

  get isOff(): boolean {
    return this.#perMinute === 0
  }

  /** Counts a request of the client. */
  take(client: string): RateVerdict {
    const bucket = this.#bucket(client)
    const isAllowed = bucket.tokens >= 1
    if (isAllowed) bucket.tokens -= 1
    return {
      isAllowed,
      limit: this.#perMinute,
      remaining: Math.floor(bucket.tokens),
      resetSeconds: this.#secondsUntil(this.#perMinute, bucket),
      retryAfterSeconds: isAllowed ? 0 : this.#secondsUntil(1, bucket),
    }
  }

  #bucket(client: string): Bucket {
    const nowMs = this.#now()
    const known = this.#buckets.get(client)
    if (known !== undefined) {
      const refill = (Math.max(0, nowMs - known.atMs) * this.#perMinute) / minuteMs
      known.tokens = Math.min(this.#perMinute, known.tokens + refill)
      known.atMs = nowMs
      return known
    }
    const bucket = { tokens: this.#perMinute, atMs: nowMs }
    this.#buckets.set(client, bucket)
    if (this.#buckets.size > countedClientsMax) {
      const [oldest] = this.#buckets.keys()
      if (oldest !== undefined) this.#buckets.delete(oldest)
    }
    return bucket
  }

  #secondsUntil(tokens: number, bucket: Bucket): number {
    return Math.ceil((Math.max(0, tokens - bucket.tokens) * minuteMs) / this.#perMinute / 1000)
  }
}
