/**
 * An Ethereum node as far as anchoring speaks to one: it checks signature, number and chain of what it takes,
 * keeps it until the test makes a block, and holds one account of its own.
 */

import { Transaction } from 'micro-eth-signer'
import { serve } from './json-server.ts'

interface HeldTransaction {
  readonly hash: string
  readonly from: string
  readonly to: string
  readonly data: string
  readonly nonce: bigint
  readonly type: string
  readonly gasLimit: bigint
  status: '0x1' | '0x0' | undefined
}

interface RpcError {
  readonly code: number
  readonly message: string
}

export const heldAccount = '0x00000000000000000000000000000000000000aa'

export class EthereumNode {
  readonly transactions = new Map<string, HeldTransaction>()
  readonly calls: string[] = []
  readonly chainId = 31_337n
  /** Whether the chain has a base fee. */
  hasBaseFee = true
  /** Makes a block of what is taken, at once. */
  minesAtOnce = true
  /** What the next blocks say of their transactions. */
  nextStatus: '0x1' | '0x0' = '0x1'
  /** Called before each call; what it gives is answered. */
  failure: ((method: string) => RpcError | undefined) | undefined
  url = ''

  static async open(): Promise<EthereumNode> {
    const node = new EthereumNode()
    node.url = await serve(async ({ body }) => {
      const { id, method, params } = JSON.parse(body.toString('utf8'))
      node.calls.push(method)
      const answer = node.failure?.(method) ?? node.#answer(method, params)
      const isError = typeof answer === 'object' && answer !== null && 'code' in answer
      const result = isError ? { error: answer } : { result: answer }
      return { text: JSON.stringify({ jsonrpc: '2.0', id, ...result }) }
    })
    return node
  }

  mine(): void {
    for (const transaction of this.transactions.values()) transaction.status ??= this.nextStatus
  }

  /** As a node does with what pays too little for too long. */
  forget(hash: string): void {
    this.transactions.delete(hash)
  }

  #answer(method: string, [first]: readonly unknown[]): unknown {
    switch (method) {
      case 'eth_chainId':
        return hexOf(this.chainId)
      case 'eth_getTransactionCount':
        return hexOf(this.#nonceOf(String(first)))
      case 'eth_estimateGas':
        return '0x5700'
      case 'eth_gasPrice':
        return '0x77359400'
      case 'eth_maxPriorityFeePerGas':
        return '0x3b9aca00'
      case 'eth_getBlockByNumber':
        return this.hasBaseFee ? { baseFeePerGas: '0x7' } : {}
      case 'eth_sendRawTransaction':
        return this.#takeSigned(String(first))
      case 'eth_sendTransaction':
        return this.#takeOwn(first as { readonly from: string; readonly to: string; readonly data: string })
      case 'eth_getTransactionByHash':
        return this.#known(String(first)) ? { hash: first } : null
      case 'eth_getTransactionReceipt': {
        const status = this.#known(String(first))?.status
        return status === undefined ? null : { transactionHash: first, status, blockNumber: '0x1' }
      }
      default:
        return { code: -32_601, message: `the method ${method} does not exist` }
    }
  }

  #known(hash: string): HeldTransaction | undefined {
    return this.transactions.get(hash)
  }

  #nonceOf(address: string): bigint {
    const own = [...this.transactions.values()].filter(({ from }) => isSame(from, address))
    return BigInt(own.length)
  }

  #takeSigned(raw: string): unknown {
    const transaction = Transaction.fromHex(raw)
    const { hash, sender: from, type } = transaction
    const { to, data, nonce, chainId, gasLimit } = transaction.raw as unknown as HeldTransaction & {
      chainId: bigint
    }
    if (this.#known(hash)) return { code: -32_000, message: 'already known' }
    if (chainId !== this.chainId) return { code: -32_000, message: 'invalid chain id for signer' }
    if (nonce < this.#nonceOf(from)) return { code: -32_000, message: 'nonce too low' }
    return this.#keep({ hash, from, to, data, nonce, type, gasLimit, status: undefined })
  }

  #takeOwn({
    from,
    to,
    data,
  }: {
    readonly from: string
    readonly to: string
    readonly data: string
  }): unknown {
    if (!isSame(from, heldAccount)) return { code: -32_000, message: 'unknown account' }
    const nonce = this.#nonceOf(from)
    const hash = `0x${nonce.toString(16).padStart(64, '0')}`
    return this.#keep({ hash, from, to, data, nonce, type: 'legacy', gasLimit: 30_000n, status: undefined })
  }

  #keep(transaction: HeldTransaction): string {
    this.transactions.set(transaction.hash, transaction)
    if (this.minesAtOnce) this.mine()
    return transaction.hash
  }
}

function hexOf(quantity: bigint): string {
  return `0x${quantity.toString(16)}`
}

function isSame(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase()
}
