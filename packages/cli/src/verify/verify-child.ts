/**
 * The process that verifies: `<this file> <data folder> <database>`, started with a channel by run-verify.ts.
 */

import { openFolderWith, serveParent } from '../child/serve-parent.ts'

await serveParent(async (onProgress) => {
  const [folder = '', name = ''] = process.argv.slice(2)
  const engine = await openFolderWith(folder, name)
  try {
    const database = await engine.database(name)
    return await database.verify({ onProgress })
  } finally {
    await engine.close()
  }
})
