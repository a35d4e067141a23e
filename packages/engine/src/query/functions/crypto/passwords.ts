/**
 * `crypto::argon2::generate` and `compare`, and the same for scrypt and PBKDF2.
 * They answer with a promise: the work, tens of milliseconds by design, is done on other threads.
 */

import { randomBytes, timingSafeEqual } from 'node:crypto'
import * as kinds from '../argument-kinds.ts'
import { impureFunction, pureFunction } from '../define-function.ts'
import type { FunctionContext, FunctionDefinition } from '../function-definition.ts'
import { functionErrors } from '../function-errors.ts'
import { functionLimits } from '../limits.ts'
import { overload, required } from '../overload.ts'
import { hashBytes, type PasswordScheme, passwordSchemes, saltBytes } from './password-schemes.ts'
import { formatPhc, parsePhc } from './phc-string.ts'

const password = required('password', kinds.string)

export const passwordFunctions: readonly FunctionDefinition[] = passwordSchemes.flatMap((scheme) => [
  // Salts are random.
  impureFunction(
    `crypto::${scheme.name}::generate`,
    overload([password], 'string', ([text], context) => generate(scheme, text, context)),
  ),
  pureFunction(
    `crypto::${scheme.name}::compare`,
    overload([required('hash', kinds.string), password], 'bool', ([hash, text], context) => {
      return compare(scheme, hash, text, context)
    }),
  ),
])

async function generate(scheme: PasswordScheme, text: string, context: FunctionContext): Promise<string> {
  const bytes = passwordBytes(`crypto::${scheme.name}::generate`, text)
  context.signal?.throwIfAborted()
  const phc = { ...scheme.defaults, salt: randomBytes(saltBytes), hash: Buffer.alloc(hashBytes) }
  return formatPhc({ ...phc, hash: await scheme.derive(bytes, phc) })
}

/**
 * False for text that is no hash of this scheme. @throws FUNCTION_ARGUMENT_VALUE for one that asks for too
 * much
 */
async function compare(
  scheme: PasswordScheme,
  hash: string,
  text: string,
  context: FunctionContext,
): Promise<boolean> {
  const name = `crypto::${scheme.name}::compare`
  const bytes = passwordBytes(name, text)
  const phc = parsePhc(hash)
  if (phc === undefined || !scheme.accepts(phc)) return false
  if (!scheme.isAffordable(phc)) {
    throw functionErrors.ARGUMENT_VALUE({ name, problem: 'the parameters of the hash are out of bounds' })
  }
  context.signal?.throwIfAborted()
  return timingSafeEqual(await scheme.derive(bytes, phc), phc.hash)
}

function passwordBytes(name: string, text: string): Buffer {
  const bytes = Buffer.from(text)
  if (bytes.length <= functionLimits.passwordBytesMax) return bytes
  throw functionErrors.ARGUMENT_VALUE({
    name,
    problem: `a password has at most ${functionLimits.passwordBytesMax} bytes`,
  })
}
