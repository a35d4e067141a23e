/**
 * Who may read how the server does, `/metrics` and `/health/full`: the listed addresses.
 * Why a forwarded request from a proxy that we do not know is refused: it shows the proxy's address, which is
 * often this machine's, and the list would let in whoever the proxy does.
 */

import type { FastifyRequest } from 'fastify'
import { createAllowList } from './allow-list.ts'
import { httpErrors } from './http-errors.ts'

export interface OperatorAddresses {
  readonly allowedIps: readonly string[]
  readonly trustedProxies: readonly string[]
}

/** @throws HTTP_METRICS_FORBIDDEN */
export type CheckOperator = (request: FastifyRequest) => void

export function createOperatorCheck({ allowedIps, trustedProxies }: OperatorAddresses): CheckOperator {
  const isAllowed = createAllowList(allowedIps)
  const isTrusted = createAllowList(trustedProxies)
  return ({ ip, headers, socket }) => {
    const isForwarded = headers['x-forwarded-for'] !== undefined || headers.forwarded !== undefined
    const isKnown = !isForwarded || isTrusted(socket.remoteAddress ?? '')
    if (!isKnown || !isAllowed(ip)) throw httpErrors.METRICS_FORBIDDEN()
  }
}
