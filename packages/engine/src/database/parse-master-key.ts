/** The master key as people give it. */

import { engineErrors } from '../engine-errors.ts'
import { MasterKey, masterKeyBytes } from '../storage/sealed/master-key.ts'

/** @param given 32 bytes, or 64 hexadecimal digits. @throws ENGINE_MASTER_KEY */
export function parseMasterKey(given: Uint8Array | string): MasterKey {
  const isGood = typeof given === 'string' ? /^[0-9a-fA-F]{64}$/.test(given) : given.length === masterKeyBytes
  if (!isGood) throw engineErrors.MASTER_KEY()
  return new MasterKey(typeof given === 'string' ? Buffer.from(given, 'hex') : given)
}
