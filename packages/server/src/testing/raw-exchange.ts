/**
 * Bytes to the server as they are, and all it answers until it ends the connection: for what no client would
 * send.
 */

import { connect } from 'node:net'

export interface RawAnswer {
  readonly status: number
  readonly headers: string
  readonly body: string
}

export function exchangeRaw(port: number, bytes: string | Uint8Array): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    let received = ''
    const socket = connect({ port, host: '127.0.0.1' }).setEncoding('latin1')
    socket.setTimeout(5_000, () => socket.destroy(new Error('the server did not answer in five seconds')))
    socket.on('connect', () => socket.write(bytes))
    socket.on('data', (chunk: string) => {
      received += chunk
      if (isComplete(received)) socket.end()
    })
    socket.on('error', reject)
    socket.on('close', () => {
      const [headers = '', body = ''] = received.split('\r\n\r\n')
      resolve({ status: Number(headers.slice(9, 12)), headers, body })
    })
  })
}

function isComplete(received: string): boolean {
  const headEnd = received.indexOf('\r\n\r\n')
  if (headEnd < 0) return false
  const length = /content-length: (\d+)/i.exec(received)?.[1]
  return length !== undefined && received.length >= headEnd + 4 + Number(length)
}
