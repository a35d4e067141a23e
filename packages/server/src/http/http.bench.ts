/**
 * Signed-in reads by id and durable writes over HTTP at 64 connections, the server in a process of its own.
 *
 *   npx node packages/server/src/http/http.bench.ts [seconds]
 */

import { type ChildProcess, fork } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { loadConfig } from '../config/load-config.ts'
import { openServer } from '../open-server.ts'
import { type LoadResult, loadHttp, rawRequest } from '../testing/http-load.ts'

const connections = 64
const records = 20_000

interface Started {
  readonly port: number
}

/** 160 bytes and six fields, as the project's other measurements have them. */
function recordOf(n: number): object {
  return {
    name: `customer ${n}`,
    email: `customer${n}@example.com`,
    age: 20 + (n % 60),
    city: `city ${n % 100}`,
    score: (n % 1000) / 8,
    note: 'a sentence of some length',
  }
}

async function serve(folder: string): Promise<void> {
  const args = [
    '--data',
    folder,
    '--port',
    '0',
    '--user-requests-per-minute',
    '0',
    '--anonymous-requests-per-minute',
    '0',
  ]
  const nowhere = join(folder, 'nowhere')
  const { config } = loadConfig({ args, env: {}, cwd: nowhere, home: nowhere })
  const server = await openServer({ config })
  process.send?.({ port: server.address.port } satisfies Started)
  process.once('message', () => void server.close().then(() => process.exit(0)))
}

async function measure(seconds: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'ddb-http-bench-'))
  const child = fork(fileURLToPath(import.meta.url), ['serve', folder], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  try {
    const { port } = await new Promise<Started>((resolve) =>
      child.once('message', (message) => resolve(message as Started)),
    )
    const call = callerOf(`http://127.0.0.1:${port}`)
    const { access_token: token = '' } = await call('/api/auth/signup', {
      email: 'ada@example.com',
      password: 'correct horse',
    })
    await fill(call, token)
    const load = { host: '127.0.0.1', port, connections, seconds, warmUpSeconds: 3 }
    const read = (n: number) => rawRequest('GET', `/api/data/customer/c${(n * 7919) % records}`, token)
    print('GET by id, signed in', await loadHttp({ ...load, request: read }))
    const write = (n: number) => rawRequest('POST', '/api/data/visit', token, JSON.stringify(recordOf(n)))
    print('durable POST, signed in', await loadHttp({ ...load, request: write }))
    const query = JSON.stringify({ query: 'SELECT name, age FROM customer:c7' })
    print(
      'POST /api/query',
      await loadHttp({ ...load, request: () => rawRequest('POST', '/api/query', token, query) }),
    )
    print('GET /live', await loadHttp({ ...load, request: () => rawRequest('GET', '/live', token) }))
  } finally {
    await end(child)
    await rm(folder, { recursive: true })
  }
}

type Caller = (path: string, body: object, token?: string) => Promise<Record<string, string>>

function callerOf(url: string): Caller {
  return async (path, body, token) => {
    const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) }
    const response = await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) })
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
    return (await response.json()) as Record<string, string>
  }
}

async function fill(call: Caller, token: string | undefined): Promise<void> {
  const rows = Array.from({ length: records }, (_, n) => ({ id: `c${n}`, ...recordOf(n) }))
  await call('/api/query', { query: 'INSERT INTO customer $rows RETURN NONE', vars: { rows } }, token)
}

function print(what: string, { perSecond, p50Ms, p99Ms, statuses }: LoadResult): void {
  const figures = `${perSecond}/s  p50 ${p50Ms.toFixed(2)} ms  p99 ${p99Ms.toFixed(2)} ms`
  process.stdout.write(`${what.padEnd(26)} ${figures}  ${JSON.stringify(statuses)}\n`)
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  const exited = new Promise((resolve) => child.once('exit', resolve))
  child.send('close')
  await exited
}

const [, , mode, folder] = process.argv
if (mode === 'serve' && folder !== undefined) await serve(folder)
else await measure(Number(mode ?? 4))
