/** JSON-RPC of an Ethereum node, as far as anchoring needs it. Quantities are hex texts, as they come. */

import { anchorErrors } from './anchor-errors.ts'
import { post, shownUrl } from './http-client.ts'
import { errorCharsMax } from './limits.ts'

const service = 'the Ethereum node'

export class EthereumRpc {
  readonly #url: string
  #id = 0

  constructor(url: string) {
    this.#url = url
  }

  /** @throws ANCHOR_UNREACHABLE, ANCHOR_REFUSED */
  async call(method: string, params: readonly unknown[], signal: AbortSignal): Promise<unknown> {
    this.#id += 1
    const body = JSON.stringify({ jsonrpc: '2.0', id: this.#id, method, params })
    const headers = { 'content-type': 'application/json' }
    const answer = await post({ service, url: this.#url, body, headers, signal })
    const { result, error } = (answer ?? {}) as {
      readonly result?: unknown
      readonly error?: { message?: unknown }
    }
    if (error !== undefined && error !== null) {
      throw this.refusal(`${method}: ${String(error.message).slice(0, errorCharsMax)}`)
    }
    if (result === undefined) throw this.refusal(`${method}: the answer has no result`)
    return result
  }

  /** A quantity. @throws ANCHOR_UNREACHABLE, ANCHOR_REFUSED */
  async quantity(method: string, params: readonly unknown[], signal: AbortSignal): Promise<bigint> {
    const quantity = quantityOf(await this.call(method, params, signal))
    if (quantity === undefined) throw this.refusal(`${method}: the answer is no quantity`)
    return quantity
  }

  refusal(problem: string): Error {
    return anchorErrors.REFUSED({ service, url: shownUrl(this.#url), problem })
  }
}

/** `0x1f` as a number; `undefined` for anything else. */
export function quantityOf(value: unknown): bigint | undefined {
  return typeof value === 'string' && /^0x[0-9a-f]{1,64}$/i.test(value) ? BigInt(value) : undefined
}
