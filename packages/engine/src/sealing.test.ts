import { randomBytes } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { type EngineOptions, openEngine } from './open-engine.ts'
import { listSealing, rotateMasterKey, sealDatabase, unsealDatabase } from './sealing.ts'

const key = randomBytes(32)
const otherKey = randomBytes(32).toString('hex')

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'ddb-sealing-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** Records, an index, history, a relation and a deletion in the databases named. */
async function fill(
  path: string,
  options: EngineOptions,
  names: readonly string[] = ['main'],
): Promise<void> {
  const engine = await openEngine({ path, ...options })
  for (const name of names) {
    const database = await engine.database(name)
    await database.query(`
      DEFINE TABLE IF NOT EXISTS cherishes TYPE RELATION;
      DEFINE INDEX IF NOT EXISTS indexofcolours ON fruitbasket FIELDS colourfield;
      FOR $i IN 1..=300 { UPSERT type::record("fruitbasket", "identity" + <string> $i)
        SET colourfield = "crimson" + <string> ($i % 7), weightfield = "heavyweight" + <string> $i };
      RELATE fruitbasket:identity1->cherishes->fruitbasket:identity2 SET reasonfield = "sweetness";
      DELETE fruitbasket:identity3;
    `)
    await database.put('fruitbasket:identity4', { longfield: 'lengthy'.repeat(3_000) }, { actor: 'gardener' })
  }
  await engine.close()
}

const secrets =
  /cherishes|indexofcolours|fruitbasket|colourfield|crimson|identity\d|weightfield|heavyweight|sweetness|lengthy|gardener/

async function textOfAllFiles(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const texts = entries.map(async (entry) => {
    const path = join(entry.parentPath, entry.name)
    return entry.isFile() ? `${path}\n${await readFile(path, 'latin1')}` : path
  })
  return (await Promise.all(texts)).join('\n')
}

async function expectIntact(path: string, masterKey: EngineOptions['masterKey'], name = 'main') {
  const engine = await openEngine({ path, masterKey, onWarning: () => undefined })
  try {
    const database = await engine.database(name)
    const report = await database.verify()
    expect(report.findings).toEqual([])
    const [count, history] = await database.query(`
      SELECT VALUE count() FROM fruitbasket GROUP ALL;
      SELECT VALUE weightfield FROM ONLY fruitbasket:identity4 AS OF 3`)
    expect([count, history]).toEqual([[299], 'heavyweight4'])
    return report.head
  } finally {
    await engine.close()
  }
}

const folderOf = (path: string, name = 'main') => join(path, 'databases', name)
const codeOf = (code: string) => ({ code })

test('a database that is made under a master key holds nothing in the clear in any of its files', async () => {
  const path = await newFolder()
  await fill(path, { masterKey: key, writeBufferBytes: 100_000 })
  await fill(path, { masterKey: key })
  const text = await textOfAllFiles(path)
  expect(text.length).toBeGreaterThan(20_000)
  expect(text).not.toMatch(secrets)
  expect(text.includes(key.toString('latin1')) || text.includes(key.toString('hex'))).toBe(false)
  const names = await readdir(folderOf(path))
  expect(names.sort()).toEqual(['CURRENT-GENERATION', 'gen-000001', 'gen-000001.key'])
  await expectIntact(path, key.toString('hex'))
})

test('that search finds it all in a database in the clear', async () => {
  const path = await newFolder()
  await fill(path, {})
  const found = new Set((await textOfAllFiles(path)).match(new RegExp(secrets, 'g')))
  for (const word of ['fruitbasket', 'crimson', 'heavyweight', 'gardener']) expect(found).toContain(word)
})

test('without its master key, or with another one, a sealed database does not open, and is as it was', async () => {
  const path = await newFolder()
  await fill(path, { masterKey: key })
  const before = await textOfAllFiles(path)
  for (const [masterKey, code] of [
    [undefined, 'STORAGE_KEY_NEEDED'],
    [otherKey, 'STORAGE_KEY_WRONG'],
  ] as const) {
    const engine = await openEngine({ path, masterKey })
    await expect(engine.database('main')).rejects.toMatchObject(codeOf(code))
    await engine.close()
  }
  expect(await textOfAllFiles(path)).toBe(before)
  await expectIntact(path, key)
})

