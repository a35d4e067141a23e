/**
 * `parse::*`: parts of e-mail addresses and URLs. NONE for a part that is not there, and for text that is no
 * address.
 * URLs as in the URL standard (whatwg.org), which adds what the text leaves out: the path `/`, lower case.
 */

import { isIP } from 'node:net'
import type { Value } from '@dendrodb/protocol'
import * as kinds from './argument-kinds.ts'
import { pureFunction } from './define-function.ts'
import type { FunctionDefinition } from './function-definition.ts'
import { parseEmail } from './internet-names.ts'
import { overload, required } from './overload.ts'

const defaultPorts: ReadonlyMap<string, number> = new Map([
  ['ftp:', 21],
  ['http:', 80],
  ['https:', 443],
  ['ws:', 80],
  ['wss:', 443],
])

export const parseFunctions: readonly FunctionDefinition[] = [
  ofText('parse::email::host', 'string', (text) => parseEmail(text)?.host),
  ofText('parse::email::user', 'string', (text) => parseEmail(text)?.user),
  ofUrl('parse::url::domain', 'string', (url) => (isAddress(url.hostname) ? undefined : url.hostname)),
  ofUrl('parse::url::fragment', 'string', (url) => url.hash.slice(1)),
  ofUrl('parse::url::host', 'string', (url) => url.hostname),
  ofUrl('parse::url::path', 'string', (url) => url.pathname),
  ofUrl('parse::url::port', 'int', portOf),
  ofUrl('parse::url::query', 'string', (url) => url.search.slice(1)),
  ofUrl('parse::url::scheme', 'string', (url) => url.protocol.slice(0, -1)),
]

function ofText(name: string, type: string, read: (text: string) => Value): FunctionDefinition {
  return pureFunction(
    name,
    overload([required('text', kinds.string)], `option<${type}>`, ([text]) => {
      const part = read(text)
      return part === '' ? undefined : part
    }),
  )
}

function ofUrl(name: string, type: string, read: (url: URL) => Value): FunctionDefinition {
  return ofText(name, type, (text) => {
    const url = URL.parse(text)
    return url === null ? undefined : read(url)
  })
}

/** The URL standard leaves out of a URL the port that its scheme has anyway. */
function portOf(url: URL): number | undefined {
  return url.port === '' ? defaultPorts.get(url.protocol) : Number(url.port)
}

function isAddress(host: string): boolean {
  return host.startsWith('[') || isIP(host) !== 0
}
