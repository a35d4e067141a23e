/** The master key as people give it. */

import { engineErrors } from '../engine-errors.ts'
import { MasterKey, masterKeyBytes } from '../storage/sealed/master-key.ts'

/** 32 bytes, or 64 hexadecimal digits. */
export type MasterKeyInput = Uint8Array | string

/** Its 32 bytes. @throws ENGINE_MASTER_KEY */
export function bytesOfMasterKey(given: MasterKeyInput): Uint8Array {
  const isGood = typeof given === 'string' ? /^[0-9a-fA-F]{64}$/.test(given) : given.length === masterKeyBytes
  if (!isGood) throw engineErrors.MASTER_KEY()
  return typeof given === 'string' ? Buffer.from(given, 'hex') : given
}

/** @throws ENGINE_MASTER_KEY */
export function parseMasterKey(given: MasterKeyInput): MasterKey {
  return new MasterKey(bytesOfMasterKey(given))
}

/** As key files take it. @throws ENGINE_MASTER_KEY */
export function hexOfMasterKey(given: MasterKeyInput | undefined): string | undefined {
  return given === undefined ? undefined : Buffer.from(bytesOfMasterKey(given)).toString('hex')
}
