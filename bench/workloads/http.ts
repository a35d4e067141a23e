/**
 * The server as a process of its own, loaded from another one over keep-alive connections on loopback.
 * Why a bare-bones client: on two cores, a comfortable one would take the server's time.
 */

import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { personOf } from '../dataset.ts'
import { type Figure, figureRows, percentile, type Row } from '../measure.ts'

const connections = 64
const seconds = 3
const records = 2_000
const main = fileURLToPath(new URL('../../packages/cli/src/main.ts', import.meta.url))

export async function runHttp(): Promise<Row[]> {
  const data = await mkdtemp(join(tmpdir(), 'ddb-bench-http-'))
  const port = await freePort()
  const started = performance.now()
  const args = [main, 'start', '--data', data, '--port', String(port), '--log-level', 'warn']
  const env = { ...process.env, DDB_RATE_LIMIT: 'off' }
  const server = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'], env })
  try {
    await untilReady(port)
    const startMs = performance.now() - started
    const token = (await readFile(join(data, 'root-token'), 'utf8')).trim()
    for (let id = 0; id < records; id += 1) await postOnce(port, token, id)
    const get = await load(port, (at) => request('GET', `/api/data/person/${at % records}`, token))
    const post = await load(port, (at) => request('POST', '/api/data/person', token, { ...personOf(at) }))
    return [
      {
        workload: 'start of the server, empty, until it answers',
        subject: 'DendroDB',
        value: startMs,
        unit: 'ms',
      },
      ...figureRows('HTTP GET by id, 64 connections', 'DendroDB', get),
      ...figureRows('HTTP POST, durable, 64 connections', 'DendroDB', post),
    ]
  } finally {
    await stop(server)
    await rm(data, { recursive: true })
  }
}

function request(method: string, path: string, token: string, body?: unknown): string {
  const text = body === undefined ? '' : JSON.stringify(body)
  const lines = [`${method} ${path} HTTP/1.1`, 'Host: 127.0.0.1', `Authorization: Bearer ${token}`]
  if (text !== '') lines.push('Content-Type: application/json', `Content-Length: ${Buffer.byteLength(text)}`)
  return `${lines.join('\r\n')}\r\n\r\n${text}`
}

async function postOnce(port: number, token: string, id: number): Promise<void> {
  const answer = await fetch(`http://127.0.0.1:${port}/api/query`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      query: `UPSERT person:${id} CONTENT $person RETURN NONE`,
      vars: { person: personOf(id) },
    }),
  })
  if (!answer.ok) throw new Error(`loading failed: ${answer.status} ${await answer.text()}`)
}

async function load(port: number, makeRequest: (at: number) => string): Promise<Figure> {
  const latencies: number[] = []
  let at = 0
  const end = performance.now() + seconds * 1_000
  const started = performance.now()
  const connection = async () => {
    const socket = connect(port, '127.0.0.1').setNoDelay(true)
    const answers = new Answers(socket)
    while (performance.now() < end) {
      const before = performance.now()
      socket.write(makeRequest(at++))
      const status = await answers.next()
      if (status >= 400) throw new Error(`the server answered ${status}`)
      latencies.push(performance.now() - before)
    }
    socket.destroy()
  }
  await Promise.all(Array.from({ length: connections }, connection))
  const opsPerSecond = (latencies.length / (performance.now() - started)) * 1_000
  latencies.sort((a, b) => a - b)
  return { opsPerSecond, p50Ms: percentile(latencies, 0.5), p99Ms: percentile(latencies, 0.99) }
}

/** Cuts a connection's bytes into answers by their Content-Length and gives their status codes. */
class Answers {
  #bytes = Buffer.alloc(0)
  #waiting: ((status: number) => void) | undefined

  constructor(socket: Socket) {
    socket.on('data', (chunk) => {
      this.#bytes = Buffer.concat([this.#bytes, chunk as Buffer])
      this.#settle()
    })
  }

  next(): Promise<number> {
    return new Promise((resolve) => {
      this.#waiting = resolve
      this.#settle()
    })
  }

  #settle(): void {
    const headEnd = this.#bytes.indexOf('\r\n\r\n')
    if (headEnd < 0 || this.#waiting === undefined) return
    const head = this.#bytes.toString('latin1', 0, headEnd)
    const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0)
    const end = headEnd + 4 + length
    if (this.#bytes.length < end) return
    this.#bytes = this.#bytes.subarray(end)
    const resolve = this.#waiting
    this.#waiting = undefined
    resolve(Number(head.slice(9, 12)))
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}

async function untilReady(port: number): Promise<void> {
  for (let tries = 0; tries < 2_000; tries += 1) {
    const answer = await fetch(`http://127.0.0.1:${port}/ready`).catch(() => undefined)
    if (answer?.ok) return
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  throw new Error('the server did not become ready')
}

function stop(server: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    server.once('exit', () => resolve())
    server.kill('SIGTERM')
  })
}
