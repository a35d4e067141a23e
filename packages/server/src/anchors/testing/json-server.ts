/** A small HTTP server on a free port of this machine, for what tests need of other people's services. */

import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'

export interface ServedRequest {
  readonly method: string
  readonly url: string
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
}

export interface ServedAnswer {
  readonly status?: number
  readonly text: string
}

/** Its address; closed at the end of the test. */
export async function serve(answer: (request: ServedRequest) => Promise<ServedAnswer>): Promise<string> {
  const server = createServer(async (request, response) => {
    const { method = '', url = '', headers } = request
    const { status = 200, text } = await answer({ method, url, headers, body: await buffer(request) })
    response.writeHead(status, { 'content-type': 'application/json' }).end(text)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
