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
import { figureRows, type Row } from '../measure.ts'

const load = { connections: 64, seconds: 3, warmUpSeconds: 1 }
const records = 2_000
const main = fileURLToPath(new URL('../../packages/cli/src/main.ts', import.meta.url))
const bareFastify = fileURLToPath(new URL('../peers/bare-fastify.ts', import.meta.url))
const noLimits = ['--user-requests-per-minute', '0', '--anonymous-requests-per-minute', '0']

export async function runHttp(): Promise<Row[]> {
  const data = await mkdtemp(join(tmpdir(), 'ddb-bench-http-'))
  try {
    const ours = await withServer([main, 'start', '--data', data, '--log-level', 'warn', ...noLimits], {
      subject: 'DendroDB',
      prepare: async (port) => {
        const token = await signUp(port)
        await fill(port, token)
        return token
      },
    })
    const floor = await withServer([bareFastify], { subject: 'bare fastify', prepare: async () => '' })
    return [...ours, ...floor]
  } finally {
    await rm(data, { recursive: true })
  }
}

interface ServerRun {
  readonly subject: string
  /** Gives the token of the requests. */
  readonly prepare: (port: number) => Promise<string>
}

/**
 * Starts it on a free port, loads it, stops it. @param script the file and its arguments, but for the port
 */
async function withServer(
  [file = '', ...args]: readonly string[],
  { subject, prepare }: ServerRun,
): Promise<Row[]> {
  const port = await freePort()
  const portArgs = file === main ? [...args, '--port', String(port)] : [String(port)]
  const started = performance.now()
  const server = spawn(process.execPath, [file, ...portArgs], { stdio: ['ignore', 'ignore', 'inherit'] })
  try {
    await untilReady(port)
    const startMs = performance.now() - started
    const token = await prepare(port)
    const start = {
      workload: 'start of the server, empty, until it answers',
      subject,
      value: startMs,
      unit: 'ms',
    }
    return [start, ...(await loadRows(port, token, subject))]
  } finally {
    await stop(server)
  }
}

async function loadRows(port: number, token: string, subject: string): Promise<Row[]> {
  const measure = (request: (n: number) => string) => loadHttp({ ...load, port, request })
  const get = await measure((n) => rawRequest('GET', `/api/data/person/${(n * 7_919) % records}`, token))
  const post = await measure((n) => rawRequest('POST', '/api/data/visit', token, JSON.stringify(personOf(n))))
  const text = JSON.stringify({ query: 'SELECT name, age FROM person:7' })
  const query = await measure(() => rawRequest('POST', '/api/query', token, text))
  return [
    ...figureRows('HTTP GET by id, 64 connections', subject, get),
    ...figureRows('HTTP POST, durable, 64 connections', subject, post),
    ...figureRows('HTTP query by id, 64 connections', subject, query),
  ]
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
