/**
 * Changes the last byte of what LevelDB holds under keys of a database that nobody has open, so that its
 * checksum does not match: `node damage-value.ts DATA-FOLDER DATABASE KEY…`, keys in hex. For tests, and to
 * see what damage looks like.
 */

import { ClassicLevel } from 'classic-level'
import { databaseDirectory } from '../database/database-files.ts'
import { openGeneration } from '../storage/generation.ts'

const [folder = '', name = 'main', ...keys] = process.argv.slice(2)
const { path } = await openGeneration(databaseDirectory(folder, name))
const level = new ClassicLevel<Buffer, Buffer>(path, { keyEncoding: 'buffer', valueEncoding: 'buffer' })
for (const hex of keys) {
  const key = Buffer.from(hex, 'hex')
  const frame = await level.get(key)
  if (frame === undefined) throw new Error(`there is no key ${hex}`)
  const changed = Buffer.from(frame)
  changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1
  await level.put(key, changed)
}
await level.close()
