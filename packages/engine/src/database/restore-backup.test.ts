/** Backups and what is restored from them, sound ones and broken ones. */

import { randomBytes } from 'node:crypto'
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { Datetime, RecordId } from '@dendrodb/protocol'
import { beforeAll, describe, expect, test } from 'vitest'
import { restoreBackup } from '../offline.ts'
import { openEngine } from '../open-engine.ts'
import { answersOf, fillShop, shopFolder, temporaryFolder, withShop } from '../testing/shop-folder.ts'

const shop = shopFolder()
const masterKey = Buffer.alloc(32, 1)

/** A full backup and two that continue it; the second of them has no commits. */
async function makeBackups(folder: string): Promise<{ readonly path: string; readonly files: string[] }> {
  const path = shop()
  const files = ['a', 'b', 'c'].map((name) => join(folder, name))
  await withShop(path, async (database) => {
    const [full = '', next = '', empty = ''] = files
    await database.backup({ path: full })
    await database.query('UPDATE product:1 SET price = 5; DELETE product:7')
    await database.backup({ path: next, since: { file: full } })
    await database.backup({ path: empty, since: { file: next } })
  })
  return { path, files }
}

function databasesIn(path: string): string[] {
  const folder = join(path, 'databases')
  return existsSync(folder) ? readdirSync(folder) : []
}

test('a restored database is the one that was backed up, with its head and history', async () => {
  const path = shop()
  const file = join(temporaryFolder(), 'shop.ddbackup')
  const report = await withShop(path, (database) => database.backup({ path: file }))
  expect(report).toMatchObject({ path: file, fromSeq: 0, toSeq: 5, commits: 5 })
  expect(readFileSync(file).subarray(-32).toString('hex')).toBe(report.checksum)
  const target = temporaryFolder()
  const restored = await restoreBackup({ path: target, files: [file] })
  expect(restored).toMatchObject({ name: 'shop', seq: 5, head: report.head, trash: undefined })
  expect(await answersOf(target)).toEqual(await answersOf(path))
  expect(databasesIn(target)).toEqual(['shop'])
})

test('a backup is of one moment while writes go on', async () => {
  const path = shop()
  const file = join(temporaryFolder(), 'shop.ddbackup')
  const head = await withShop(path, async (database) => {
    const before = database.head()
    const stream = await database.openBackup()
    const chunks: Buffer[] = []
    for await (const chunk of stream.chunks) {
      chunks.push(chunk)
      await database.put(RecordId.generate('product'), { name: 'new' })
    }
    expect(database.head().seq).toBeGreaterThan(before.seq + 2)
    writeFileSync(file, Buffer.concat(chunks))
    return before
  })
  expect(await restoreBackup({ path: temporaryFolder(), files: [file] })).toMatchObject(head)
})

test('incremental backups continue a full one, and any moment can be restored', async () => {
  const { path, files } = await makeBackups(temporaryFolder())
  const target = temporaryFolder()
  await restoreBackup({ path: target, files })
  expect(await answersOf(target)).toEqual(await answersOf(path))
  const times = await withShop(path, async (database) => {
    const log: { readonly seq: number; readonly head: string }[] = []
    for (let seq = 0; seq <= database.head().seq; seq += 1) {
      const name = `as-of-${seq}`
      const report = await restoreBackup({ path: target, files, name, to: { seq } })
      log.push(report)
      const then = await database.query(`SELECT * FROM product AS OF ${seq}`)
      expect(await withShop(target, (restored) => restored.query('SELECT * FROM product'), name)).toEqual(
        then,
      )
    }
    return log
  })
  expect(new Set(times.map(({ head }) => head)).size).toBe(times.length)
})

