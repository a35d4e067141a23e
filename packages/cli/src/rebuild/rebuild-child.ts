/**
 * The process that rebuilds: `<this file> <data folder> <database>`, started with a channel by
 * run-rebuild.ts.
 */

import { rebuildDatabase } from '@dendrodb/engine'
import { serveParent } from '../child/serve-parent.ts'
import { checkFolderDatabase } from '../data/open-folder-database.ts'
import { readMasterKey } from '../master-key.ts'

await serveParent(async (onProgress) => {
  const [folder = '', name = ''] = process.argv.slice(2)
  const masterKey = readMasterKey(process)
  await checkFolderDatabase({ folder, name, masterKey })
  return rebuildDatabase({ path: folder, name, masterKey, onProgress })
})