test('a database in the clear is opened as it is, and that is said', async () => {
  const path = await newFolder()
  await fill(path, {})
  const warnings: string[] = []
  const engine = await openEngine({ path, masterKey: key, onWarning: (warning) => warnings.push(warning) })
  await engine.database('main')
  await engine.database('made-under-the-key')
  await engine.close()
  expect(warnings).toEqual([expect.stringContaining('main')])
  expect(await listSealing(path)).toEqual([
    { name: 'made-under-the-key', isSealed: true },
    { name: 'main', isSealed: false },
  ])
})

test('a folder that a crash has left with nothing in it becomes a sealed database', async () => {
  const path = await newFolder()
  const engine = await openEngine({ path })
  await (await engine.database('main')).put('a:1', {})
  await engine.close()
  const folder = join(folderOf(path), 'gen-000001')
  await rm(folder, { recursive: true })
  const { openLevelStore } = await import('./storage/leveldb/level-store.ts')
  await (await openLevelStore({ path: folder })).close()
  await fill(path, { masterKey: key })
  expect(await textOfAllFiles(path)).not.toMatch(secrets)
})

test.each(['', 'ab', 'z'.repeat(64), randomBytes(31), randomBytes(33)])(
  '%o is no master key',
  async (masterKey) => {
    await expect(openEngine({ path: '/nonexistent', masterKey })).rejects.toMatchObject(
      codeOf('ENGINE_MASTER_KEY'),
    )
  },
)

test('a key file that is damaged, of another database, or gone is told apart from a wrong key', async () => {
  const path = await newFolder()
  await fill(path, { masterKey: key }, ['main', 'other'])
  const file = join(folderOf(path), 'gen-000001.key')
  const text = await readFile(file, 'latin1')
  const open = async () => {
    const engine = await openEngine({ path, masterKey: key })
    await engine.database('main').finally(() => engine.close())
  }
  for (let at = 0; at < text.length; at += 1) {
    const flipped = Buffer.from(text, 'latin1')
    flipped[at] = (flipped[at] as number) ^ (1 << (at % 7))
    await writeFile(file, flipped)
    await expect(open()).rejects.toMatchObject(codeOf('STORAGE_CORRUPT'))
  }
  for (const damaged of ['', text.slice(0, -1), `${text}\n`]) {
    await writeFile(file, damaged)
    await expect(open()).rejects.toMatchObject(codeOf('STORAGE_CORRUPT'))
  }
  await writeFile(file, await readFile(join(folderOf(path, 'other'), 'gen-000001.key')))
  await expect(open()).rejects.toMatchObject(codeOf('STORAGE_CORRUPT'))
  await rm(file)
  await expect(open()).rejects.toMatchObject({
    code: 'STORAGE_CORRUPT',
    message: expect.stringContaining('key file'),
  })
  await writeFile(file, text.replace('key 1', 'key 2'))
  await expect(open()).rejects.toMatchObject(codeOf('STORAGE_FORMAT_TOO_NEW'))
  await writeFile(file, text)
  await expectIntact(path, key)
})

test('sealing leaves the same database, sealed, and nothing of the files in the clear; unsealing undoes it', async () => {
  const path = await newFolder()
  await fill(path, {}, ['main', 'shop/north'])
  const head = await expectIntact(path, undefined)
  const phases = new Set<string>()
  const onProgress = ({ phase }: { phase: string }) => phases.add(phase)
  const sealing = { path, name: 'main', masterKey: key, onProgress }
  const report = await sealDatabase(sealing)
  expect(report).toMatchObject({ head, entries: expect.any(Number) })
  for (const phase of ['copy', 'compare', 'records']) expect(phases).toContain(phase)
  expect((await readdir(folderOf(path))).sort()).toEqual([
    'CURRENT-GENERATION',
    'gen-000002',
    'gen-000002.key',
  ])
  expect(await textOfAllFiles(folderOf(path))).not.toMatch(secrets)
  expect(await expectIntact(path, key)).toBe(head)
  expect(await sealDatabase(sealing)).toBeUndefined()
  expect((await listSealing(path)).map(({ isSealed }) => isSealed)).toEqual([true, false])

  await expect(unsealDatabase({ ...sealing, masterKey: otherKey })).rejects.toMatchObject(
    codeOf('STORAGE_KEY_WRONG'),
  )
  expect(await unsealDatabase(sealing)).toMatchObject({ head })
  expect((await readdir(folderOf(path))).sort()).toEqual(['CURRENT-GENERATION', 'gen-000003'])
  expect(await expectIntact(path, undefined)).toBe(head)
  expect(await unsealDatabase(sealing)).toBeUndefined()
})

