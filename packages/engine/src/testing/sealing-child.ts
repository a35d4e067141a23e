/**
 * The child of the crash test of sealing: seals, rotates and unseals the databases of a folder over and over
 * until it is killed, and says what it begins.
 *
 *   node sealing-child.ts <folder> <key> <other key>
 */

import { writeSync } from 'node:fs'
import { listSealing, rotateMasterKey, sealDatabase, unsealDatabase } from '../sealing.ts'

const [path = '', key = '', otherKey = ''] = process.argv.slice(2)
const databases = await listSealing(path)
for (;;) {
  for (const { name } of databases) {
    writeSync(1, `seal ${name}\n`)
    await sealDatabase({ path, name, masterKey: key })
  }
  for (const renewsDataKeys of [false, true]) {
    writeSync(1, `rotate ${renewsDataKeys}\n`)
    await rotateMasterKey({ path, from: key, to: otherKey, renewsDataKeys })
    await rotateMasterKey({ path, from: otherKey, to: key, renewsDataKeys })
  }
  for (const { name } of databases) {
    writeSync(1, `unseal ${name}\n`)
    await unsealDatabase({ path, name, masterKey: key })
  }
}
