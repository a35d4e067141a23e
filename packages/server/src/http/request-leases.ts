/**
 * Databases that requests in flight work on: none is closed to make room before the answer is out.
 */

import type { Database } from '@dendrodb/engine'
import type { FastifyReply, FastifyRequest } from 'fastify'

declare module 'fastify' {
  interface FastifyRequest {
    /** What is given back when the request is over. */
    releases: (() => void)[] | undefined
  }
}

/** To be called when the request begins. */
export function releaseAtEnd(request: FastifyRequest, reply: FastifyReply): void {
  reply.raw.on('close', () => {
    for (const release of request.releases?.splice(0) ?? []) release()
  })
}

/** Keeps the database open until the request is over. */
export function retainFor(request: FastifyRequest, database: Database): Database {
  request.releases ??= []
  request.releases.push(database.retain())
  return database
}
