/** What a folder takes on disk. */

import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'

const pollMs = 500
const pollsMax = 40
/** A compaction may stand still for a moment while the disk is busy. */
const samePollsMin = 4

/** The same once nothing changes any more: in the middle of a compaction there is much twice. */
export async function settledBytesIn(folder: string): Promise<number> {
  let bytes = await bytesIn(folder)
  let samePolls = 0
  for (let poll = 0; poll < pollsMax && samePolls < samePollsMin; poll += 1) {
    await setTimeout(pollMs)
    const before = bytes
    bytes = await bytesIn(folder)
    samePolls = bytes === before ? samePolls + 1 : 0
  }
  return bytes
}

/** Bytes of all files; one that a compaction removes meanwhile counts for nothing. */
async function bytesIn(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const sizes = entries
    .filter((entry) => entry.isFile())
    .map((file) => sizeOf(join(file.parentPath, file.name)))
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
}

function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  )
}
