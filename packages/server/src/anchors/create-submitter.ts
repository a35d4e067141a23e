/** From the configuration to the place where batches are published. */

import { anchorErrors } from './anchor-errors.ts'
import { EthereumRpc } from './ethereum-rpc.ts'
import { EthereumSubmitter } from './ethereum-submitter.ts'
import { IpfsSubmitter } from './ipfs-submitter.ts'
import type { Submitter } from './submitter.ts'

export interface SubmitterConfig {
  readonly blockchainAnchor: 'off' | 'none' | 'ipfs' | 'ethereum'
  readonly ipfsApiUrl: string
  readonly ethRpcUrl: string
  readonly ethPrivateKey?: string | undefined
  readonly ethFrom?: string | undefined
  readonly ethTo?: string | undefined
}

/** `undefined`: batches are hashed and kept, and published nowhere. @throws ANCHOR_INCOMPLETE */
export function createSubmitter(config: SubmitterConfig): Submitter | undefined {
  switch (config.blockchainAnchor) {
    case 'off':
    case 'none':
      return undefined
    case 'ipfs':
      return new IpfsSubmitter(config.ipfsApiUrl)
    case 'ethereum': {
      const { ethPrivateKey, ethFrom: from, ethTo: to } = config
      if (ethPrivateKey === undefined && from === undefined) throw anchorErrors.INCOMPLETE()
      const account = { privateKey: ethPrivateKey?.replace(/^0x/i, ''), from, to }
      return new EthereumSubmitter(new EthereumRpc(config.ethRpcUrl), account)
    }
    default:
      return config.blockchainAnchor satisfies never
  }
}
