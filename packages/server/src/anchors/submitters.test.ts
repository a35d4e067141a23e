/** What is sent to IPFS and Ethereum, and what becomes of their answers. */

import { Transaction } from 'micro-eth-signer'
import { describe, expect, test } from 'vitest'
import { createSubmitter, type SubmitterConfig } from './create-submitter.ts'
import { EthereumRpc } from './ethereum-rpc.ts'
import { type EthereumAccount, EthereumSubmitter } from './ethereum-submitter.ts'
import { shownUrl } from './http-client.ts'
import { IpfsSubmitter } from './ipfs-submitter.ts'
import { answerBytesMax } from './limits.ts'
import type { Batch, Progress, Submitter } from './submitter.ts'
import { EthereumNode, heldAccount } from './testing/ethereum-node.ts'
import { IpfsNode } from './testing/ipfs-node.ts'
import { serve } from './testing/json-server.ts'

const batch: Batch = {
  databaseId: '6f9619ff-8b86-4011-b42d-00c04fc964ff',
  fromSeq: 1,
  toSeq: 1000,
  root: 'ab'.repeat(32),
  checkpoint: 'dendrodb/…',
}

function submit(submitter: Submitter, progress: Progress = {}, signal = new AbortController().signal) {
  const saved: Progress[] = []
  const save = async (each: Progress) => {
    saved.push(each)
  }
  return { saved, done: submitter.submit({ batch, progress, save, signal }) }
}

describe('IPFS', () => {
  test('a document with the root and the checkpoint is added, and its address kept', async () => {
    const node = await IpfsNode.open()
    const { ipfsCid = '' } = await submit(new IpfsSubmitter(`${node.url}/`)).done
    expect(JSON.parse(node.files.get(ipfsCid) ?? '')).toEqual({
      format: 'dendrodb-anchor',
      version: 1,
      database_id: batch.databaseId,
      from_seq: 1,
      to_seq: 1000,
      batch_root: batch.root,
      checkpoint: batch.checkpoint,
    })
    expect((await submit(new IpfsSubmitter(node.url)).done).ipfsCid).toBe(ipfsCid)
    expect(node.files.size).toBe(1)
  })

  test.each([
    [500, 'merkledag: not found', 'HTTP 500 merkledag: not found'],
    [200, 'not json', 'not JSON'],
    [200, '{}', 'names no content identifier'],
    [200, 'null', 'names no content identifier'],
    [200, '{"Hash": "<script>"}', 'names no content identifier'],
  ])('an answer of %i %j is refused', async (status, text, problem) => {
    const node = await IpfsNode.open()
    node.failure = { status, text }
    await expect(submit(new IpfsSubmitter(node.url)).done).rejects.toMatchObject({
      code: 'ANCHOR_REFUSED',
      message: expect.stringContaining(problem),
    })
  })

  test('an answer without end is cut off', async () => {
    const url = await serve(async () => ({ text: 'x'.repeat(answerBytesMax + 1) }))
    await expect(submit(new IpfsSubmitter(url)).done).rejects.toMatchObject({ code: 'ANCHOR_UNREACHABLE' })
  })

  test('a name and password in the address are sent as a header, and are in no error', async () => {
    const seen: (string | undefined)[] = []
    const url = await serve(async ({ headers }) => {
      seen.push(headers.authorization)
      return { status: 500, text: 'full' }
    })
    const withNames = url.replace('//', '//ann:p%40ss@')
    const error = await submit(new IpfsSubmitter(withNames)).done.catch((each: Error) => each)
    expect(seen).toEqual([`Basic ${Buffer.from('ann:p@ss').toString('base64')}`])
    expect(String(error)).toContain('HTTP 500 full')
    expect(String(error)).not.toContain('ss@')
  })

  test('nobody there is said so', async () => {
    await expect(submit(new IpfsSubmitter('http://127.0.0.1:1')).done).rejects.toMatchObject({
      code: 'ANCHOR_UNREACHABLE',
      message: expect.stringContaining('http://127.0.0.1:1'),
    })
  })
})

const privateKey = '46'.repeat(32)
const address = '0x9d8A62f656a8d1615C1294fd71e9CFb3E4855A4F'