test('what is not there, is open, or is damaged is not sealed, and stays as it was', async () => {
  const path = await newFolder()
  await fill(path, {}, ['main', 'shop'])
  const sealing = { path, name: 'shop', masterKey: key }
  await expect(sealDatabase({ ...sealing, name: 'none' })).rejects.toMatchObject(
    codeOf('ENGINE_DATABASE_UNKNOWN'),
  )
  for (const name of ['main', 'shop']) {
    const engine = await openEngine({ path })
    await engine.database(name)
    await expect(sealDatabase(sealing)).rejects.toMatchObject(codeOf('STORAGE_LOCKED'))
    await engine.close()
  }
  const folder = join(folderOf(path, 'shop'), 'gen-000001')
  const [table = ''] = (await readdir(folder)).filter((name) => /\.(ldb|log)$/.test(name))
  const bytes = await readFile(join(folder, table))
  bytes.fill(0x5a, bytes.length >> 1, (bytes.length >> 1) + 200)
  await writeFile(join(folder, table), bytes)
  await expect(sealDatabase(sealing)).rejects.toMatchObject({ status: 'corrupt' })
  expect(await readdir(folderOf(path, 'shop'))).toEqual(['CURRENT-GENERATION', 'gen-000001'])
})

test('rotation puts all sealed databases under the new key, and may be called again', async () => {
  const path = await newFolder()
  await fill(path, { masterKey: key }, ['main', 'shop'])
  await fill(path, { onWarning: () => undefined }, ['clear'])
  const rotation = { path, from: key, to: otherKey }
  expect(await rotateMasterKey(rotation)).toEqual(['main', 'shop'])
  expect(await rotateMasterKey(rotation)).toEqual(['main', 'shop'])
  await expectIntact(path, otherKey)
  await expectIntact(path, otherKey, 'shop')
  const engine = await openEngine({ path, masterKey: key })
  await expect(engine.database('shop')).rejects.toMatchObject(codeOf('STORAGE_KEY_WRONG'))
  await engine.close()
})

test('rotation with a key that fits one database only changes none', async () => {
  const path = await newFolder()
  await fill(path, { masterKey: key }, ['a'])
  await fill(path, { masterKey: otherKey }, ['b'])
  const rotation = { path, from: key, to: randomBytes(32) }
  await expect(rotateMasterKey(rotation)).rejects.toMatchObject(codeOf('STORAGE_KEY_WRONG'))
  await expectIntact(path, key, 'a')
  await expectIntact(path, otherKey, 'b')
})

test('a rotation that was cut short is finished by calling it again', async () => {
  const path = await newFolder()
  await fill(path, { masterKey: key }, ['a', 'b', 'c'])
  const rotation = { path, from: key, to: otherKey }
  let databases = 0
  const onDatabase = () => {
    databases += 1
    if (databases === 3) throw new Error('cut short')
  }
  await expect(rotateMasterKey({ ...rotation, onDatabase })).rejects.toThrow('cut short')
  await expectIntact(path, otherKey, 'a')
  await expectIntact(path, key, 'c')
  await rotateMasterKey(rotation)
  for (const name of ['a', 'b', 'c']) await expectIntact(path, otherKey, name)
})

test('a rotation of data keys leaves no page that the old data key opens', async () => {
  const path = await newFolder()
  await fill(path, { masterKey: key })
  const head = await expectIntact(path, key)
  const keyFile = await readFile(join(folderOf(path), 'gen-000001.key'), 'latin1')
  await rotateMasterKey({ path, from: key, to: key, renewsDataKeys: true })
  expect((await readdir(folderOf(path))).sort()).toEqual([
    'CURRENT-GENERATION',
    'gen-000002',
    'gen-000002.key',
  ])
  expect(await expectIntact(path, key)).toBe(head)
  // The old data key, were it known, is of no use.
  await writeFile(join(folderOf(path), 'gen-000002.key'), keyFile)
  const engine = await openEngine({ path, masterKey: key })
  await expect(engine.database('main')).rejects.toMatchObject(codeOf('STORAGE_CORRUPT'))
  await engine.close()
})
