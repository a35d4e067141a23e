/**
 * The token to show a server: the one that was given, or, for a server on this machine, the administrator's,
 * as its configuration or its data folder has it. It is never sent to another machine unasked.
 */

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Arguments } from '../arguments/parse-arguments.ts'
import type { CliIo } from '../cli-io.ts'

export async function findToken(
  args: Arguments,
  url: string,
  { env }: Pick<CliIo, 'env'>,
): Promise<string | undefined> {
  const given = args.value('token')
  if (given !== undefined || !isLoopback(url)) return given
  if (env.DDB_ROOT_TOKEN !== undefined && env.DDB_ROOT_TOKEN !== '') return env.DDB_ROOT_TOKEN
  try {
    const text = await readFile(join(args.value('data') ?? '', 'root-token'), 'utf8')
    return text.trim() === '' ? undefined : text.trim()
  } catch {
    // Another user's, or another folder: the server says whether it wants one at all.
    return undefined
  }
}

function isLoopback(url: string): boolean {
  const { hostname } = new URL(url)
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname)
}
