/**
 * The process that verifies: `<this file> <data folder> <database>`, started with a channel by run-verify.ts.
 */

import { serveParent } from '../child/serve-parent.ts'
import { withFolderDatabase } from '../data/open-folder-database.ts'

await serveParent((onProgress) => {
  const [folder = '', name = ''] = process.argv.slice(2)
  return withFolderDatabase({ folder, name }, (database) => database.verify({ onProgress }))
})
