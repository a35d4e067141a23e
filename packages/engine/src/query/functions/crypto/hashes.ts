/**
 * `crypto::md5` and its like, in hexadecimal, of text (as UTF-8) or bytes. MD5 and SHA-1 are for old data,
 * not for security.
 */

import { createHash } from 'node:crypto'
import * as kinds from '../argument-kinds.ts'
import { pureFunction } from '../define-function.ts'
import type { FunctionDefinition } from '../function-definition.ts'
import { overload, required } from '../overload.ts'

const data = required('data', kinds.either(kinds.string, kinds.bytes))

export const hashFunctions: readonly FunctionDefinition[] = [
  digest('crypto::md5', 'md5'),
  digest('crypto::sha1', 'sha1'),
  digest('crypto::sha256', 'sha256'),
  digest('crypto::sha512', 'sha512'),
  digest('crypto::blake2b', 'blake2b512'),
  pureFunction(
    'crypto::joaat',
    overload([data], 'int', ([input]) => joaat(Buffer.from(input))),
  ),
]

function digest(name: string, algorithm: string): FunctionDefinition {
  return pureFunction(
    name,
    overload([data], 'string', ([input]) => createHash(algorithm).update(input).digest('hex')),
  )
}

/** One-at-a-time (Jenkins, 1997): 32 bits. */
function joaat(bytes: Uint8Array): number {
  let hash = 0
  for (const byte of bytes) {
    hash = (hash + byte) | 0
    hash = (hash + (hash << 10)) | 0
    hash ^= hash >>> 6
  }
  hash = (hash + (hash << 3)) | 0
  hash ^= hash >>> 11
  return (hash + (hash << 15)) >>> 0
}
