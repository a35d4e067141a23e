/**
 * Where `ddb proof` gets what it is asked for: a data folder in this process, or a server.
 *
 * | given | asks |
 * |---|---|
 * | `--data` alone | the folder; when a process has it open, the server at the default address |
 * | otherwise | the server at `--url`; `--data` then only says where its root token is |
 */

import { resolve } from 'node:path'
import type { Database, ProofFile } from '@dendrodb/engine'
import { DbError } from '@dendrodb/protocol'
import type { Arguments } from '../arguments/parse-arguments.ts'
import { cliErrors } from '../cli-errors.ts'
import type { CliIo } from '../cli-io.ts'
import { sealingOf } from '../master-key.ts'
import { findToken } from '../sql/credentials.ts'
import { serverUrl } from '../sql/open-connection.ts'
import { readJson, transportError } from '../sql/remote-connection.ts'
import { checkServerDatabase } from '../status/server-databases.ts'
import type { ProofRequest } from './proof-request.ts'

/** The proof, or the public key as text. */
export async function askForProof(
  request: ProofRequest,
  args: Arguments,
  io: CliIo,
): Promise<ProofFile | string> {
  const isFolderAlone =
    args.isGiven('data') && !args.isGiven('url') && !args.isFromEnvironment('url') && !args.isGiven('token')
  if (!isFolderAlone) return askServer(request, args, io)
  try {
    return await askFolder(request, args, io)
  } catch (error) {
    if (!(error instanceof DbError) || error.code !== 'STORAGE_LOCKED') throw error
    return askServer(request, args, io)
  }
}

async function askFolder(request: ProofRequest, args: Arguments, io: CliIo): Promise<ProofFile | string> {
  const { withFolderDatabase } = await import('../data/open-folder-database.ts')
  const folder = resolve(args.value('data') ?? '')
  const name = args.value('database') ?? ''
  return withFolderDatabase({ folder, name, ...sealingOf(io) }, (database) => prove(database, request))
}

function prove(database: Database, request: ProofRequest): Promise<ProofFile | string> {
  if (request.type === 'key') return database.checkpointKey()
  const { size } = request
  if (request.type === 'consistency') return database.consistency(request.from, size)
  const options = { meta: request.meta, ...(size !== undefined && { size }) }
  if (request.type === 'commit') return database.proof({ seq: request.seq }, options)
  const asOf = request.asOf ?? size
  return database.proof(
    { record: request.record, ...(asOf !== undefined && { asOf: { seq: asOf } }) },
    options,
  )
}

async function askServer(request: ProofRequest, args: Arguments, io: CliIo): Promise<ProofFile | string> {
  const url = serverUrl(args)
  const token = await findToken(args, url, io)
  if (token === undefined) throw cliErrors.TOKEN_MISSING({ url })
  const database = args.value('database') ?? ''
  await checkServerDatabase({ url, database, token })
  const headers = { authorization: `Bearer ${token}`, 'x-ddb-database': database }
  const response = await fetch(`${url}${pathOf(request)}`, { headers }).catch((error: unknown) => {
    throw transportError(url, error)
  })
  const body = await readJson(response, url)
  return request.type === 'key' ? String(body.key) : (body as ProofFile)
}

function pathOf(request: ProofRequest): string {
  if (request.type === 'key') return '/api/checkpoint?size=0'
  const { size } = request
  if (request.type === 'consistency') return `/api/consistency?${queryOf({ from: request.from, to: size })}`
  const meta = request.meta ? true : undefined
  if (request.type === 'commit') return `/api/proof?${queryOf({ seq: request.seq, size, meta })}`
  return `/api/proof?${queryOf({ record: request.record, as_of: request.asOf, size, meta })}`
}

function queryOf(fields: Readonly<Record<string, unknown>>): string {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined)
  return new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString()
}
