/** A thread that reads what another one shares, one request after another, and the handle to it. */

import { isMainThread, parentPort, Worker } from 'node:worker_threads'
import type { KvShare, KvSnapshot, KvStoreReader, OpenReader } from '../kv-store.ts'

type Request =
  | { readonly type: 'open'; readonly module: string; readonly data: unknown }
  | { readonly type: 'snapshot' }
  /** Answered by `key=value` of all entries of the snapshot. */
  | { readonly type: 'content' }
  | { readonly type: 'close' }

interface Answer {
  readonly id: number
  readonly lines: readonly string[]
  /** Of the error, if it was one. */
  readonly code: string | undefined
}

export class ReadingThread {
  readonly #worker = new Worker(new URL(import.meta.url))
  #requests = 0

  async open({ module, data }: KvShare): Promise<void> {
    await this.#ask({ type: 'open', module, data })
  }

  async snapshot(): Promise<void> {
    await this.#ask({ type: 'snapshot' })
  }

  /** @throws the code of the error */
  async content(): Promise<readonly string[]> {
    return this.#ask({ type: 'content' })
  }

  async close(): Promise<void> {
    await this.#ask({ type: 'close' })
  }

  async end(): Promise<void> {
    await this.#worker.terminate()
  }

  #ask(request: Request): Promise<readonly string[]> {
    this.#requests += 1
    const id = this.#requests
    this.#worker.postMessage({ id, request })
    return new Promise((resolve, reject) => {
      const take = (answer: Answer) => {
        if (answer.id !== id) return
        this.#worker.off('message', take)
        if (answer.code === undefined) resolve(answer.lines)
        else reject(Object.assign(new Error('in the thread'), { code: answer.code }))
      }
      this.#worker.on('message', take)
    })
  }
}

if (!isMainThread && parentPort !== null) serve(parentPort)

function serve(port: NonNullable<typeof parentPort>): void {
  let reader: KvStoreReader | undefined
  let snapshot: KvSnapshot | undefined
  port.on('message', ({ id, request }: { readonly id: number; readonly request: Request }) => {
    answer(request).then(
      (lines) => port.postMessage({ id, lines, code: undefined } satisfies Answer),
      (error) => port.postMessage({ id, lines: [], code: error.code ?? String(error) } satisfies Answer),
    )
  })

  async function answer(request: Request): Promise<readonly string[]> {
    switch (request.type) {
      case 'open': {
        const { openReader } = (await import(request.module)) as { openReader: OpenReader }
        reader = await openReader(request.data)
        return []
      }
      case 'snapshot':
        snapshot?.close()
        snapshot = reader?.snapshot()
        return []
      case 'content':
        return snapshot === undefined ? [] : contentIn(snapshot)
      case 'close':
        await reader?.close()
        return []
      default:
        return request satisfies never
    }
  }
}

async function contentIn(snapshot: KvSnapshot): Promise<string[]> {
  const everything = { gte: Buffer.alloc(0), lt: Buffer.alloc(64, 0xff) }
  const content: string[] = []
  for await (const chunk of snapshot.scan(everything, { chunkEntries: 10 }))
    for (const { key, value } of chunk) content.push(`${key}=${value}`)
  return content
}
