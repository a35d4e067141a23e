/**
 * Takes the manifest away from a database that nobody has open, so that its next opening has to go through
 * the log: `node forget-manifest.ts DATA-FOLDER DATABASE`. For tests, and to see a first scan. With a number
 * behind it that commit goes as well, so that the scan fails.
 */

import { databaseDirectory } from '../database/database-files.ts'
import { keyOf, manifestKey } from '../ledger/key-space.ts'
import { openCurrentStore } from '../storage/generation.ts'
import { openLevelStore } from '../storage/leveldb/level-store.ts'

const [folder = '', name = 'main', commit] = process.argv.slice(2)
const store = await openCurrentStore(databaseDirectory(folder, name), (path) => openLevelStore({ path }))
const keys = [manifestKey, ...(commit === undefined ? [] : [keyOf('commit', Number(commit))])]
await store.commit(keys.map((key) => ({ type: 'delete', key })))
await store.close()
