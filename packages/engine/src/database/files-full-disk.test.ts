/**
 * A disk that gets full under a backup, an export, a restore or a rebuild: a clear error, nothing left
 * behind.
 */

import { randomBytes } from 'node:crypto'
import { cpSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { importHistory, rebuildDatabase, restoreBackup } from '../offline.ts'
import { openEngine } from '../open-engine.ts'
import { SmallDisk } from '../storage/testing/small-disk.ts'
import { heldFolder, withShop } from '../testing/shop-folder.ts'

const mib = 1024 * 1024
/** A store that is made anew is compacted at the end, for which LevelStore wants 194 MiB free. */
const disk = new SmallDisk(512)
const held = heldFolder()
const data = () => join(held.path, 'data')
const backup = join(held.path, 'shop.ddbackup')

/** About 6 MiB that do not compress. */
beforeAll(async () => {
  const engine = await openEngine({ path: data() })
  const shop = await engine.database('shop')
  for (let at = 0; at < 60; at += 1) await shop.put(`item:${at}`, { bytes: randomBytes(100_000) })
  await shop.backup({ path: backup })
  await shop.export({ path: join(held.path, 'history.jsonl'), history: true })
  await engine.close()
})

describe.skipIf(!disk.isMounted)('on a full disk', () => {
  let runs = 0
  let folder = ''

  beforeEach(() => {
    disk.giveRoom()
    runs += 1
    folder = join(disk.path, `run-${runs}`)
    mkdirSync(folder)
    return () => disk.clear()
  })

  const files = (): string[] => readdirSync(folder, { recursive: true }).map(String).sort()

  test.each(['backup', 'export'] as const)('%s', async (what) => {
    const path = join(folder, 'file')
    await withShop(data(), async (shop) => {
      disk.takeRoom(disk.freeBytes - 2 * mib)
      await expect(shop[what]({ path })).rejects.toMatchObject({ code: 'STORAGE_FULL' })
      expect(files()).toEqual([])
      disk.giveRoom()
      await shop[what]({ path })
      expect(files()).toEqual(['file'])
    })
  })

  test('restore and import', async () => {
    const restore = () => restoreBackup({ path: folder, files: [backup] })
    const load = () => importHistory({ path: folder, file: join(held.path, 'history.jsonl'), name: 'loaded' })
    for (const work of [restore, load]) {
      disk.takeRoom(disk.freeBytes - 3 * mib)
      await expect(work()).rejects.toMatchObject({ code: 'STORAGE_FULL' })
      disk.giveRoom()
      expect(files().filter((name) => name !== 'databases')).toEqual([])
    }
    expect(await restore()).toMatchObject({ seq: 60 })
  })

  test('rebuild', async () => {
    cpSync(data(), folder, { recursive: true })
    const before = files()
    disk.takeRoom(disk.freeBytes - 3 * mib)
    await expect(rebuildDatabase({ path: folder, name: 'shop' })).rejects.toMatchObject({
      code: 'STORAGE_FULL',
    })
    disk.giveRoom()
    expect(files().filter((name) => name.includes('gen-000002'))).toEqual([])
    expect(before.length).toBeGreaterThan(5)
    expect(await withShop(folder, async (shop) => (await shop.verify()).findings)).toEqual([])
  })
})
