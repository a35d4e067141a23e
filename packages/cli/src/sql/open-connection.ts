/**
 * Whom `ddb sql` asks: a server, or a data folder in this process.
 *
 * | given | asks |
 * |---|---|
 * | `--embedded` | the folder `--data`, made when missing |
 * | `--data` alone | the folder; when a process has it open, the server at the default address |
 * | otherwise | the server at `--url`; `--data` then only says where its root token is |
 */

import { mkdir, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { DbError } from '@dendrodb/protocol'
import type { Arguments } from '../arguments/parse-arguments.ts'
import { cliErrors } from '../cli-errors.ts'
import type { CliIo } from '../cli-io.ts'
import { sealingOf } from '../master-key.ts'
import type { Connection } from './connection.ts'
import { findToken } from './credentials.ts'
import { answerMsMax } from './limits.ts'
import { openRemote } from './remote-connection.ts'

const embeddedClashes = ['url', 'token', 'user', 'password']

/** @throws CLI_OPTIONS_CLASH, CLI_DATA_MISSING, CLI_OPTION_VALUE, STORAGE_LOCKED, … */
export async function openConnection(args: Arguments, io: CliIo): Promise<Connection> {
  const folder = args.value('data') ?? ''
  if (args.has('embedded')) {
    const clash = embeddedClashes.find((name) => args.isGiven(name))
    if (clash !== undefined) throw cliErrors.OPTIONS_CLASH({ one: '--embedded', other: `--${clash}` })
    return openFolder(folder, io)
  }
  const isFolderAlone = args.isGiven('data') && !embeddedClashes.some((name) => isChosen(args, name))
  return isFolderAlone ? openFolderOrServer(folder, args, io) : openServer(args, io)
}

/** Given, here or in the environment. */
function isChosen(args: Arguments, name: string): boolean {
  return (
    args.isGiven(name) || (name === 'url' ? args.isFromEnvironment(name) : args.value(name) !== undefined)
  )
}

async function openFolder(folder: string, io: CliIo): Promise<Connection> {
  if (folder !== ':memory:') await makeFolder(folder)
  const { openEmbedded } = await import('./embedded-connection.ts')
  return openEmbedded(folder, sealingOf(io))
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    throw cliErrors.DATA_UNUSABLE({ folder: resolve(folder), problem: code ?? message }, { cause: error })
  }
}

async function openFolderOrServer(folder: string, args: Arguments, io: CliIo): Promise<Connection> {
  if (folder !== ':memory:' && !(await isFolder(folder))) {
    throw cliErrors.DATA_MISSING({ folder: resolve(folder) })
  }
  try {
    return await openFolder(folder, io)
  } catch (error) {
    if (!(error instanceof DbError) || error.code !== 'STORAGE_LOCKED') throw error
    const url = serverUrl(args)
    if (await isAnswering(url)) return openServer(args, io)
    const problem = `another process has it open; if that is a server, name its address with --url (it is not ${url})`
    throw cliErrors.DATA_UNUSABLE({ folder: resolve(folder), problem }, { cause: error })
  }
}

export async function isAnswering(url: string): Promise<boolean> {
  try {
    const { ok } = await fetch(`${url}/health`, { signal: AbortSignal.timeout(answerMsMax) })
    return ok
  } catch {
    return false
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory()
  } catch {
    return false
  }
}

async function openServer(args: Arguments, io: CliIo): Promise<Connection> {
  const url = serverUrl(args)
  const email = args.value('user')
  if (email === undefined) return openRemote({ url, token: await findToken(args, url, io) })
  if (args.isGiven('token')) throw cliErrors.OPTIONS_CLASH({ one: '--token', other: '--user' })
  const password = args.value('password') ?? (await askFor(email, io))
  return openRemote({ url, account: { email, password } })
}

/** @throws CLI_OPTION_VALUE */
export function serverUrl(args: Arguments): string {
  const given = args.value('url') ?? ''
  if (!/^https?:\/\//.test(given) || !URL.canParse(given)) {
    throw cliErrors.OPTION_VALUE({
      name: '--url',
      problem: `must be like http://127.0.0.1:7700, not "${given}"`,
    })
  }
  return given.replace(/\/+$/, '')
}

async function askFor(email: string, io: CliIo): Promise<string> {
  const { askPassword } = await import('./ask-password.ts')
  return askPassword(email, io)
}