/** EIP-155's own example, so that what signs for us is what others sign with. */
test('transactions are signed as EIP-155 says', () => {
  const to = '0x3535353535353535353535353535353535353535'
  const parts = { nonce: 9n, gasPrice: 20_000_000_000n, gasLimit: 21_000n, to, value: 10n ** 18n, data: '' }
  const signed = Transaction.prepare({ type: 'legacy', ...parts, chainId: 1n }).signBy(
    `0x${privateKey}`,
    false,
  )
  expect(signed.toHex()).toBe(
    '0xf86c098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a76400008025a028ef61340b' +
      'd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276a067cbe9d8997f761aecb703304b3800ccf555c9f3dc64' +
      '214b297fb1966a3b6d83',
  )
})

describe('Ethereum', () => {
  const of = (node: EthereumNode, account: EthereumAccount = { privateKey }) =>
    new EthereumSubmitter(new EthereumRpc(node.url), account, 5)
  const only = (node: EthereumNode) => {
    expect(node.transactions.size).toBe(1)
    return [...node.transactions.values()][0]
  }

  test.each([
    [true, 'eip1559'],
    [false, 'legacy'],
  ])(
    'with a key, and a base fee: %s, a transaction is signed here, kept, sent and waited for',
    async (has, type) => {
      const node = await EthereumNode.open()
      node.hasBaseFee = has
      const { saved, done } = submit(of(node))
      const { txHash } = await done
      expect(only(node)).toMatchObject({
        hash: txHash,
        from: address,
        to: address,
        data: `0x${batch.root}`,
        nonce: 0n,
        type,
        gasLimit: (0x5700n * 120n) / 100n,
        status: '0x1',
      })
      expect(saved).toEqual([{ txHash, signed: expect.stringMatching(/^0x/) }])
      expect(node.calls.indexOf('eth_sendRawTransaction')).toBeGreaterThan(node.calls.indexOf('eth_chainId'))
    },
  )

  test('to another address, where one is given', async () => {
    const node = await EthereumNode.open()
    await submit(of(node, { privateKey, to: heldAccount })).done
    expect(only(node)?.to.toLowerCase()).toBe(heldAccount)
  })

  test('without a key the node signs for its account', async () => {
    const node = await EthereumNode.open()
    const { saved, done } = submit(of(node, { from: heldAccount }))
    const { txHash } = await done
    expect(only(node)).toMatchObject({
      hash: txHash,
      from: heldAccount,
      to: heldAccount,
      data: `0x${batch.root}`,
    })
    expect(saved).toEqual([{ txHash }])
    await expect(submit(of(node, { from: address })).done).rejects.toThrow('unknown account')
  })

  test('it is waited for until it is in a block', async () => {
    const node = await EthereumNode.open()
    node.minesAtOnce = false
    let isDone = false
    const { done } = submit(of(node))
    void done.then(() => {
      isDone = true
    })
    while (node.calls.filter((name) => name === 'eth_getTransactionReceipt').length < 3) await turn()
    expect(isDone).toBe(false)
    node.mine()
    await done
  })

  test('one that failed in its block is given up, and the next attempt makes another', async () => {
    const node = await EthereumNode.open()
    node.nextStatus = '0x0'
    const { saved, done } = submit(of(node))
    await expect(done).rejects.toMatchObject({ code: 'ANCHOR_REVERTED' })
    expect(saved.at(-1)).toEqual({})
    node.nextStatus = '0x1'
    await submit(of(node), saved.at(-1)).done
    expect([...node.transactions.values()].map(({ nonce }) => nonce)).toEqual([0n, 1n])
  })

  describe('after a crash', () => {
    const crashAt = async (node: EthereumNode, method: string) => {
      node.failure = (each) => (each === method ? { code: 1, message: 'crash' } : undefined)
      const { saved, done } = submit(of(node))
      await expect(done).rejects.toThrow('crash')
      node.failure = undefined
      return saved.at(-1)
    }

    test('before sending, the same transaction is sent', async () => {
      const node = await EthereumNode.open()
      const progress = await crashAt(node, 'eth_sendRawTransaction')
      expect(node.transactions.size).toBe(0)
      const { saved, done } = submit(of(node), progress)
      expect((await done).txHash).toBe(progress?.txHash)
      expect(only(node)?.hash).toBe(progress?.txHash)
      expect(saved).toEqual([])
    })

    test('after sending, nothing is sent again', async () => {
      const node = await EthereumNode.open()
      const progress = await crashAt(node, 'eth_getTransactionReceipt')
      expect(node.transactions.size).toBe(1)
      expect((await submit(of(node), progress).done).txHash).toBe(progress?.txHash)
      expect(node.calls.filter((name) => name === 'eth_sendRawTransaction')).toHaveLength(1)
    })

    test('what the chain has forgotten is sent again as it was', async () => {
      const node = await EthereumNode.open()
      const progress = await crashAt(node, 'eth_getTransactionReceipt')
      node.forget(progress?.txHash ?? '')
      expect((await submit(of(node), progress).done).txHash).toBe(progress?.txHash)
    })

    test('what can never be in a block, as its number is taken, is made anew', async () => {
      const node = await EthereumNode.open()
      const progress = await crashAt(node, 'eth_sendRawTransaction')
      await submit(of(node)).done
      const { txHash } = await submit(of(node), progress).done
      expect(txHash).not.toBe(progress?.txHash)
      expect(node.transactions.size).toBe(2)
    })

    test('what the node refuses for good, as its fee is too low by now, is made anew with the same number', async () => {
      const node = await EthereumNode.open()
      const progress = await crashAt(node, 'eth_sendRawTransaction')
      let refusals = 0
      node.failure = (method) => {
        if (method !== 'eth_sendRawTransaction' || refusals === 1) return undefined
        refusals += 1
        return { code: -32_000, message: 'max fee per gas less than block base fee' }
      }
      const { txHash } = await submit(of(node), progress).done
      expect(only(node)).toMatchObject({ hash: txHash, nonce: 0n })
    })

    test('a transaction of the node that it has forgotten is made anew', async () => {
      const node = await EthereumNode.open()
      const { txHash } = await submit(of(node, { from: heldAccount })).done
      node.forget(txHash ?? '')
      await submit(of(node, { from: heldAccount }), { txHash }).done
      expect(node.transactions.size).toBe(1)
    })
  })

  test.each([
    ['eth_chainId', { code: -32_005, message: 'limit exceeded' }, 'eth_chainId: limit exceeded'],
    ['eth_sendRawTransaction', { code: -32_000, message: 'insufficient funds' }, 'insufficient funds'],
  ])('an error of %s is passed on in its words', async (method, error, problem) => {
    const node = await EthereumNode.open()
    node.failure = (each) => (each === method ? error : undefined)
    await expect(submit(of(node)).done).rejects.toMatchObject({
      code: 'ANCHOR_REFUSED',
      message: expect.stringContaining(problem),
    })
  })

  test.each(['{}', 'null', '{"result": "0xzz"}', '{"result": 1}'])(
    'the answer %s is refused',
    async (text) => {
      const url = await serve(async () => ({ text }))
      const submitter = new EthereumSubmitter(new EthereumRpc(url), { privateKey }, 5)
      await expect(submit(submitter).done).rejects.toMatchObject({ code: 'ANCHOR_REFUSED' })
    },
  )

  test('stopping ends the wait', async () => {
    const node = await EthereumNode.open()
    node.minesAtOnce = false
    const stopping = new AbortController()
    const { done } = submit(of(node), {}, stopping.signal)
    while (!node.calls.includes('eth_getTransactionReceipt')) await turn()
    stopping.abort()
    await expect(done).rejects.toThrow()
  })
})

test('addresses of providers are shown without what may be a key', () => {
  expect(shownUrl('https://user:pass@mainnet.example.com/v3/secret?key=secret')).toBe(
    'https://mainnet.example.com',
  )
})

test('what is missing in the configuration is said before anything starts', () => {
  const config: SubmitterConfig = { blockchainAnchor: 'off', ipfsApiUrl: 'http://a', ethRpcUrl: 'http://b' }
  expect(createSubmitter(config)).toBeUndefined()
  expect(createSubmitter({ ...config, blockchainAnchor: 'none' })).toBeUndefined()
  expect(createSubmitter({ ...config, blockchainAnchor: 'ipfs' })?.chain).toBe('ipfs')
  const ethereum = { ...config, blockchainAnchor: 'ethereum' } as const
  expect(() => createSubmitter(ethereum)).toThrow(expect.objectContaining({ code: 'ANCHOR_INCOMPLETE' }))
  expect(createSubmitter({ ...ethereum, ethFrom: heldAccount })?.chain).toBe('ethereum')
  expect(createSubmitter({ ...ethereum, ethPrivateKey: `0x${privateKey}` })?.chain).toBe('ethereum')
})

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
