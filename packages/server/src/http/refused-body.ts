/**
 * Answers to requests whose body is refused while it is still being sent.
 * Why it is read on: many clients send all of it before they read, and a connection that is closed with bytes
 * unread is reset, so that they would see a broken pipe and never the answer. What arrives is thrown away,
 * for a bounded time and up to a bounded size, so that nobody is held up by who sends slowly or without end.
 * Invariant: nothing that comes behind the refused body on its connection is carried out.
 */

import type { IncomingMessage } from 'node:http'
import { type Duplex, Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import { refusedBodyBytesMax, refusedBodyMs } from './limits.ts'

const refusing = new WeakSet<Duplex>()

/** Whether a body was refused on the connection, which ends as soon as it has arrived. */
export function isRefusing(socket: Duplex): boolean {
  return refusing.has(socket)
}

/** Sends the text at once; the answer ends, and the connection with it, when the body has been read away. */
export function sendRefusal(reply: FastifyReply, text: string): FastifyReply {
  const { raw: request } = reply.request
  refusing.add(request.socket)
  reply.headers({ connection: 'close', 'content-length': Buffer.byteLength(text) })
  return reply.send(Readable.from(answerParts(text, request)))
}

async function* answerParts(text: string, request: IncomingMessage): AsyncGenerator<Buffer> {
  yield Buffer.from(text)
  await readAway(request)
}

function readAway(request: IncomingMessage): Promise<void> {
  return new Promise((resolve) => {
    if (request.complete || request.destroyed) return resolve()
    let bytes = 0
    const timer = setTimeout(resolve, refusedBodyMs)
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > refusedBodyBytesMax) resolve()
    })
    request.once('close', () => {
      clearTimeout(timer)
      resolve()
    })
    request.once('end', resolve)
  })
}
