/**
 * A name for each request, in its answer and in every line of the log about it. A client may bring its own,
 * so that its log and ours can be read together.
 */

import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { requestIdCharsMax } from './limits.ts'

const goodId = new RegExp(`^[A-Za-z0-9._:/-]{1,${requestIdCharsMax}}$`)

export function requestIdOf({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const given = headers['x-request-id']
  return typeof given === 'string' && goodId.test(given) ? given : randomUUID()
}
