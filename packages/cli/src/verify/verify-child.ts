/**
 * The process that verifies: `<this file> <data folder> <database>`, started with a channel by run-verify.ts.
 */

import { verifyDamaged } from '@dendrodb/engine'
import { DbError } from '@dendrodb/protocol'
import { serveParent } from '../child/serve-parent.ts'
import { withFolderDatabase } from '../data/open-folder-database.ts'
import { readMasterKey } from '../master-key.ts'

await serveParent(async (onProgress) => {
  const [folder = '', name = ''] = process.argv.slice(2)
  const masterKey = readMasterKey(process)
  // What is verified is left as it is.
  const given = { folder, name, masterKey, upgrades: false, onProgress }
  try {
    return await withFolderDatabase(given, (database) => database.verify({ onProgress }))
  } catch (error) {
    if (!(error instanceof DbError) || error.status !== 'corrupt') throw error
    return verifyDamaged({ path: folder, name, masterKey }, error)
  }
})
