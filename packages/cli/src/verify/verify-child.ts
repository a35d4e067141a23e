/**
 * The process that verifies: `<this file> <data folder> <database>`, started with a channel by run-verify.ts.
 */

import { serveParent } from '../child/serve-parent.ts'
import { withFolderDatabase } from '../data/open-folder-database.ts'
import { readMasterKey } from '../master-key.ts'

await serveParent((onProgress) => {
  const [folder = '', name = ''] = process.argv.slice(2)
  const masterKey = readMasterKey(process)
  return withFolderDatabase({ folder, name, masterKey }, (database) => database.verify({ onProgress }))
})
