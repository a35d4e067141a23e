/**
 * What a command has of the world, so that tests can give it another one.
 */

import type { Readable, Writable } from 'node:stream'

export interface OutputStream extends Writable {
  readonly isTTY?: boolean
  readonly columns?: number
}

export interface InputStream extends Readable {
  readonly isTTY?: boolean
}

export interface CliIo {
  readonly stdin: InputStream
  readonly stdout: OutputStream
  readonly stderr: OutputStream
  readonly env: Readonly<Record<string, string | undefined>>
}
