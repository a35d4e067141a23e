/**
 * The server as a process of its own, loaded by a signed-in user from another one over keep-alive connections
 * on loopback.
 */

import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { personOf } from '../dataset.ts'
import { loadHttp, rawRequest } from '../http-load.ts'
import { type Figure, figureRows, type Row } from '../measure.ts'

const load = { connections: 64, seconds: 1.5, warmUpSeconds: 0.5 }
/** In turns; the first ones, in which the engine still compiles, do not count. */
const rounds = 7
const roundsToWarm = 2
const records = 2_000
const start = fileURLToPath(new URL('../../scripts/start.mjs', import.meta.url))
const bareFastify = fileURLToPath(new URL('../peers/bare-fastify.ts', import.meta.url))
const compileCache = fileURLToPath(new URL('../../node_modules/.cache/node-compile', import.meta.url))
const noLimits = ['--user-requests-per-minute', '0', '--anonymous-requests-per-minute', '0']
/** The first finds nothing that was compiled or bundled before, and does not count. */
const starts = 6

interface Subject {
  readonly name: string
  readonly command: (port: string) => readonly string[]
  /** Gives the token of the requests. */
  readonly prepare: (port: number) => Promise<string>
}

export async function runHttp(): Promise<Row[]> {
  const data = await mkdtemp(join(tmpdir(), 'ddb-bench-http-'))
  const ours: Subject = {
    name: 'DendroDB',
    command: (port) => [start, '--data', data, '--log-level', 'warn', ...noLimits, '--port', port],
    prepare: async (port) => {
      const token = await signUp(port)
      await fill(port, token)
      return token
    },
  }
  const floor: Subject = {
    name: 'bare fastify',
    command: (port) => [bareFastify, port],
    prepare: async () => '',
  }
  try {
    return [
      ...(await startRows([ours, floor])),
      ...(await withServer(ours, (port) =>
        withServer(floor, (floorPort) => {
          return loadRows([
            { subject: ours, port },
            { subject: floor, port: floorPort },
          ])
        }),
      )),
    ]
  } finally {
    await rm(data, { recursive: true })
  }
}

/** In turns, so that a machine that becomes slower does so for all. */
async function startRows(subjects: readonly Subject[]): Promise<Row[]> {
  const times = new Map(subjects.map((subject) => [subject, [] as number[]]))
  for (let count = 0; count < starts; count += 1) {
    for (const [subject, measured] of times) {
      measured.push(await withServer(subject, async (_, startMs) => startMs))
    }
  }
  return [...times].map(([subject, [, ...measured]]) => ({
    workload: 'start of the server until it answers, median',
    subject: subject.name,
    value: measured.sort((a, b) => a - b)[measured.length >> 1] ?? 0,
    unit: 'ms',
  }))
}

/** Starts it on a free port, uses it, stops it. */
async function withServer<Result>(
  subject: Subject,
  use: (port: number, startMs: number) => Promise<Result>,
): Promise<Result> {
  const port = await freePort()
  const started = performance.now()
  const server = spawn(process.execPath, subject.command(String(port)), {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, NODE_COMPILE_CACHE: compileCache },
  })
  try {
    await untilReady(port)
    return await use(port, performance.now() - started)
  } finally {
    await stop(server)
  }
}

interface Served {
  readonly subject: Subject
  readonly port: number
}

const queryText = JSON.stringify({ query: 'SELECT name, age FROM person:7' })

/** The n-th request of each kind. */
const requests: Readonly<Record<string, (n: number, token: string) => string>> = {
  'HTTP GET by id': (n, token) => rawRequest('GET', `/api/data/person/${(n * 7_919) % records}`, token),
  'HTTP POST, durable': (n, token) => {
    return rawRequest('POST', '/api/data/visit', token, JSON.stringify(personOf(n)))
  },
  'HTTP query by id': (_, token) => rawRequest('POST', '/api/query', token, queryText),
}

/** In turns, likewise. */
async function loadRows(served: readonly Served[]): Promise<Row[]> {
  const tokens = new Map<Served, string>()
  for (const each of served) tokens.set(each, await each.subject.prepare(each.port))
  const rows: Row[] = []
  for (const [name, requestOf] of Object.entries(requests)) {
    const figures = new Map(served.map((each) => [each, [] as Figure[]]))
    for (let round = 0; round < rounds; round += 1) {
      for (const [each, measured] of figures) {
        const request = (n: number) => requestOf(n, tokens.get(each) ?? '')
        measured.push(await loadHttp({ ...load, port: each.port, request }))
      }
    }
    for (const [{ subject }, measured] of figures) {
      rows.push(
        ...figureRows(`${name}, 64 connections`, subject.name, medianOf(measured.slice(roundsToWarm))),
      )
    }
  }
  return rows
}

/** By the operations per second. */
function medianOf(figures: readonly Figure[]): Figure {
  const sorted = figures.toSorted((a, b) => a.opsPerSecond - b.opsPerSecond)
  return sorted[sorted.length >> 1] as Figure
}

async function signUp(port: number): Promise<string> {
  const account = { email: 'ada@example.org', password: 'correct horse' }
  const { access_token: token } = await post(port, '/api/auth/signup', account)
  return String(token)
}

async function fill(port: number, token: string): Promise<void> {
  const rows = Array.from({ length: records }, (_, id) => ({ id, ...personOf(id) }))
  const query = 'INSERT INTO person $rows RETURN NONE'
  await post(port, '/api/query', { query, vars: { rows } }, { authorization: `Bearer ${token}` })
}

async function post(port: number, path: string, body: object, headers: Record<string, string> = {}) {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
  const text = await response.text()
  if (!response.ok || text.includes('"status":"error"')) throw new Error(`${path} failed: ${text}`)
  return JSON.parse(text) as Record<string, unknown>
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
