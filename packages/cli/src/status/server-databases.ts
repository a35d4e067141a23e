/**
 * Whether a server has a database. Why asked first: root makes a database by naming it, which is not what
 * asking about it should do.
 */

import { cliErrors } from '../cli-errors.ts'
import { readJson, transportError } from '../sql/remote-connection.ts'

export interface ServerDatabase {
  readonly url: string
  readonly database: string
  readonly token: string
}

/** Every server has it. */
const alwaysThere = 'main'
const answerMsMax = 5000

/** @throws CLI_DATABASE_UNKNOWN, CLI_SERVER_UNREACHABLE, the server's own */
export async function checkServerDatabase({ url, database, token }: ServerDatabase): Promise<void> {
  if (database === alwaysThere) return
  const { results } = await queryServer({ url, database: alwaysThere, token }, 'INFO FOR ROOT')
  const [info] = (results ?? []) as readonly {
    readonly result?: { readonly databases?: readonly string[] }
  }[]
  // Who may not list them cannot make one either.
  if (info?.result?.databases?.includes(database) === false) {
    throw cliErrors.DATABASE_UNKNOWN({ name: database, url })
  }
}

export async function queryServer({ url, database, token }: ServerDatabase, text: string) {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` }
  const body = JSON.stringify({ query: text, database })
  const signal = AbortSignal.timeout(answerMsMax)
  const response = await fetch(`${url}/api/query`, { method: 'POST', headers, body, signal }).catch(
    (error: unknown) => {
      throw transportError(url, error)
    },
  )
  return readJson(response, url)
}
