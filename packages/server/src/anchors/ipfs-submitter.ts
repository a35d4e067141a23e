/**
 * Publishes a batch on IPFS: a small JSON document, added and pinned through the HTTP API of a node
 * (Kubo's `POST /api/v0/add`).
 */

import { anchorErrors } from './anchor-errors.ts'
import { post, shownUrl } from './http-client.ts'
import type { Batch, Submitter } from './submitter.ts'

const service = 'the IPFS node'
const cidPattern = /^[A-Za-z0-9]{20,128}$/

export class IpfsSubmitter implements Submitter {
  readonly chain = 'ipfs'
  readonly #url: string

  /** @param apiUrl such as `http://127.0.0.1:5001` */
  constructor(apiUrl: string) {
    this.#url = `${apiUrl.replace(/\/+$/, '')}/api/v0/add?pin=true&cid-version=1`
  }

  async submit({ batch, progress, signal }: Parameters<Submitter['submit']>[0]) {
    // The same document has the same address: adding it twice is adding it once.
    const body = new FormData()
    body.set('file', new Blob([documentOf(batch)], { type: 'application/json' }), 'anchor.json')
    const answer = await post({ service, url: this.#url, body, signal })
    const { Hash: cid } = (answer ?? {}) as { readonly Hash?: unknown }
    if (typeof cid !== 'string' || !cidPattern.test(cid)) {
      const problem = 'the answer names no content identifier'
      throw anchorErrors.REFUSED({ service, url: shownUrl(this.#url), problem })
    }
    return { ...progress, ipfsCid: cid }
  }
}

/** What is found under the identifier; with the checkpoint, so that proofs can be checked against it. */
function documentOf({ databaseId, fromSeq, toSeq, root, checkpoint }: Batch): string {
  const document = { format: 'dendrodb-anchor', version: 1, database_id: databaseId }
  return JSON.stringify({ ...document, from_seq: fromSeq, to_seq: toSeq, batch_root: root, checkpoint })
}
