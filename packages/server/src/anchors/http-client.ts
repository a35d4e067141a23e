/** Requests to an anchoring service: bounded in time and size, with errors that say which one it was. */

import { anchorErrors } from './anchor-errors.ts'
import { answerBytesMax, answerMsMax, errorCharsMax } from './limits.ts'

export interface ServiceRequest {
  /** As a person knows it. */
  readonly service: string
  readonly url: string
  readonly body: string | FormData
  readonly headers?: Readonly<Record<string, string>>
  readonly signal: AbortSignal
}

/** The JSON of the answer. @throws ANCHOR_UNREACHABLE, ANCHOR_REFUSED */
export async function post({ service, url, body, headers = {}, signal }: ServiceRequest): Promise<unknown> {
  const shown = shownUrl(url)
  let text: string
  let status: number
  try {
    const bounds = AbortSignal.any([signal, AbortSignal.timeout(answerMsMax)])
    const { address, credentials } = splitUrl(url)
    const all = { ...headers, ...credentials }
    const response = await fetch(address, { method: 'POST', body, headers: all, signal: bounds })
    status = response.status
    text = await boundedText(response)
  } catch (error) {
    signal.throwIfAborted()
    const { cause, message } = error as { readonly cause?: NodeJS.ErrnoException; readonly message: string }
    const problem = cause?.code ?? cause?.message ?? message
    throw anchorErrors.UNREACHABLE({ service, url: shown, problem }, { cause: error })
  }
  if (status !== 200) {
    const problem = `HTTP ${status} ${text.slice(0, errorCharsMax).trim()}`
    throw anchorErrors.REFUSED({ service, url: shown, problem })
  }
  try {
    return JSON.parse(text)
  } catch (error) {
    throw anchorErrors.REFUSED({ service, url: shown, problem: 'the answer is not JSON' }, { cause: error })
  }
}

/** Addresses of providers often hold a key. */
export function shownUrl(url: string): string {
  return new URL(url).origin
}

/** `fetch` takes no URL with a name and password, and shows them in its error. */
function splitUrl(text: string) {
  const url = new URL(text)
  const { username, password } = url
  if (username === '' && password === '') return { address: text, credentials: {} }
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  url.username = ''
  url.password = ''
  const authorization = `Basic ${Buffer.from(pair).toString('base64')}`
  return { address: url.href, credentials: { authorization } }
}

async function boundedText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length
    if (bytes > answerBytesMax) throw new Error(`the answer has more than ${answerBytesMax} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
