/** The keys of a data folder under another master key: those of the server and the one behind checkpoints. */

import { resealCheckpointKeys, resealKeyFile } from '@dendrodb/engine'
import { signingKeyFile } from './signing-keys.ts'

/**
 * Without a master key: under a key of their own beside them. Doing it again after it was cut short does no
 * harm.
 * @throws KEYS_UNREADABLE when they are sealed with neither
 */
export async function resealKeys(
  dataFolder: string,
  from: string | undefined,
  to: string | undefined,
): Promise<void> {
  await resealCheckpointKeys(dataFolder, from, to)
  await resealKeyFile((masterKey) => signingKeyFile(dataFolder, masterKey), from, to)
}
