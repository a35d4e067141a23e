/**
 * Load over HTTP/1.1 with keep-alive connections, one request at a time on each.
 * Why on bare sockets: Node's own client needs more processor time for a request than the server, and would
 * measure itself.
 */

import { connect, type Socket } from 'node:net'

export interface LoadOptions {
  readonly host: string
  readonly port: number
  readonly connections: number
  readonly seconds: number
  /** Seconds before counting begins. */
  readonly warmUpSeconds?: number
  /** The bytes of the n-th request. */
  readonly request: (n: number) => string
}

export interface LoadResult {
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** Answers by HTTP status. */
  readonly statuses: Readonly<Record<string, number>>
}

/** A request as it goes over the wire. */
export function rawRequest(method: string, path: string, token: string, body = ''): string {
  const lines = [`${method} ${path} HTTP/1.1`, 'Host: bench', `Authorization: Bearer ${token}`]
  if (body !== '') lines.push('Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`)
  return `${lines.join('\r\n')}\r\n\r\n${body}`
}

export async function loadHttp(options: LoadOptions): Promise<LoadResult> {
  const { connections, seconds, warmUpSeconds = 1 } = options
  const run = new LoadRun(options)
  const sockets = Array.from({ length: connections }, () => run.openConnection())
  await pause(warmUpSeconds)
  run.startCounting()
  await pause(seconds)
  const result = run.result(seconds)
  for (const socket of sockets) socket.destroy()
  return result
}

class LoadRun {
  readonly #options: LoadOptions
  #latencies: number[] = []
  #statuses: Record<string, number> = {}
  #sent = 0

  constructor(options: LoadOptions) {
    this.#options = options
  }

  openConnection(): Socket {
    const { host, port, request } = this.#options
    let received = ''
    let sentAt = 0
    const socket = connect({ host, port, noDelay: true }).setEncoding('latin1')
    const send = () => {
      sentAt = performance.now()
      socket.write(request(this.#sent))
      this.#sent += 1
    }
    socket.on('connect', send)
    socket.on('data', (chunk) => {
      received += chunk
      const status = completeAnswer(received)
      if (status === undefined) return
      received = ''
      this.#latencies.push(performance.now() - sentAt)
      this.#statuses[status] = (this.#statuses[status] ?? 0) + 1
      send()
    })
    socket.on('error', ({ message }) => {
      this.#statuses[message] = (this.#statuses[message] ?? 0) + 1
    })
    return socket
  }

  startCounting(): void {
    this.#latencies = []
    this.#statuses = {}
  }

  result(seconds: number): LoadResult {
    const sorted = Float64Array.from(this.#latencies).sort()
    const at = (fraction: number) =>
      sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * fraction))] ?? 0
    return {
      perSecond: Math.round(sorted.length / seconds),
      p50Ms: at(0.5),
      p99Ms: at(0.99),
      statuses: this.#statuses,
    }
  }
}

/** Status of the answer once it is there whole. One character is one byte. */
function completeAnswer(received: string): string | undefined {
  const headEnd = received.indexOf('\r\n\r\n')
  if (headEnd < 0) return undefined
  const head = received.slice(0, headEnd)
  const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? '0'
  return received.length >= headEnd + 4 + Number(length) ? head.slice(9, 12) : undefined
}

function pause(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000))
}