test('an instant is the newest commit that is not later', async () => {
  const path = shop()
  const file = join(temporaryFolder(), 'f')
  const instants = await withShop(path, async (database) => {
    const first = Datetime.now()
    await setTimeout(5)
    await database.put('product:late', { name: 'late' })
    const second = Datetime.now()
    await setTimeout(5)
    await database.backup({ path: file })
    return [first, second]
  })
  const target = temporaryFolder()
  const [before, after] = await Promise.all(
    instants.map((instant, at) =>
      restoreBackup({ path: target, files: [file], name: `n${at}`, to: { instant } }),
    ),
  )
  expect([before?.seq, after?.seq]).toEqual([5, 6])
})

test('databases that are restored into one folder one soon after another do not take each other for leftovers', async () => {
  const { files } = await makeBackups(temporaryFolder())
  const target = temporaryFolder()
  const names = Array.from({ length: 8 }, (_, at) => `n${at}`)
  const restores = names.map(async (name, at) => {
    await setTimeout(7 * at)
    await restoreBackup({ path: target, files, name })
  })
  await Promise.all(restores)
  expect(databasesIn(target).sort()).toEqual(names)
})

test('a restored database goes on, and a backup of it parts from those of the original', async () => {
  const { path, files } = await makeBackups(temporaryFolder())
  const target = temporaryFolder()
  await restoreBackup({ path: target, files, to: { seq: 5 } })
  const own = join(temporaryFolder(), 'own')
  await withShop(target, async (database) => {
    await database.query('CREATE product:own SET price = 1; CREATE product:own2 SET price = 1')
    await expect(database.backup({ path: own, since: { file: files[1] ?? '' } })).rejects.toMatchObject({
      code: 'BACKUP_DIVERGED',
    })
    expect(existsSync(own)).toBe(false)
    await database.backup({ path: own, since: 7 })
  })
  const parted = restoreBackup({ path: temporaryFolder(), files: [...files.slice(0, 2), own] })
  await expect(parted).rejects.toMatchObject({
    code: 'BACKUP_NOT_NEXT',
    message: expect.stringContaining('parted'),
  })
  expect((await answersOf(path)).findings).toEqual([])
})

test('a commit that is not there cannot be gone on from, nor restored', async () => {
  const { path, files } = await makeBackups(temporaryFolder())
  await withShop(path, async (database) => {
    for (const since of [8, -1, 1.5]) {
      await expect(database.backup({ path: 'x', since })).rejects.toMatchObject({
        code: 'BACKUP_SINCE_UNKNOWN',
      })
    }
  })
  const restore = (seq: number) => restoreBackup({ path: temporaryFolder(), files, to: { seq } })
  await expect(restore(8)).rejects.toMatchObject({ code: 'BACKUP_POINT_UNKNOWN' })
  await expect(restore(-1)).rejects.toMatchObject({ code: 'LEDGER_AS_OF_INVALID' })
})

test('an instant of which the backup knows nothing is refused, and leaves nothing behind', async () => {
  const { files } = await makeBackups(temporaryFolder())
  const target = temporaryFolder()
  for (const [instant, reason] of [
    [new Datetime(1_000_000_000, 0), 'its first commit is of'],
    [new Datetime(Math.ceil(Date.now() / 1_000) + 1, 0), 'it was taken at'],
  ] as const) {
    await expect(restoreBackup({ path: target, files, to: { instant } })).rejects.toMatchObject({
      code: 'BACKUP_INSTANT_UNKNOWN',
      message: expect.stringContaining(reason),
    })
  }
  expect(databasesIn(target)).toEqual([])
})

test('an encrypted backup shows nothing and needs its key', async () => {
  const path = shop()
  const file = join(temporaryFolder(), 'sealed')
  await withShop(path, (database) => database.backup({ path: file, masterKey }))
  const bytes = readFileSync(file)
  for (const word of ['product', 'price', 'p123']) expect(bytes.includes(word)).toBe(false)
  const restore = (key?: Buffer) => restoreBackup({ path: temporaryFolder(), files: [file], masterKey: key })
  await expect(restore()).rejects.toMatchObject({ code: 'BACKUP_KEY_MISSING' })
  await expect(restore(Buffer.alloc(32, 2))).rejects.toMatchObject({ code: 'BACKUP_KEY_WRONG' })
  expect(await restore(masterKey)).toMatchObject({ seq: 5 })
})

