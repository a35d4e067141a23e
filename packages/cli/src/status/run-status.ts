/**
 * What a server says about itself. Each part is asked for on its own: a server that does not let us look
 * closer or query it is up all the same.
 */

import { DbError } from '@dendrodb/protocol'
import type { Arguments } from '../arguments/parse-arguments.ts'
import { cliErrors } from '../cli-errors.ts'
import type { CliIo } from '../cli-io.ts'
import { type Paint, paintFor } from '../output/paint.ts'
import { exitCodeOf } from '../output/report-error.ts'
import { findToken } from '../sql/credentials.ts'
import { serverUrl } from '../sql/open-connection.ts'
import { readJson, transportError } from '../sql/remote-connection.ts'
import { formatUptime } from './format-uptime.ts'
import { checkServerDatabase, queryServer } from './server-databases.ts'

interface ServerStatus {
  readonly url: string
  readonly version: string
  readonly ready: boolean
  /** `undefined` when the server does not tell. */
  readonly uptimeSeconds: number | undefined
  readonly database: string
  readonly head: Head | undefined
  /** Why there is no head. */
  readonly headProblem: string | undefined
}

const answerMsMax = 5000

/** The exit code: 0 for a server that is ready. @throws CLI_SERVER_UNREACHABLE, CLI_SERVER_ANSWER */
export async function runStatus(args: Arguments, io: CliIo): Promise<number> {
  const url = serverUrl(args)
  const database = args.value('database') ?? ''
  const status = await askStatus(url, database, await findToken(args, url, io))
  io.stdout.write(args.has('json') ? `${statusJson(status)}\n` : statusText(status, paintFor(io.stdout, io)))
  return status.ready ? 0 : exitCodeOf(cliErrors.SERVER_UNREACHABLE({ url, problem: 'it is not ready' }))
}

async function askStatus(url: string, database: string, token: string | undefined): Promise<ServerStatus> {
  const { version } = await readJson(await get(url, '/health'), url)
  if (typeof version !== 'string')
    throw cliErrors.SERVER_ANSWER({ url, problem: 'its /health names no version' })
  const [ready, uptimeSeconds, head] = await Promise.all([
    get(url, '/ready').then(({ ok }) => ok),
    askUptime(url),
    askHead(url, database, token).catch((error: unknown) => error),
  ])
  const problem = head instanceof Error ? head : undefined
  if (problem !== undefined && !(problem instanceof DbError)) throw problem
  return {
    url,
    version,
    ready,
    uptimeSeconds,
    database,
    head: problem === undefined ? (head as Head) : undefined,
    headProblem: problem?.message,
  }
}

async function get(url: string, path: string): Promise<Response> {
  try {
    return await fetch(`${url}${path}`, { signal: AbortSignal.timeout(answerMsMax) })
  } catch (error) {
    throw transportError(url, error)
  }
}

/** Only some may read it. */
async function askUptime(url: string): Promise<number | undefined> {
  const response = await get(url, '/health/full')
  if (!response.ok) {
    await response.body?.cancel()
    return undefined
  }
  const { uptime_secs: seconds } = await readJson(response, url)
  return typeof seconds === 'number' ? seconds : undefined
}

interface Head {
  readonly seq: number
  readonly head: string
}

/** @throws what keeps us from knowing it */
async function askHead(url: string, database: string, token: string | undefined): Promise<Head> {
  if (token === undefined) throw cliErrors.TOKEN_MISSING({ url })
  await checkServerDatabase({ url, database, token })
  const { seq, head } = await queryServer({ url, database, token }, 'RETURN NONE')
  return { seq: Number(seq), head: String(head) }
}

function statusJson({ url, version, ready, uptimeSeconds, database, head }: ServerStatus): string {
  const uptime_secs = uptimeSeconds === undefined ? undefined : Math.round(uptimeSeconds)
  return JSON.stringify({ url, version, ready, uptime_secs, database, ...head })
}

function statusText(status: ServerStatus, paint: Paint): string {
  const { url, version, ready, uptimeSeconds, database, head, headProblem } = status
  const facts: [string, string][] = [
    ['server', `${url} ${ready ? paint.green('ready') : paint.red('not ready')}`],
    ['version', version],
    ...(uptimeSeconds === undefined ? [] : [['up for', formatUptime(uptimeSeconds)] as [string, string]]),
    ['database', database],
    ['head', head === undefined ? paint.dim(`unknown: ${headProblem}`) : `${head.head} (commit ${head.seq})`],
  ]
  return facts.map(([name, value]) => `${paint.dim(name.padEnd(8))}  ${value}\n`).join('')
}
