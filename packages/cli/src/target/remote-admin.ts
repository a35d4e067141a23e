/**
 * The routes of a server that are for its administrator.
 */

import {
  type BackupReceiver,
  type ExportLine,
  type ImportCounts,
  type OpenedExport,
  receiveBackup,
} from '@dendrodb/engine'
import { stringifyJson, type Value } from '@dendrodb/protocol'
import { cliErrors } from '../cli-errors.ts'
import { readDaemonJson, readJson, transportError } from '../sql/remote-connection.ts'

export interface RemoteBackupOptions {
  readonly database: string
  readonly since?: { readonly seq: number; readonly head?: string | undefined } | undefined
  readonly isPlain: boolean
}

export interface RemoteImportOptions {
  readonly overwrite: boolean
  readonly onProgress: (counts: ImportCounts) => void
}

/** As the daemon API takes it. */
export interface NewDatabaseOptions {
  readonly hash?: string
  readonly init?: Value
}

export interface MadeDatabase {
  readonly seq: number
  readonly head: string
}

/** A server takes requests of 16 MiB unless it is told otherwise. */
const charsPerRequest = 1024 * 1024
const linesPerRequest = 1_000

export interface RemoteAdminOptions {
  readonly url: string
  readonly token: string
  readonly signal?: AbortSignal | undefined
}

export class RemoteAdmin {
  readonly url: string
  readonly #token: string
  readonly #signal: AbortSignal | undefined

  constructor({ url, token, signal }: RemoteAdminOptions) {
    this.url = url
    this.#token = token
    this.#signal = signal
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

  /** The name of a database that is there. @throws CLI_DATABASE_UNKNOWN */
  async known(name: string): Promise<string> {
    if ((await this.databaseNames()).includes(name)) return name
    throw cliErrors.DATABASE_UNKNOWN({ name, url: this.url })
  }

  /** @throws what the server says */
  async createDatabase(name: string, options: NewDatabaseOptions): Promise<MadeDatabase> {
    const response = await this.request('/v1/databases', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: stringifyJson({ name, ...options }),
    })
    const { seq, head } = await readDaemonJson(response, this.url)
    return { seq: Number(seq), head: String(head) }
  }

  /** @throws what the server says */
  async dropDatabase(name: string, isPurged: boolean): Promise<void> {
    const path = `/v1/databases/${encodeURIComponent(name)}?purge=${isPurged}`
    await readDaemonJson(await this.request(path, { method: 'DELETE' }), this.url)
  }

  /** @throws what the server says */
  async export(database: string, history: boolean): Promise<AsyncIterable<Uint8Array>> {
    const query = new URLSearchParams({ database, history: String(history) })
    const response = await this.request(`/api/admin/export?${query}`)
    if (!response.ok) await readJson(response, this.url)
    return this.#stream(response)
  }

  /** Sends the lines in requests of a bounded size. @throws what the server says, TRANSFER_INCOMPLETE */
  async import(
    database: string,
    opened: OpenedExport,
    { overwrite, onProgress }: RemoteImportOptions,
  ): Promise<ImportCounts> {
    const counts = { written: 0, unchanged: 0 }
    const send = async (lines: readonly ExportLine[]) => {
      const [first] = lines
      if (first === undefined) return
      const body = {
        file: opened.file,
        first_line: first.number,
        lines: lines.map(({ text }) => text),
        overwrite,
      }
      const response = await this.request(`/api/admin/import?${new URLSearchParams({ database })}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
      const answer = await readJson(response, this.url)
      counts.written += Number(answer.written)
      counts.unchanged += Number(answer.unchanged)
      onProgress(counts)
    }
    let batch: ExportLine[] = []
    let chars = 0
    for await (const line of opened.lines()) {
      batch.push(line)
      chars += line.text.length
      if (batch.length < linesPerRequest && chars < charsPerRequest) continue
      await send(batch)
      batch = []
      chars = 0
    }
    await send(batch)
    return counts
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
    const signal = this.#signal ?? null
    const authorization = `Bearer ${this.#token}`
    try {
      return await fetch(`${this.url}${path}`, { ...options, signal, headers: { ...headers, authorization } })
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
