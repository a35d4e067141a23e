/**
 * Reads a stream of events (WHATWG HTML, server-sent events) for tests.
 */

import type { TestServer } from './test-server.ts'

export interface SentEvent {
  readonly event: string
  readonly id: string | undefined
  // biome-ignore lint/suspicious/noExplicitAny: tests look into data of any shape.
  readonly data: any
}

export class EventReader {
  readonly events: SentEvent[] = []
  readonly response: Response
  /** Resolves when the server has ended the stream, or the connection broke. */
  readonly ended: Promise<void>
  #wake: () => void = () => undefined
  readonly #controller: AbortController

  constructor(response: Response, controller: AbortController) {
    this.response = response
    this.#controller = controller
    this.ended = this.#read().catch(() => undefined)
  }

  /** The first event, of those that have come or will, for which the test holds. */
  async next(isWanted: (event: SentEvent) => boolean): Promise<SentEvent> {
    for (;;) {
      const found = this.events.find(isWanted)
      if (found !== undefined) return found
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }

  async close(): Promise<void> {
    this.#controller.abort()
    await this.ended
  }

  async #read(): Promise<void> {
    let text = ''
    const decoder = new TextDecoder()
    for await (const chunk of this.response.body ?? []) {
      text += decoder.decode(chunk, { stream: true })
      const blocks = text.split('\n\n')
      text = blocks.pop() ?? ''
      for (const block of blocks) this.#take(block)
      this.#wake()
    }
  }

  #take(block: string): void {
    const fields = new Map(
      block.split('\n').map((line): [string, string] => {
        const at = line.indexOf(':')
        return [line.slice(0, at), line.slice(at + 2)]
      }),
    )
    const data = fields.get('data')
    if (data === undefined) return
    this.events.push({ event: fields.get('event') ?? '', id: fields.get('id'), data: JSON.parse(data) })
  }
}

export async function openEvents(
  server: TestServer,
  path: string,
  {
    token,
    headers = {},
  }: { readonly token?: string; readonly headers?: Readonly<Record<string, string>> } = {},
): Promise<EventReader> {
  const controller = new AbortController()
  const response = await fetch(`${server.url}${path}`, {
    signal: controller.signal,
    headers: { ...(token !== undefined && { authorization: `Bearer ${token}` }), ...headers },
  })
  return new EventReader(response, controller)
}
