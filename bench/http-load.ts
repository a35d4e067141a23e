/**
 * Load over HTTP/1.1 with keep-alive connections, one request at a time on each.
 * Why on bare sockets: Node's own client needs more processor time for a request than the server, and would
 * measure itself.
 */

import { connect, type Socket } from 'node:net'
import { type Figure, percentile } from './measure.ts'

export interface LoadOptions {
  readonly port: number
  readonly connections: number
  readonly seconds: number
  /** Seconds before counting begins. */
  readonly warmUpSeconds: number
  /** The bytes of the n-th request. */
  readonly request: (n: number) => string
}

/** A request as it goes over the wire. */
export function rawRequest(method: string, path: string, token: string, body = ''): string {
  const lines = [`${method} ${path} HTTP/1.1`, 'Host: bench', `Authorization: Bearer ${token}`]
  if (body !== '') lines.push('Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`)
  return `${lines.join('\r\n')}\r\n\r\n${body}`
}

/** @throws when a request fails or is answered with an error */
export async function loadHttp(options: LoadOptions): Promise<Figure> {
  const run = new LoadRun(options)
  const sockets = Array.from({ length: options.connections }, () => run.openConnection())
  await pause(options.warmUpSeconds)
  run.startCounting()
  await pause(options.seconds)
  const figure = run.figure()
  for (const socket of sockets) socket.destroy()
  return figure
}

class LoadRun {
  readonly #options: LoadOptions
  #latencies: number[] = []
  #countedFrom = 0
  #sent = 0
  #problem: string | undefined

  constructor(options: LoadOptions) {
    this.#options = options
  }

  openConnection(): Socket {
    const { port, request } = this.#options
    let received = ''
    let sentAt = 0
    const socket = connect({ host: '127.0.0.1', port, noDelay: true }).setEncoding('latin1')
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
      if (status >= 400) this.#problem ??= `the server answered ${received}`
      received = ''
      this.#latencies.push(performance.now() - sentAt)
      send()
    })
    socket.on('error', ({ message }) => {
      this.#problem ??= message
    })
    return socket
  }

  startCounting(): void {
    this.#latencies = []
    this.#countedFrom = performance.now()
  }

  figure(): Figure {
    if (this.#problem !== undefined) throw new Error(this.#problem)
    const opsPerSecond = (this.#latencies.length / (performance.now() - this.#countedFrom)) * 1_000
    const sorted = this.#latencies.sort((a, b) => a - b)
    return { opsPerSecond, p50Ms: percentile(sorted, 0.5), p99Ms: percentile(sorted, 0.99) }
  }
}

/** Status of the answer once it is there whole. One character is one byte. */
function completeAnswer(received: string): number | undefined {
  const headEnd = received.indexOf('\r\n\r\n')
  if (headEnd < 0) return undefined
  const head = received.slice(0, headEnd)
  const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? '0'
  return received.length >= headEnd + 4 + Number(length) ? Number(head.slice(9, 12)) : undefined
}

function pause(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000))
}
