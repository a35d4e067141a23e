/**
 * What a command that looks after whole databases works on: a data folder opened in this process, or a
 * server.
 * The rule is that of `ddb sql`: `--data` alone means the folder, unless a server has it open.
 */

import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type Engine, type HashName, openEngine } from '@dendrodb/engine'
import { DbError } from '@dendrodb/protocol'
import type { Arguments } from '../arguments/parse-arguments.ts'
import { cliErrors } from '../cli-errors.ts'
import type { CliIo } from '../cli-io.ts'
import { sealingOf } from '../master-key.ts'
import { findToken } from '../sql/credentials.ts'
import { isAnswering, serverUrl } from '../sql/open-connection.ts'
import { type MadeDatabase, type NewDatabaseOptions, RemoteAdmin } from './remote-admin.ts'

export type Target = FolderTarget | RemoteAdmin

export class FolderTarget {
  readonly engine: Engine
  readonly folder: string

  constructor(engine: Engine, folder: string) {
    this.engine = engine
    this.folder = folder
  }

  databaseNames(): Promise<readonly string[]> {
    return this.engine.databaseNames()
  }

  /** The name of a database that is there. @throws CLI_DATABASE_MISSING */
  async known(name: string): Promise<string> {
    if (this.engine.hasDatabase(name)) return name
    throw cliErrors.DATABASE_MISSING({ name, folder: this.folder, hint: '' })
  }

  /** @throws ENGINE_*, HTTP_FIELD_INVALID for what it is to begin with */
  async createDatabase(name: string, { hash, init }: NewDatabaseOptions): Promise<MadeDatabase> {
    const { databaseInitOf } = await import('@dendrodb/server')
    const database = await this.engine.createDatabase(name, {
      ...(hash !== undefined && { hash: hash as HashName }),
      ...(init !== undefined && { init: databaseInitOf(init) }),
    })
    return database.head()
  }

  /** @throws ENGINE_DATABASE_MISSING */
  dropDatabase(name: string, isPurged: boolean): Promise<void> {
    return this.engine.dropDatabase(name, { purge: isPurged })
  }

  close(): Promise<void> {
    return this.engine.close()
  }
}

export interface TargetOptions {
  /** Whether a folder without data becomes one. */
  readonly makes?: boolean
  /** Ends requests to a server. */
  readonly signal?: AbortSignal
}

/**
 * @throws CLI_DATA_MISSING, CLI_DATA_UNUSABLE, CLI_TOKEN_MISSING, CLI_OPTION_VALUE
 */
export async function openTarget(
  args: Arguments,
  io: CliIo,
  { makes = false, signal }: TargetOptions = {},
): Promise<Target> {
  const isFolder = args.isGiven('data') && !args.isGiven('url') && !args.isGiven('token')
  if (!isFolder || args.isFromEnvironment('url')) return openServer(args, io, signal)
  const folder = resolve(args.value('data') ?? '')
  if (!makes && !existsSync(join(folder, 'databases'))) throw cliErrors.DATA_MISSING({ folder })
  const engine = await openEngine({ path: folder, ...sealingOf(io) })
  try {
    // A server opens it first, so that whoever has it has the folder.
    if (engine.hasDatabase('main')) await engine.database('main')
    return new FolderTarget(engine, folder)
  } catch (error) {
    await engine.close()
    if (!(error instanceof DbError) || error.code !== 'STORAGE_LOCKED') throw error
    const url = serverUrl(args)
    if (await isAnswering(url)) return openServer(args, io, signal)
    const problem = `another process has it open; if that is a server, name its address with --url (it is not ${url})`
    throw cliErrors.DATA_UNUSABLE({ folder, problem }, { cause: error })
  }
}

async function openServer(args: Arguments, io: CliIo, signal?: AbortSignal): Promise<RemoteAdmin> {
  const url = serverUrl(args)
  const token = await findToken(args, url, io)
  if (token === undefined) throw cliErrors.TOKEN_MISSING({ url })
  return new RemoteAdmin({ url, token, signal })
}
