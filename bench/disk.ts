/** What a folder takes on disk. */

import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** Bytes of all files; one that a compaction removes meanwhile counts for nothing. */
export async function bytesIn(folder: string): Promise<number> {
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
