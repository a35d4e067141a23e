/**
 * An output stream that keeps what was written to it, with the looks of a terminal when it is given columns.
 */

import { Writable } from 'node:stream'
import type { OutputStream } from '../../cli-io.ts'

export interface CollectingStream extends OutputStream {
  readonly text: string
}

/** @param columns of the terminal; without them it is none */
export function collectingStream(columns?: number): CollectingStream {
  const chunks: string[] = []
  const stream = new Writable({
    decodeStrings: false,
    write(chunk: string | Buffer, _encoding, done) {
      chunks.push(String(chunk))
      done()
    },
  })
  Object.defineProperty(stream, 'text', { get: () => chunks.join('') })
  return Object.assign(stream, columns !== undefined && { isTTY: true, columns }) as CollectingStream
}
