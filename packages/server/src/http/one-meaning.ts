/**
 * Refuses what two readers of one request, such as a proxy and we, could understand differently: headers that
 * may stand once (RFC 9112, 3.2; RFC 9110, 5.3), of which Node would take the first, and bodies in a coding
 * that Node would not undo.
 */

import type { IncomingMessage } from 'node:http'
import { httpErrors } from './http-errors.ts'

type Head = Pick<IncomingMessage, 'rawHeaders' | 'httpVersion' | 'headers'>

/** @returns why it is refused */
export function ambiguityOf({ rawHeaders, httpVersion, headers }: Head): Error | undefined {
  let hosts = 0
  let authorizations = 0
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] as string
    if (name.length === 4 && name.toLowerCase() === 'host') hosts += 1
    else if (name.length === 13 && name.toLowerCase() === 'authorization') authorizations += 1
  }
  const hasHost = hosts === 1 || (hosts === 0 && httpVersion === '1.0')
  const coding = headers['transfer-encoding']
  const hasPlainBody = coding === undefined || coding.toLowerCase() === 'chunked'
  return hasHost && authorizations <= 1 && hasPlainBody ? undefined : httpErrors.REQUEST_MALFORMED()
}
