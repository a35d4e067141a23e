/**
 * Answers that go on: events sent to a client as they happen (WHATWG HTML, server-sent events).
 * Why one place: however many clients there are and however slow they read, what they cost is bounded. Their
 * number is; what is written to one waits in no queue of ours; one that does not read is cut off, and comes
 * back where it left off. When the server stops, their answers end.
 */

import type { OutgoingHttpHeaders } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { httpErrors } from './http-errors.ts'
import { eventBytesWaitingMax, eventStallMs, eventStreamsMax, heartbeatMs } from './limits.ts'

export class EventStream {
  readonly #reply: FastifyReply
  readonly #gone = new AbortController()
  readonly #heartbeat: NodeJS.Timeout
  #sent = 0
  #movedAtMs = performance.now()

  constructor(request: FastifyRequest, reply: FastifyReply) {
    this.#reply = reply
    const { raw } = reply
    reply.hijack()
    raw.writeHead(200, {
      ...(reply.getHeaders() as OutgoingHttpHeaders),
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      // Proxies that gather an answer would hold events back.
      'x-accel-buffering': 'no',
    })
    raw.flushHeaders()
    request.raw.socket.setNoDelay(true)
    raw.once('close', () => this.#end())
    // Tells both sides that the other one is there.
    this.#heartbeat = setInterval(() => this.#beat(), heartbeatMs).unref()
    if (request.method === 'HEAD') this.end()
  }

  /** Aborts when the client has gone or the stream was ended. */
  get signal(): AbortSignal {
    return this.#gone.signal
  }

  /** Sends one event; a client that is too far behind to be told is cut off. @param id to resume after */
  send(event: string, data: string, id?: number): void {
    if (this.#gone.signal.aborted) return
    const lines = [`event: ${event}`, ...(id === undefined ? [] : [`id: ${id}`]), `data: ${data}`]
    this.#write(`${lines.join('\n')}\n\n`)
  }

  /** Resolves when what was sent is on its way, or the client gone. */
  async drained(): Promise<void> {
    const { raw } = this.#reply
    if (!raw.writableNeedDrain || this.#gone.signal.aborted) return
    await new Promise<void>((resolve) => {
      const done = () => {
        raw.off('drain', done)
        this.signal.removeEventListener('abort', done)
        resolve()
      }
      raw.once('drain', done)
      this.signal.addEventListener('abort', done)
    })
  }

  /** Ends the answer; what was sent still arrives. */
  end(): void {
    this.#reply.raw.end()
    this.#end()
  }

  /** Ends the connection of a client that has not taken anything for too long. */
  cutOffStalled(nowMs: number): void {
    const { raw } = this.#reply
    const { bytesWritten = 0 } = raw.socket ?? {}
    if (bytesWritten !== this.#sent || raw.writableLength === 0) {
      this.#sent = bytesWritten
      this.#movedAtMs = nowMs
    } else if (nowMs - this.#movedAtMs >= eventStallMs) raw.destroy()
  }

  #beat(): void {
    this.#write(': \n\n')
  }

  #write(text: string): void {
    const { raw } = this.#reply
    if (raw.writableLength > eventBytesWaitingMax) raw.destroy()
    else raw.write(text)
  }

  #end(): void {
    clearInterval(this.#heartbeat)
    this.#gone.abort()
  }
}

export class EventStreams {
  readonly #streams = new Set<EventStream>()
  #isClosing = false

  /** Begins the answer. @throws HTTP_STREAMS_TOO_MANY, HTTP_NOT_READY during a shutdown */
  open(request: FastifyRequest, reply: FastifyReply): EventStream {
    if (this.#isClosing) throw httpErrors.NOT_READY({ problem: 'it is shutting down' })
    if (this.#streams.size >= eventStreamsMax) {
      throw httpErrors.STREAMS_TOO_MANY({ streamsMax: eventStreamsMax, retry_after_secs: 10 })
    }
    const stream = new EventStream(request, reply)
    this.#streams.add(stream)
    if (stream.signal.aborted) this.#streams.delete(stream)
    stream.signal.addEventListener('abort', () => this.#streams.delete(stream))
    return stream
  }

  /** To be called every now and then. */
  cutOffStalled(nowMs: number): void {
    for (const stream of this.#streams) stream.cutOffStalled(nowMs)
  }

  /** Ends all of them; none begins any more. */
  close(): void {
    this.#isClosing = true
    for (const stream of this.#streams) stream.end()
  }
}
