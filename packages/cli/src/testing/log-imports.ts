/**
 * Preloaded with `--import`: writes the URL of every module of ours that is loaded to the file of
 * `DDB_IMPORTS_FILE`.
 */

import { appendFileSync } from 'node:fs'
import { registerHooks } from 'node:module'

const file = process.env.DDB_IMPORTS_FILE

registerHooks({
  load(url, context, nextLoad) {
    if (file !== undefined && url.startsWith('file:')) appendFileSync(file, `${url}\n`)
    return nextLoad(url, context)
  },
})
