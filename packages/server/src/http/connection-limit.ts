/**
 * How many connections are taken at a time.
 * Why not as many as there are file descriptors: the store needs some, and could write nothing while
 * strangers hold them all.
 */

import { readFileSync } from 'node:fs'

/** What the configuration allows, and no more than half of the files that the process may have open. */
export function connectionLimit(connectionsMax: number, openFilesMax = readOpenFilesMax()): number {
  return Math.max(1, Math.min(connectionsMax, Math.floor(openFilesMax / 2)))
}

/** Only Linux tells. */
function readOpenFilesMax(): number {
  try {
    const limits = readFileSync('/proc/self/limits', 'utf8')
    const files = /^Max open files\s+(\d+)/m.exec(limits)?.[1]
    return files === undefined ? Number.POSITIVE_INFINITY : Number(files)
  } catch {
    return Number.POSITIVE_INFINITY
  }
}
