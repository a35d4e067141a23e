/** An IPFS node as far as `POST /api/v0/add` goes: takes a form with a file, and answers with its address. */

import { createHash } from 'node:crypto'
import { serve } from './json-server.ts'

export class IpfsNode {
  readonly files = new Map<string, string>()
  /** Answers this instead, while it is set. */
  failure: { readonly status: number; readonly text: string } | undefined
  url = ''

  static async open(): Promise<IpfsNode> {
    const node = new IpfsNode()
    node.url = await serve(async ({ method, url, headers, body }) => {
      if (node.failure !== undefined) return node.failure
      if (method !== 'POST' || !url.startsWith('/api/v0/add?'))
        return { status: 404, text: '404 page not found' }
      const form = await new Response(new Uint8Array(body), {
        headers: { 'content-type': headers['content-type'] ?? '' },
      }).formData()
      const file = form.get('file')
      if (!(file instanceof File)) return { status: 400, text: 'file argument "path" is required' }
      const content = await file.text()
      const cid = `bafkrei${createHash('sha256').update(content).digest('hex').slice(0, 52)}`
      node.files.set(cid, content)
      return { text: `${JSON.stringify({ Name: file.name, Hash: cid, Size: String(content.length) })}\n` }
    })
    return node
  }
}
