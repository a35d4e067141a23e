/**
 * Names of backup files: database, first and last commit, so that they sort in the order in which a restore
 * takes them, and the newest one in a folder is found by its name.
 */

import { readdir } from 'node:fs/promises'
import { join } from 'node:path'

const seqDigits = 10
const ending = '.ddbackup'

export interface BackupRange {
  readonly database: string
  /** The commit before the first one. */
  readonly fromSeq: number
  readonly toSeq: number
}

/** `/` in the name of a database is `.` in that of the file. */
export function backupFileName({ database, fromSeq, toSeq }: BackupRange): string {
  return `${prefixOf(database)}${digits(fromSeq)}-${digits(toSeq)}${ending}`
}

/** Path of the newest backup of the database in the folder. */
export async function newestBackupIn(folder: string, database: string): Promise<string | undefined> {
  const prefix = prefixOf(database)
  const names = (await readdir(folder)).filter((name) => {
    return name.startsWith(prefix) && /^\d{10,}-\d{10,}\.ddbackup$/.test(name.slice(prefix.length))
  })
  const newest = names.toSorted((a, b) => toSeqOf(a) - toSeqOf(b)).at(-1)
  return newest === undefined ? undefined : join(folder, newest)
}

function toSeqOf(name: string): number {
  return Number(/-(\d+)\.ddbackup$/.exec(name)?.[1])
}

function prefixOf(database: string): string {
  return `${database.replaceAll('/', '.')}-`
}

function digits(seq: number): string {
  return String(seq).padStart(seqDigits, '0')
}
