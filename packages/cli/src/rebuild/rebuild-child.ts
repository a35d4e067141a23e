/**
 * The process that rebuilds: `<this file> <data folder> <database>`, started with a channel by
 * run-rebuild.ts.
 */

import { rebuildDatabase } from '@dendrodb/engine'
import { openFolderWith, serveParent } from '../child/serve-parent.ts'

await serveParent(async (onProgress) => {
  const [path = '', name = ''] = process.argv.slice(2)
  await (await openFolderWith(path, name)).close()
  return rebuildDatabase({ path, name, onProgress })
})
