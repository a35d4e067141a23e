/**
 * Whatever goes wrong with a request, as the one error body: our own errors, those of the framework, those
 * that Node finds before there is a request, and bugs, which are logged whole and answered as nothing in
 * particular.
 */

import type { Duplex } from 'node:stream'
import { DbError, toDbError } from '@dendrodb/protocol'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import type { Log } from '../observability/log.ts'
import { concernsOperator, errorAnswer, jsonType } from './answer.ts'
import { httpErrors } from './http-errors.ts'
import { headerBytesMax, lingerMs, pathPartCharsMax } from './limits.ts'
import { isRefusing, sendRefusal } from './refused-body.ts'
import { securityHeaders } from './security-headers.ts'

export function sendError(reply: FastifyReply, error: DbError): FastifyReply {
  const { status, text } = errorAnswer(error)
  const retryAfter = error.details.retry_after_secs
  if (retryAfter !== undefined) reply.header('retry-after', String(retryAfter))
  if (status === 401) reply.header('www-authenticate', 'Bearer')
  return sendErrorText(reply.code(status), error, text)
}

/** Of whoever sends too much the rest is still to come. */
export function sendErrorText(reply: FastifyReply, { code }: DbError, text: string): FastifyReply {
  reply.type(jsonType)
  return code === 'HTTP_BODY_TOO_LARGE' ? sendRefusal(reply, text) : reply.send(text)
}

/** @param send writes the answer in the words of the routes */
export function createErrorHandler(log: Log, send: typeof sendError = sendError) {
  return (thrown: unknown, request: FastifyRequest, reply: FastifyReply): void => {
    const error = thrown instanceof DbError ? thrown : fromFramework(thrown, request.routeOptions.bodyLimit)
    if (concernsOperator(error)) {
      log.error({ request_id: request.id, err: error.cause ?? error }, error.message)
    }
    send(reply, error)
  }
}

/** What Node refuses before it is a request. Nothing of it is trusted; the connection ends. */
export function answerClientError(error: NodeJS.ErrnoException, socket: Duplex): void {
  // What still arrives after the answer fails again.
  if (socket.writableEnded) return
  // It has its answer; what was wrong came behind it.
  if (isRefusing(socket)) return void socket.end()
  if (error.code === 'ECONNRESET' || !socket.writable) socket.destroy(error)
  else answerSocket(socket, clientError(error))
}

/** Answers where there is no request to reply to, and ends the connection. */
export function answerSocket(socket: Duplex, error: DbError): void {
  const { status, text } = errorAnswer(error)
  const lines = [
    `HTTP/1.1 ${status} ${reasonPhrases.get(status) ?? 'Bad Request'}`,
    'connection: close',
    `content-type: ${jsonType}`,
    `content-length: ${Buffer.byteLength(text)}`,
    ...Object.entries(securityHeaders).map(([name, value]) => `${name}: ${value}`),
  ]
  socket.end(`${lines.join('\r\n')}\r\n\r\n${text}`)
  // A connection that is closed with bytes unread is reset, and the client may never see the answer.
  const timer = setTimeout(() => socket.destroy(), lingerMs)
  socket.once('close', () => clearTimeout(timer))
}

const reasonPhrases: ReadonlyMap<number, string> = new Map([
  [405, 'Method Not Allowed'],
  [408, 'Request Timeout'],
  [431, 'Request Header Fields Too Large'],
])

function clientError({ code }: NodeJS.ErrnoException): DbError {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return httpErrors.HEADERS_TOO_LARGE({ bytesMax: headerBytesMax })
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return httpErrors.REQUEST_TIMEOUT()
    default:
      return httpErrors.REQUEST_MALFORMED()
  }
}

function fromFramework(thrown: unknown, bytesMax: number): DbError {
  switch ((thrown as FastifyError | undefined)?.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return httpErrors.BODY_TOO_LARGE({ bytesMax })
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
    case 'FST_ERR_CTP_EMPTY_TYPE':
      return httpErrors.BODY_TYPE()
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
    // The client went away in the middle.
    case 'ECONNRESET':
      return httpErrors.BODY_LENGTH()
    case 'FST_ERR_BAD_URL':
      return httpErrors.URL_MALFORMED()
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return httpErrors.PATH_TOO_LONG({ charsMax: pathPartCharsMax })
    default:
      return toDbError(thrown)
  }
}
