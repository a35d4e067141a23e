/**
 * Publishes the root of a batch on Ethereum, or a chain that speaks its JSON-RPC: a transaction of no value
 * whose data is the root, and waits until it is in a block.
 * Signed here where there is a private key; otherwise the node signs for an account that it holds.
 * Invariant: the hash of a transaction that is signed here is saved before it is sent, so that a crash in
 * between sends the same one again and never pays twice.
 */

import { setTimeout as delay } from 'node:timers/promises'
import { DbError } from '@dendrodb/protocol'
import { anchorErrors } from './anchor-errors.ts'
import { type EthereumRpc, quantityOf } from './ethereum-rpc.ts'
import { receiptPollMs, receiptWaitMs } from './limits.ts'
import type { Progress, SubmitCall, Submitter } from './submitter.ts'

export interface EthereumAccount {
  /** 32 bytes as hex digits. */
  readonly privateKey?: string | undefined
  /** Address of an account that the node holds. */
  readonly from?: string | undefined
  /** Where transactions go to. Default: to the account itself. */
  readonly to?: string | undefined
}

const hashPattern = /^0x[0-9a-f]{64}$/i
/** What the node asks for is measured a block earlier than it is spent. */
const gasShare = 120n

export class EthereumSubmitter implements Submitter {
  readonly chain = 'ethereum'
  readonly #rpc: EthereumRpc
  readonly #account: EthereumAccount
  readonly #pollMs: number

  constructor(rpc: EthereumRpc, account: EthereumAccount, pollMs: number = receiptPollMs) {
    this.#rpc = rpc
    this.#account = account
    this.#pollMs = pollMs
  }

  async submit(call: SubmitCall): Promise<Progress> {
    const { signal, save } = call
    const begun = await this.#resumed(call)
    const progress = begun ?? (await this.#send(call))
    const hash = progress.txHash ?? ''
    const status = await this.#waitForBlock(hash, signal)
    if (status === 1n) return { txHash: hash }
    // It is spent; the next attempt makes another.
    await save({})
    throw anchorErrors.REVERTED({ hash })
  }

  /** What was sent before, if the chain still knows of it, or takes it again. */
  async #resumed({ progress, signal }: SubmitCall): Promise<Progress | undefined> {
    const { txHash, signed } = progress
    if (txHash === undefined) return undefined
    const known = await this.#rpc.call('eth_getTransactionByHash', [txHash], signal)
    if (known !== null) return progress
    if (signed === undefined) return undefined
    try {
      await this.#broadcast(signed, signal)
      return progress
    } catch (error) {
      // Its fee is too low by now, or its number taken. A new one takes the same number where that is free,
      // so that at most one of the two is ever in a block.
      if (isRefusal(error)) return undefined
      throw error
    }
  }

  async #send(call: SubmitCall): Promise<Progress> {
    return this.#account.privateKey === undefined ? this.#sendByNode(call) : this.#sendSigned(call)
  }

  async #sendByNode({ batch, save, signal }: SubmitCall): Promise<Progress> {
    const { from = '', to = from } = this.#account
    const transaction = { from, to, value: '0x0', data: `0x${batch.root}` }
    const txHash = await this.#rpc.call('eth_sendTransaction', [transaction], signal)
    if (typeof txHash !== 'string' || !hashPattern.test(txHash)) {
      throw this.#rpc.refusal('eth_sendTransaction: the answer is no hash')
    }
    await save({ txHash })
    return { txHash }
  }

  async #sendSigned({ batch, save, signal }: SubmitCall): Promise<Progress> {
    const transaction = await this.#sign(batch.root, signal)
    const progress = { txHash: transaction.hash, signed: transaction.toHex() }
    await save(progress)
    await this.#broadcast(progress.signed, signal)
    return progress
  }

  async #sign(root: string, signal: AbortSignal) {
    const { addr, Transaction } = await import('micro-eth-signer')
    const privateKey = `0x${this.#account.privateKey}`
    const from = addr.fromPrivateKey(privateKey)
    const to = addr.addChecksum(this.#account.to ?? from)
    const data = `0x${root}`
    const chainId = await this.#rpc.quantity('eth_chainId', [], signal)
    const nonce = await this.#rpc.quantity('eth_getTransactionCount', [from, 'pending'], signal)
    const gas = await this.#rpc.quantity('eth_estimateGas', [{ from, to, value: '0x0', data }], signal)
    const parts = { chainId, nonce, to, data, value: 0n, gasLimit: (gas * gasShare) / 100n }
    const baseFee = await this.#baseFee(signal)
    if (baseFee === undefined) {
      const gasPrice = await this.#rpc.quantity('eth_gasPrice', [], signal)
      return Transaction.prepare({ type: 'legacy', ...parts, gasPrice }, false).signBy(privateKey)
    }
    const tip = await this.#rpc.quantity('eth_maxPriorityFeePerGas', [], signal)
    const fees = { maxFeePerGas: 2n * baseFee + tip, maxPriorityFeePerGas: tip }
    return Transaction.prepare({ type: 'eip1559', ...parts, ...fees }, false).signBy(privateKey)
  }

  /** `undefined` on a chain from before EIP-1559. */
  async #baseFee(signal: AbortSignal): Promise<bigint | undefined> {
    const block = await this.#rpc.call('eth_getBlockByNumber', ['latest', false], signal)
    return quantityOf((block as { readonly baseFeePerGas?: unknown } | null)?.baseFeePerGas)
  }

  /** Resolves when the node has it, now or already. */
  async #broadcast(signed: string, signal: AbortSignal): Promise<void> {
    try {
      await this.#rpc.call('eth_sendRawTransaction', [signed], signal)
    } catch (error) {
      if (!isKnown(error)) throw error
    }
  }

  /** Status of the transaction: 1 done, 0 failed. @throws ANCHOR_NOT_INCLUDED */
  async #waitForBlock(hash: string, signal: AbortSignal): Promise<bigint> {
    const until = performance.now() + receiptWaitMs
    for (;;) {
      const receipt = await this.#rpc.call('eth_getTransactionReceipt', [hash], signal)
      const status = quantityOf((receipt as { readonly status?: unknown } | null)?.status)
      if (status !== undefined) return status
      if (performance.now() > until) throw anchorErrors.NOT_INCLUDED({ hash })
      await delay(this.#pollMs, undefined, { signal })
    }
  }
}

/** Nodes have no code of their own for it, only words. */
function isKnown(error: unknown): boolean {
  return isRefusal(error) && /already known|already imported|known transaction/i.test(error.message)
}

function isRefusal(error: unknown): error is DbError {
  return error instanceof DbError && error.code === 'ANCHOR_REFUSED'
}
