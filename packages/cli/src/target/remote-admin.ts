/**
 * The routes of a server that are for its administrator.
 */

import { type BackupReceiver, receiveBackup } from '@dendrodb/engine'
import { cliErrors } from '../cli-errors.ts'
import { readJson, transportError } from '../sql/remote-connection.ts'

export interface RemoteBackupOptions {
  readonly database: string
  readonly since?: { readonly seq: number; readonly head?: string | undefined } | undefined
  readonly isPlain: boolean
}

export class RemoteAdmin {
  readonly url: string
  readonly #token: string

  constructor(url: string, token: string) {
    this.url = url
    this.#token = token
  }

  async databaseNames(): Promise<readonly string[]> {
    const response = await this.request('/api/query', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: 'INFO FOR ROOT' }),
    })
    const { results } = (await readJson(response, this.url)) as {
      readonly results?: readonly { readonly result?: { readonly databases?: readonly string[] } }[]
    }
    const names = results?.[0]?.result?.databases
    if (names === undefined) {
      throw cliErrors.SERVER_ANSWER({ url: this.url, problem: 'it does not list its databases' })
    }
    return names
  }

  /** @throws what the server says, BACKUP_NOT_ONE */
  async backup({ database, since, isPlain }: RemoteBackupOptions): Promise<BackupReceiver> {
    const query = new URLSearchParams({ database })
    if (since !== undefined) query.set('since', String(since.seq))
    if (since?.head !== undefined) query.set('head', since.head)
    if (isPlain) query.set('plain', 'true')
    const response = await this.request(`/api/admin/backup?${query}`)
    if (!response.ok) await readJson(response, this.url)
    return receiveBackup(this.url, this.#stream(response))
  }

  /** @throws CLI_SERVER_UNREACHABLE */
  async request(path: string, { headers, ...options }: RequestInit = {}): Promise<Response> {
    const authorization = `Bearer ${this.#token}`
    try {
      return await fetch(`${this.url}${path}`, { ...options, headers: { ...headers, authorization } })
    } catch (error) {
      throw transportError(this.url, error)
    }
  }

  async close(): Promise<void> {}

  async *#stream({ body }: Response): AsyncGenerator<Uint8Array> {
    if (body === null) return
    try {
      yield* body
    } catch (error) {
      throw transportError(this.url, error)
    }
  }
}
