/**
 * `ddb sql`: what is to be run, and against what.
 */

import { readFile, stat } from 'node:fs/promises'
import type { Arguments } from '../arguments/parse-arguments.ts'
import { cliErrors } from '../cli-errors.ts'
import type { CliIo } from '../cli-io.ts'
import { paintFor } from '../output/paint.ts'
import type { Connection } from './connection.ts'
import { scriptBytesMax } from './limits.ts'
import { QuerySession } from './query-session.ts'
import { type ResultFormat, ResultView } from './result-view.ts'
import { runScript, type Script } from './run-script.ts'

/** The exit code. @throws CLI_*, and what connecting may meet */
export async function runSql(args: Arguments, io: CliIo): Promise<number> {
  const script = await scriptOf(args, io)
  const connection = await connect(args, io)
  try {
    const session = new QuerySession(connection, args.value('database') ?? '')
    const view = new ResultView({
      stream: io.stdout,
      paint: paintFor(io.stdout, io),
      format: args.value('format') as ResultFormat,
      showsTiming: args.has('timing') || script === undefined,
    })
    if (script === undefined) {
      const { runRepl } = await import('./run-repl.ts')
      return await runRepl({ session, view, io })
    }
    const continuesAfterErrors = args.has('continue')
    return await interruptible((signal) =>
      runScript(script, { session, view, io, continuesAfterErrors, signal }),
    )
  } finally {
    await connection.close()
  }
}

/** `undefined`: there is a person to ask. */
async function scriptOf(args: Arguments, { stdin }: CliIo): Promise<Script | undefined> {
  const execute = args.value('execute')
  const [file] = args.operands
  if (execute !== undefined && file !== undefined) throw cliErrors.OPTIONS_CLASH({ one: '--execute', other: 'a file' })
  if (execute !== undefined) return { text: execute }
  if (file !== undefined && file !== '-') return { text: await readScript(file), source: file }
  if (stdin.isTTY === true && file === undefined) return undefined
  const { text } = await import('node:stream/consumers')
  return { text: await text(stdin), source: '(standard input)' }
}

/** @throws CLI_FILE_UNREADABLE */
export async function readScript(file: string): Promise<string> {
  try {
    const { size } = await stat(file)
    if (size > scriptBytesMax) {
      throw cliErrors.FILE_UNREADABLE({ file, problem: `it has more than ${scriptBytesMax} bytes; split it` })
    }
    // A byte order mark is no part of the first statement.
    return (await readFile(file, 'utf8')).replace(/^\ufeff/, '')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code?.startsWith('CLI_') === true) throw error
    throw cliErrors.FILE_UNREADABLE({ file, problem: problemOf(code, message) }, { cause: error })
  }
}

function problemOf(code: string | undefined, message: string): string {
  switch (code) {
    case 'ENOENT':
      return 'there is none'
    case 'EISDIR':
      return 'it is a folder'
    case 'EACCES':
      return 'you may not read it'
    default:
      return message
  }
}

async function connect(args: Arguments, io: CliIo): Promise<Connection> {
  if (args.has('embedded')) {
    const clash = ['url', 'token', 'user', 'password'].find((name) => args.isGiven(name))
    if (clash !== undefined) throw cliErrors.OPTIONS_CLASH({ one: '--embedded', other: `--${clash}` })
    const { openEmbedded } = await import('./embedded-connection.ts')
    return openEmbedded(args.value('data') ?? '')
  }
  const url = serverUrl(args)
  const { openRemote } = await import('./remote-connection.ts')
  const email = args.value('user')
  if (email !== undefined) {
    if (args.isGiven('token')) throw cliErrors.OPTIONS_CLASH({ one: '--user', other: '--token' })
    const { askPassword } = await import('./ask-password.ts')
    const password = args.value('password') ?? (await askPassword(email, io))
    return openRemote({ url, account: { email, password } })
  }
  const { findToken } = await import('./credentials.ts')
  return openRemote({ url, token: await findToken(args, url, io) })
}

/** @throws CLI_OPTION_VALUE */
export function serverUrl(args: Arguments): string {
  const url = args.value('url') ?? ''
  const isHttp = URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)
  if (!isHttp) throw cliErrors.OPTION_VALUE({ name: '--url', problem: 'must be a URL such as http://127.0.0.1:7700' })
  return url.replace(/\/+$/, '')
}

/** Ctrl-C cancels the statement that runs, and with it the script. */
async function interruptible(work: (signal: AbortSignal) => Promise<number>): Promise<number> {
  const controller = new AbortController()
  const interrupt = () => controller.abort()
  process.once('SIGINT', interrupt)
  try {
    return await work(controller.signal)
  } finally {
    process.off('SIGINT', interrupt)
  }
}