describe('a database of that name', () => {
  test('is not overwritten unasked', async () => {
    const { path, files } = await makeBackups(temporaryFolder())
    const before = await answersOf(path)
    await expect(restoreBackup({ path, files })).rejects.toMatchObject({ code: 'ENGINE_DATABASE_EXISTS' })
    expect(await answersOf(path)).toEqual(before)
    await expect(restoreBackup({ path, files, name: 'SHOP' })).rejects.toMatchObject({
      code: 'ENGINE_DATABASE_NAME_TAKEN',
    })
    expect(databasesIn(path)).toEqual(['shop'])
  })

  test('is replaced when that is said, and kept in the trash', async () => {
    const { path, files } = await makeBackups(temporaryFolder())
    const before = await answersOf(path)
    const { trash = '' } = await restoreBackup({ path, files, to: { seq: 4 }, replace: true })
    expect((await answersOf(path)).head.seq).toBe(4)
    expect(databasesIn(path)).toEqual(['shop'])
    // Moved back it is the old one.
    const old = temporaryFolder()
    await withShop(old, async () => undefined)
    rmSync(join(old, 'databases', 'shop'), { recursive: true })
    renameSync(trash, join(old, 'databases', 'shop'))
    expect(await answersOf(old)).toEqual(before)
  })

  test('is replaced even where it is too damaged to be opened', async () => {
    const { path, files } = await makeBackups(temporaryFolder())
    const before = await answersOf(path)
    const generation = join(path, 'databases', 'shop', 'gen-000001')
    for (const name of readdirSync(generation))
      if (name.startsWith('MANIFEST')) rmSync(join(generation, name))
    await expect(answersOf(path)).rejects.toMatchObject({ status: 'corrupt' })
    const { trash = '' } = await restoreBackup({ path, files, replace: true })
    expect(await answersOf(path)).toEqual(before)
    expect(readdirSync(trash)).toContain('gen-000001')
  })

  test('is not touched while somebody has it open; others may be restored beside it', async () => {
    const { path, files } = await makeBackups(temporaryFolder())
    const engine = await openEngine({ path })
    const open = await engine.database('shop')
    await expect(restoreBackup({ path, files, replace: true })).rejects.toMatchObject({
      code: 'STORAGE_LOCKED',
    })
    await restoreBackup({ path, files, name: 'shop/copy' })
    expect(engine.hasDatabase('shop/copy')).toBe(true)
    expect(await engine.databaseNames()).toEqual(['shop', 'shop/copy'])
    const copy = await engine.database('shop/copy')
    expect(copy.head()).toEqual(open.head())
    await engine.close()
  })
})

