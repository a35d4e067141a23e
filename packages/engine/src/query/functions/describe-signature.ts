/**
 * Signatures as documentation shows them.
 */

import type { FunctionSignature } from './function-definition.ts'

/** For example `string::slice(text: string, start?: int, length?: int)`. */
export function describeSignature(name: string, signature: FunctionSignature): string {
  const params = signature.params.map((parameter) => {
    const mark = parameter.optional === true ? '?' : ''
    return `${parameter.rest === true ? '…' : ''}${parameter.name}${mark}: ${parameter.kind}`
  })
  return `${name}(${params.join(', ')})`
}
