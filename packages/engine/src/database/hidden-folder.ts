/**
 * Folders beside the databases in which one is made before it has its name.
 * Why: no engine looks at a folder whose name begins with a dot, so that a database appears whole, by a
 * rename, or not at all. What a kill leaves is removed by whoever comes next.
 */

import { randomBytes } from 'node:crypto'
import { readdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { DbError, must } from '@dendrodb/protocol'
import { engineErrors } from '../engine-errors.ts'
import { openCurrentStore, syncFolder } from '../storage/generation.ts'
import { openLevelStore } from '../storage/leveldb/level-store.ts'
import { tryLock } from '../storage/process-lock.ts'
import { catalogOfDatabase, databaseOfFolder } from './database-name.ts'

const goneSuffix = '.gone'

/** What the folder is for: a database that is restored, or one that is new. */
export type HiddenKind = 'restore' | 'create'

export interface HiddenFolder {
  /** Not there yet. */
  readonly path: string
  /** Gives it the name of its database, durably. @throws ENGINE_DATABASE_EXISTS */
  reveal(directory: string, name: string): Promise<void>
  /** Removes it. */
  discard(): Promise<void>
}

/**
 * A folder to make a database in. Nobody of this process takes it for a leftover before it is revealed or
 * discarded, one of which has to come. @param root folder of all databases
 */
export async function hiddenFolder(root: string, kind: HiddenKind): Promise<HiddenFolder> {
  const folder = `.${kind}-${randomBytes(8).toString('hex')}`
  const lock = must(await tryLock(folder), 'a name that was drawn twice')
  const path = join(root, folder)
  return {
    path,
    async reveal(directory, name) {
      await revealFolder(path, directory, name)
      await lock.release()
    },
    async discard() {
      await rm(path, { recursive: true, force: true })
      await lock.release()
    },
  }
}

async function revealFolder(hidden: string, directory: string, name: string): Promise<void> {
  await rename(hidden, directory).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOTEMPTY' || cause.code === 'EEXIST')
      throw engineErrors.DATABASE_EXISTS({ name }, { cause })
    throw cause
  })
  await syncFolder(dirname(directory))
}

/**
 * Two names that SQL cannot tell apart must not both be there. @throws ENGINE_DATABASE_NAME_TAKEN
 */
export async function checkNameIsFree(root: string, name: string): Promise<void> {
  const catalog = catalogOfDatabase(name)
  for (const folder of await readdir(root)) {
    const other = databaseOfFolder(folder)
    if (other === undefined || other === name || catalogOfDatabase(other) !== catalog) continue
    throw engineErrors.DATABASE_NAME_TAKEN({ name, other })
  }
}

/** Removes what was left by a kill. Of what is still being made, somebody holds a lock. */
export async function removeAbandoned(root: string, kind: HiddenKind): Promise<void> {
  for (const folder of await readdir(root)) {
    if (!folder.startsWith(`.${kind}-`)) continue
    const lock = await tryLock(folder.replace(goneSuffix, ''))
    try {
      if (lock !== undefined) await removeUnlessOpen(join(root, folder))
    } finally {
      await lock?.release()
    }
  }
}

async function removeUnlessOpen(path: string): Promise<void> {
  if (path.endsWith(goneSuffix)) return rm(path, { recursive: true, force: true })
  try {
    // As plain files, which needs no key and takes the same lock.
    await (await openCurrentStore(path, (generation) => openLevelStore({ path: generation }))).close()
  } catch (error) {
    if (error instanceof DbError && error.code === 'STORAGE_LOCKED') return
  }
  // Under a name that is nobody's: were it put into force this moment, that would fail, whole.
  const gone = `${path}${goneSuffix}`
  const isMoved = await rename(path, gone).then(
    () => true,
    () => false,
  )
  if (isMoved) await rm(gone, { recursive: true, force: true })
}
