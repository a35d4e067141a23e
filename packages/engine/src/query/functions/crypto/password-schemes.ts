/**
 * Password hashing: Argon2, scrypt (RFC 7914) and PBKDF2 (RFC 8018), all of Node's crypto, run on its thread
 * pool.
 * Strengths of new hashes are those of the OWASP password storage cheat sheet. A hash that is handed in may
 * have been made elsewhere with others; what it asks of the machine is bounded, so that it cannot take the
 * machine down.
 */

import { argon2, pbkdf2, scrypt } from 'node:crypto'
import { promisify } from 'node:util'
import { functionLimits as limits } from '../limits.ts'
import type { PhcString } from './phc-string.ts'

export interface PasswordScheme {
  readonly name: string
  /** Whether a hash was made by this scheme; its strength is checked by `isAffordable`. */
  accepts(phc: PhcString): boolean
  /** Whether all parameters are there and within the limits. */
  isAffordable(phc: PhcString): boolean
  /** Name, version and parameters of new hashes. */
  readonly defaults: Pick<PhcString, 'id' | 'version' | 'parameters'>
  derive(password: Buffer, phc: PhcString): Promise<Buffer>
}

export const saltBytes = 16
export const hashBytes = 32

const runScrypt = promisify<
  Buffer,
  Buffer,
  number,
  { N: number; r: number; p: number; maxmem: number },
  Buffer
>(scrypt)
const runPbkdf2 = promisify(pbkdf2)

const argon2Names = ['argon2id', 'argon2i', 'argon2d'] as const
type Argon2Name = (typeof argon2Names)[number]
/** The only version that Node computes (RFC 9106). */
const argon2Version = 19

const digests: ReadonlyMap<string, string> = new Map([
  ['pbkdf2', 'sha1'],
  ['pbkdf2-sha256', 'sha256'],
  ['pbkdf2-sha512', 'sha512'],
])

export const passwordSchemes: readonly PasswordScheme[] = [
  {
    name: 'argon2',
    accepts: (phc) => isArgon2(phc.id) && phc.version === argon2Version,
    isAffordable: (phc) =>
      isWithin(phc, 'm', 8 * parameter(phc, 'p'), limits.argon2MemoryKibMax) &&
      isWithin(phc, 't', 1, limits.argon2PassesMax) &&
      isWithin(phc, 'p', 1, limits.argon2LanesMax) &&
      phc.salt.length >= 8 &&
      hasHash(phc),
    defaults: {
      id: 'argon2id',
      version: argon2Version,
      parameters: new Map([
        ['m', 19_456],
        ['t', 2],
        ['p', 1],
      ]),
    },
    derive: deriveArgon2,
  },
  {
    name: 'scrypt',
    accepts: (phc) => phc.id === 'scrypt',
    isAffordable: (phc) =>
      isWithin(phc, 'ln', 1, limits.scryptCostLogMax) &&
      isWithin(phc, 'r', 1, limits.scryptBlockSizeMax) &&
      isWithin(phc, 'p', 1, limits.scryptLanesMax) &&
      scryptMemory(phc) <= limits.scryptMemoryBytesMax &&
      hasHash(phc),
    defaults: {
      id: 'scrypt',
      version: undefined,
      parameters: new Map([
        ['ln', 17],
        ['r', 8],
        ['p', 1],
      ]),
    },
    derive: (password, phc) => {
      const options = {
        N: 2 ** parameter(phc, 'ln'),
        r: parameter(phc, 'r'),
        p: parameter(phc, 'p'),
        // Node counts a little more than the algorithm's own tables.
        maxmem: 2 * scryptMemory(phc),
      }
      return runScrypt(password, phc.salt, phc.hash.length, options)
    },
  },
  {
    name: 'pbkdf2',
    accepts: (phc) => digests.has(phc.id),
    isAffordable: (phc) => isWithin(phc, 'i', 1, limits.pbkdf2RoundsMax) && hasHash(phc),
    defaults: {
      id: 'pbkdf2-sha256',
      version: undefined,
      parameters: new Map([
        ['i', 600_000],
        ['l', hashBytes],
      ]),
    },
    derive: (password, phc) => {
      return runPbkdf2(
        password,
        phc.salt,
        parameter(phc, 'i'),
        phc.hash.length,
        digests.get(phc.id) ?? 'sha256',
      )
    },
  },
]

function isArgon2(id: string): id is Argon2Name {
  return (argon2Names as readonly string[]).includes(id)
}

function deriveArgon2(password: Buffer, phc: PhcString): Promise<Buffer> {
  const parameters = {
    message: password,
    nonce: phc.salt,
    parallelism: parameter(phc, 'p'),
    tagLength: phc.hash.length,
    memory: parameter(phc, 'm'),
    passes: parameter(phc, 't'),
  }
  return new Promise((resolve, reject) => {
    argon2(phc.id as Argon2Name, parameters, (error, hash) => {
      if (error === null) resolve(hash)
      else reject(error)
    })
  })
}

function parameter(phc: PhcString, name: string): number {
  return phc.parameters.get(name) ?? 0
}

function isWithin(phc: PhcString, name: string, least: number, most: number): boolean {
  const value = phc.parameters.get(name)
  return value !== undefined && value >= least && value <= most
}

function hasHash(phc: PhcString): boolean {
  return phc.hash.length >= 10 && phc.hash.length <= limits.passwordHashBytesMax
}

function scryptMemory(phc: PhcString): number {
  return (
    128 * 2 ** parameter(phc, 'ln') * parameter(phc, 'r') + 128 * parameter(phc, 'r') * parameter(phc, 'p')
  )
}
