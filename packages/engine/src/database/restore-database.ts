/**
 * Puts a database that is made from a log into a data folder.
 * Order, where there is none of that name: the files are filled and verified in a folder that no engine looks
 * at, which then gets the name of the database in one step. Where one is to be replaced: as its next
 * generation, which is put into force in one step; the old one goes to the trash. Only where that is too
 * damaged to be opened it goes to the trash first, so that the name is free for a moment.
 * A kill at any moment leaves what was there, nothing, or the whole.
 */

import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { DbError } from '@dendrodb/protocol'
import { engineErrors } from '../engine-errors.ts'
import type { ReplayResult } from '../replay/replay-log.ts'
import {
  discardGeneration,
  type Generation,
  openCurrentStore,
  openGeneration,
  prepareNextGeneration,
  publishGeneration,
} from '../storage/generation.ts'
import type { KvStore } from '../storage/kv-store.ts'
import { type BuildOptions, buildStore, type OpenStore } from './build-store.ts'
import { folderOfDatabase } from './database-name.ts'
import { checkNameIsFree, hiddenFolder, removeAbandoned } from './hidden-folder.ts'
import { moveGenerationToTrash, moveToTrash } from './trash.ts'

export interface RestoreTarget {
  /** Folder of all databases. */
  readonly root: string
  readonly trash: string
  readonly name: string
  /** Whether a database of that name may be there. */
  readonly replace: boolean
  readonly openStore: OpenStore
}

export interface RestoreSource extends Pick<BuildOptions, 'format' | 'log' | 'onProgress'> {
  /** Looks at what was made before it is put into place. */
  readonly check?: (result: ReplayResult) => void
}

export interface Restored {
  readonly result: ReplayResult
  /** Where the database that was replaced is now. */
  readonly trash: string | undefined
}

/**
 * @throws ENGINE_DATABASE_EXISTS, ENGINE_DATABASE_NAME_TAKEN, ENGINE_NOT_INTACT, STORAGE_LOCKED, STORAGE_FULL
 */
export async function restoreDatabase(target: RestoreTarget, source: RestoreSource): Promise<Restored> {
  const { root, name } = target
  await mkdir(root, { recursive: true, mode: 0o700 })
  await removeAbandoned(root, 'restore')
  await checkNameIsFree(root, name)
  const directory = join(root, folderOfDatabase(name))
  if (!existsSync(directory)) {
    return { result: await makeNew(directory, target, source), trash: undefined }
  }
  if (!target.replace) throw engineErrors.DATABASE_EXISTS({ name })
  const store = await openUnlessDamaged(directory, target.openStore)
  if (store !== undefined) return replaceGeneration(directory, store, target, source)
  let trash = ''
  const result = await makeNew(directory, target, source, async () => {
    trash = await moveToTrash(directory, target)
  })
  return { result, trash }
}

async function makeNew(
  directory: string,
  { openStore, name, root }: RestoreTarget,
  source: RestoreSource,
  makeRoom?: () => Promise<void>,
): Promise<ReplayResult> {
  const hidden = await hiddenFolder(root, 'restore')
  try {
    const generation = await openGeneration(hidden.path)
    const result = await buildChecked(generation.path, openStore, source)
    await publishGeneration(hidden.path, generation)
    await makeRoom?.()
    await hidden.reveal(directory, name)
    return result
  } catch (error) {
    await hidden.discard()
    throw error
  }
}

async function replaceGeneration(
  directory: string,
  store: KvStore,
  target: RestoreTarget,
  source: RestoreSource,
): Promise<Restored> {
  const { openStore } = target
  let result: ReplayResult
  let current: Generation
  try {
    current = await openGeneration(directory)
    const next = await prepareNextGeneration(directory, current)
    result = await buildChecked(next.path, openStore, source)
    await publishGeneration(directory, next)
  } finally {
    await store.close()
  }
  return { result, trash: await moveGenerationToTrash(current, target) }
}

async function buildChecked(
  path: string,
  openStore: OpenStore,
  { check, ...source }: RestoreSource,
): Promise<ReplayResult> {
  const result = await buildStore({ path, openStore, ...source })
  try {
    check?.(result)
  } catch (error) {
    await discardGeneration(path)
    throw error
  }
  return result
}

/** `undefined`: it is so damaged that it cannot be opened. */
async function openUnlessDamaged(directory: string, openStore: OpenStore): Promise<KvStore | undefined> {
  try {
    return await openCurrentStore(directory, openStore)
  } catch (error) {
    if (error instanceof DbError && error.status === 'corrupt') return undefined
    throw error
  }
}
