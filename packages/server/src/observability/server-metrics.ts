/**
 * What is counted, in the names of Prometheus.
 * Why the library comes late: it takes a tenth of the time a start may take. Until it is there, what is
 * observed waits in a short list.
 */

import type { Counter, Histogram, Registry } from 'prom-client'
import { waitingObservationsMax } from './limits.ts'

export interface RequestObservation {
  readonly method: string
  /** The route's pattern, such as `/api/data/:table`, so that the number of series is bounded. */
  readonly path: string
  readonly status: number
  readonly seconds: number
}

interface Instruments {
  readonly registry: Registry
  readonly requests: Counter
  readonly latency: Histogram
  readonly queries: Histogram
}

type Observe = (instruments: Instruments) => void

const latencySeconds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

export class ServerMetrics {
  readonly #commitCounts: () => Iterable<readonly [database: string, seq: number]>
  #instruments: Instruments | undefined
  #loading: Promise<Instruments> | undefined
  #waiting: Observe[] = []

  /** @param commitCounts newest commit of each open database, which is the number of its commits */
  constructor(commitCounts: () => Iterable<readonly [database: string, seq: number]>) {
    this.#commitCounts = commitCounts
  }

  observeRequest({ method, path, status, seconds }: RequestObservation): void {
    this.#observe(({ requests, latency }) => {
      requests.inc({ method, path, status })
      latency.observe({ method, path }, seconds)
    })
  }

  observeQuery(kind: 'dql' | 'nql' | 'data' | 'mongo', seconds: number): void {
    this.#observe(({ queries }) => queries.observe({ kind }, seconds))
  }

  /** The text format of Prometheus. */
  async exposition(): Promise<{ readonly contentType: string; readonly text: string }> {
    const { registry } = await this.load()
    return { contentType: registry.contentType, text: await registry.metrics() }
  }

  load(): Promise<Instruments> {
    this.#loading ??= createInstruments(this.#commitCounts).then((instruments) => {
      this.#instruments = instruments
      for (const observe of this.#waiting) observe(instruments)
      this.#waiting = []
      return instruments
    })
    return this.#loading
  }

  #observe(observe: Observe): void {
    if (this.#instruments !== undefined) observe(this.#instruments)
    else if (this.#waiting.length < waitingObservationsMax) this.#waiting.push(observe)
  }
}

async function createInstruments(
  commitCounts: () => Iterable<readonly [database: string, seq: number]>,
): Promise<Instruments> {
  const { Counter, Histogram, Registry, collectDefaultMetrics } = await import('prom-client')
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  new Counter({
    name: 'ddb_tx_total',
    help: 'Commits of each open database since it was made',
    labelNames: ['database'],
    registers,
    collect() {
      this.reset()
      for (const [database, seq] of commitCounts()) this.inc({ database }, seq)
    },
  })
  return {
    registry,
    requests: new Counter({
      name: 'ddb_http_requests_total',
      help: 'Requests answered',
      labelNames: ['method', 'path', 'status'],
      registers,
    }),
    latency: new Histogram({
      name: 'ddb_http_latency_seconds',
      help: 'Time from a request to the end of its answer',
      labelNames: ['method', 'path'],
      buckets: latencySeconds,
      registers,
    }),
    queries: new Histogram({
      name: 'ddb_query_duration_seconds',
      help: 'Time of running a query: dql as written by the caller, data behind /api/data',
      labelNames: ['kind'],
      buckets: latencySeconds,
      registers,
    }),
  }
}