describe('a broken backup', () => {
  let files: string[] = []
  let folder = ''
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'ddb-broken-'))
    const engine = await openEngine({ path: join(folder, 'data') })
    const database = await engine.database('shop')
    await fillShop(database)
    files = ['a', 'b', 'c'].map((name) => join(folder, name))
    const [full = '', next = '', other = ''] = files
    await database.backup({ path: full })
    for (let at = 0; at < 8; at += 1) await database.put('product:1', { pad: randomBytes(400_000) })
    await database.backup({ path: next, since: 5 })
    const second = await engine.database('other')
    await fillShop(second)
    await second.query('CREATE product:x')
    await second.backup({ path: other, since: 5 })
    await engine.close()
    return () => rmSync(folder, { recursive: true, force: true })
  })

  /** Restores it in place of the second file; nothing may be left behind. */
  async function restoreWith(bytes: Buffer): Promise<unknown> {
    const path = temporaryFolder()
    const changed = join(temporaryFolder(), 'changed')
    writeFileSync(changed, bytes)
    const outcome = await restoreBackup({ path, files: [files[0] ?? '', changed] }).catch((error) => error)
    if (outcome instanceof Error) expect(databasesIn(path)).toEqual([])
    return outcome
  }

  const second = () => readFileSync(files[1] ?? '')

  /** Where frames begin, and where the last one ends. */
  function framesOf(bytes: Buffer): number[] {
    const starts = [16]
    for (let at = 16; at < bytes.length; starts.push(at)) at += 5 + bytes.readUInt32LE(at + 1) + 32
    return starts
  }

  test('is sound before', async () => {
    expect(framesOf(second()).length).toBeGreaterThan(5)
    expect(await restoreWith(second())).toMatchObject({ name: 'shop' })
  })

  test('with a flipped bit is refused, wherever it is', async () => {
    const bytes = second()
    const seed = Date.now() % 1_000_000
    for (let at = 0; at < 32; at += 1) {
      const place = at < 10 ? 2 * at : (seed * 7_919 + at * 104_729) % bytes.length
      const changed = Buffer.from(bytes)
      changed.writeUInt8(changed.readUInt8(place) ^ (1 << (at % 8)), place)
      const code = place < 16 ? 'BACKUP_NOT_ONE' : 'BACKUP_DAMAGED'
      expect(await restoreWith(changed), `seed ${seed}, byte ${place}`).toMatchObject({ code })
    }
  })

  test('that was cut is refused, between two frames as well', async () => {
    const bytes = second()
    const ends = [...framesOf(bytes).slice(0, -1), bytes.length - 1, 17, 40]
    for (const end of ends) {
      expect(await restoreWith(bytes.subarray(0, end)), `${end}`).toMatchObject({ code: 'BACKUP_DAMAGED' })
    }
    for (const end of [0, 7, 15]) {
      expect(await restoreWith(bytes.subarray(0, end))).toMatchObject({ code: 'BACKUP_NOT_ONE' })
    }
  })

  test('whose frames were exchanged, left out, repeated or followed by more is refused', async () => {
    const bytes = second()
    const starts = framesOf(bytes)
    const frames = starts.slice(1).map((end, at) => bytes.subarray(starts[at], end))
    const joined = (list: readonly Buffer[]) => Buffer.concat([bytes.subarray(0, 16), ...list])
    const [head = bytes, first = bytes, next = bytes, ...rest] = frames
    const broken = [
      joined([head, next, first, ...rest]),
      joined([head, next, ...rest]),
      joined([head, first, first, next, ...rest]),
      joined([first, head, next, ...rest]),
      joined([...frames, first]),
      Buffer.concat([bytes, Buffer.from('x')]),
      Buffer.concat([bytes, bytes]),
    ]
    for (const changed of broken) expect(await restoreWith(changed)).toMatchObject({ code: 'BACKUP_DAMAGED' })
  })

  test('in a wrong order, without its beginning or of another database is named', async () => {
    const [full = '', next = '', other = ''] = files
    const restore = (...list: string[]) => restoreBackup({ path: temporaryFolder(), files: list })
    await expect(restore(next, full)).rejects.toMatchObject({ code: 'BACKUP_NOT_FULL' })
    await expect(restore(full, full)).rejects.toMatchObject({ code: 'BACKUP_NOT_NEXT' })
    await expect(restore(full, next, next)).rejects.toMatchObject({ code: 'BACKUP_NOT_NEXT' })
    await expect(restore(full, other)).rejects.toMatchObject({
      code: 'BACKUP_NOT_NEXT',
      message: expect.stringContaining('it is of the database'),
    })
    await expect(restore(join(folder, 'nowhere'))).rejects.toMatchObject({ code: 'STORAGE_FILE_UNREADABLE' })
    await expect(restore(folder)).rejects.toMatchObject({ code: 'STORAGE_FILE_UNREADABLE' })
  })
})
