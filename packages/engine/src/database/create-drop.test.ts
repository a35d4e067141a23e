import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { RecordId } from '@dendrodb/protocol'
import { expect, onTestFinished, test } from 'vitest'
import { type Engine, type EngineOptions, openEngine } from '../open-engine.ts'

async function useEngine(options: EngineOptions = {}): Promise<Engine> {
  const engine = await openEngine(options)
  onTestFinished(() => engine.close())
  return engine
}

function useFolder(): string {
  const path = mkdtempSync(join(tmpdir(), 'ddb-create-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}

const init = {
  indexes: [{ table: 'product', fields: ['price'] }],
  seed: { product: [{ id: 'lamp', price: 20 }, { id: 'bulb', price: 3 }, { price: 1 }] },
  links: [{ from: 'product:lamp', relation: 'needs', to: 'product:bulb' }],
}

for (const kind of ['memory', 'files'] as const) {
  const optionsOf = () => (kind === 'files' ? { path: useFolder() } : {})

  test(`${kind}: a database begins with its indexes, records and links`, async () => {
    const engine = await useEngine(optionsOf())
    const shop = await engine.createDatabase('shop', { init })
    expect(await shop.get('product:lamp')).toMatchObject({ price: 20 })
    const { rows } = await shop.nql('FROM product WHERE price > 10 TRAVERSE needs')
    expect(rows).toMatchObject([{ _id: 'bulb', price: 3 }])
    expect(await shop.query('RETURN array::len((SELECT id FROM product))')).toEqual([3])
    expect(await shop.indexProgress('product', 'price')).toMatchObject({ state: 'ready', rowsDone: 3 })
    expect((await shop.verify()).findings).toEqual([])
    expect(await engine.databaseNames()).toEqual(['shop'])
  })

  test(`${kind}: a database that is there is not made again`, async () => {
    const engine = await useEngine(optionsOf())
    await engine.createDatabase('shop', { init })
    const again = engine.createDatabase('shop')
    await expect(again).rejects.toMatchObject({ code: 'ENGINE_DATABASE_EXISTS', status: 'conflict' })
    expect(
      await (await engine.database('shop')).query('RETURN array::len((SELECT id FROM product))'),
    ).toEqual([3])
  })

  test(`${kind}: of two that are made at once, one is`, async () => {
    const engine = await useEngine(optionsOf())
    const made = [engine.createDatabase('shop', { init }), engine.createDatabase('shop', { init })]
    const outcomes = await Promise.allSettled(made)
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    await expect(engine.createDatabase('SHOP')).rejects.toMatchObject({ code: 'ENGINE_DATABASE_NAME_TAKEN' })
  })

  test(`${kind}: who opens one that is being made gets the whole`, async () => {
    const engine = await useEngine(optionsOf())
    const making = engine.createDatabase('shop', { init })
    expect(
      await (await engine.database('shop')).query('RETURN array::len((SELECT id FROM product))'),
    ).toEqual([3])
    await making
  })

  test(`${kind}: nothing is left of one whose beginning fails`, async () => {
    const options = optionsOf()
    const engine = await useEngine(options)
    const twice = {
      product: [
        { id: 1, price: 1 },
        { id: 2, price: 1 },
      ],
    }
    const indexes = [{ table: 'product', fields: ['price'], unique: true }]
    await expect(engine.createDatabase('shop', { init: { indexes, seed: twice } })).rejects.toMatchObject({
      code: 'INDEX_UNIQUE_VIOLATION',
    })
    expect(engine.hasDatabase('shop')).toBe(false)
    expect(await engine.databaseNames()).toEqual([])
    if (options.path !== undefined) expect(readdirSync(join(options.path, 'databases'))).toEqual([])
    await engine.createDatabase('shop', { init })
  })

  test(`${kind}: two databases know nothing of each other, and one can go`, async () => {
    const engine = await useEngine(optionsOf())
    const one = await engine.createDatabase('one')
    const two = await engine.createDatabase('two')
    await one.put('a:1', { in: 1 })
    await two.put('a:1', { in: 2 })
    await engine.dropDatabase('one')
    expect(engine.hasDatabase('one')).toBe(false)
    expect(await two.get('a:1')).toMatchObject({ in: 2 })
    await expect(one.put('a:2', {})).rejects.toMatchObject({
      code: 'ENGINE_DATABASE_DROPPED',
      status: 'not_found',
    })
    await expect(one.get('a:1')).rejects.toMatchObject({ code: 'ENGINE_DATABASE_DROPPED' })
    await expect(engine.dropDatabase('one')).rejects.toMatchObject({ code: 'ENGINE_DATABASE_MISSING' })
    const anew = await engine.createDatabase('one')
    expect(await anew.get('a:1')).toBeUndefined()
  })
}

test('what a database shall begin with is checked before it is made', async () => {
  const engine = await useEngine()
  const bad = [
    { seed: { $table: [{ id: 'x' }] } },
    { seed: { a: [{ id: true }] } },
    { indexes: [{ table: 'a', fields: [] }] },
    { indexes: [{ table: 'a', fields: ['b..c'] }] },
    { links: [{ from: 'a:1', relation: '$index', to: 'a:2' }] },
  ]
  for (const each of bad) {
    await expect(engine.createDatabase('x', { init: each })).rejects.toMatchObject({
      code: 'ENGINE_INIT_INVALID',
    })
  }
  expect(engine.hasDatabase('x')).toBe(false)
})

test('a dropped database lies in the trash until it is emptied', async () => {
  const path = useFolder()
  const engine = await useEngine({ path })
  await engine.createDatabase('a/b', { init })
  await engine.dropDatabase('a/b')
  const trash = () => readdirSync(join(path, 'trash'))
  expect(trash()).toEqual([expect.stringMatching(/^a\.b-\d{8}T\d{6}\.\d{3}Z$/)])
  expect(await engine.emptyTrash(60_000)).toBe(0)
  expect(trash()).toHaveLength(1)
  expect(await engine.emptyTrash(0)).toBe(1)
  expect(trash()).toEqual([])
  await engine.createDatabase('c')
  await engine.dropDatabase('c', { purge: true })
  expect(trash()).toEqual([])
})

test('a database that cannot be opened can be dropped', async () => {
  const path = useFolder()
  const masterKey = '01'.repeat(32)
  const sealed = await openEngine({ path, masterKey })
  await sealed.createDatabase('secret')
  await sealed.close()
  const engine = await useEngine({ path })
  await engine.dropDatabase('secret')
  expect(await engine.databaseNames()).toEqual([])
})

test('a read that goes on when its database is dropped may finish', async () => {
  const engine = await useEngine({ path: useFolder() })
  const shop = await engine.createDatabase('shop', { init })
  const view = await shop.view()
  const dropping = engine.dropDatabase('shop')
  const [table] = [view.catalog.table('product')]
  expect(table && (await view.countTable(table))).toBe(3)
  view.close()
  await dropping
})

test('a read that does not end in time is ended, and the drop goes on', async () => {
  const engine = await useEngine({ path: useFolder() })
  const shop = await engine.createDatabase('shop', { init })
  const view = await shop.view()
  await engine.dropDatabase('shop')
  const read = async () => view.getRecord(RecordId.parse('product:bulb'))
  await expect(read()).rejects.toMatchObject({ code: 'STORAGE_CLOSED' })
  view.close()
  expect(engine.hasDatabase('shop')).toBe(false)
})

test('with a master key a database is made sealed', async () => {
  const path = useFolder()
  const masterKey = '02'.repeat(32)
  const sealed = await openEngine({ path, masterKey })
  await sealed.createDatabase('shop', { init })
  await sealed.close()
  const bare = await useEngine({ path })
  await expect(bare.database('shop')).rejects.toMatchObject({ code: 'STORAGE_KEY_NEEDED' })
  await bare.close()
  const again = await useEngine({ path, masterKey })
  expect(await (await again.database('shop')).get('product:lamp')).toMatchObject({ price: 20 })
})

test('databases out of use make room for others, and come back', async () => {
  const engine = await useEngine({ path: useFolder(), databasesOpenMax: 2, closeIdleMs: 0 })
  const first = await engine.createDatabase('d0')
  await first.put('a:1', { n: 0 })
  for (let n = 1; n < 5; n += 1) await (await engine.database(`d${n}`)).put('a:1', { n })
  expect(engine.openDatabases().map(({ name }) => name)).toEqual(['d3', 'd4'])
  await expect(first.get('a:2')).rejects.toMatchObject({ code: 'LEDGER_CLOSED' })
  for (let n = 0; n < 5; n += 1) {
    expect(await (await engine.database(`d${n}`)).get('a:1')).toMatchObject({ n })
  }
})

test('a database that is read, or followed, is not closed to make room', async () => {
  const engine = await useEngine({ path: useFolder(), databasesOpenMax: 2, closeIdleMs: 0 })
  const one = await engine.database('one')
  const two = await engine.database('two')
  const view = await one.view()
  const stop = two.onCommit(() => undefined)
  await expect(engine.database('three')).rejects.toMatchObject({ code: 'ENGINE_DATABASES_OPEN' })
  view.close()
  await engine.database('three')
  stop()
  await engine.database('four')
  expect(engine.openDatabases().map(({ name }) => name)).toEqual(['three', 'four'])
})

test('one that there is no room for is not made', async () => {
  const engine = await useEngine({ path: useFolder(), databasesOpenMax: 1 })
  const one = await engine.database('one')
  await expect(engine.createDatabase('two')).rejects.toMatchObject({ code: 'ENGINE_DATABASES_OPEN' })
  expect(engine.hasDatabase('two')).toBe(false)
  await one.close()
  await engine.createDatabase('two', { init })
})

test('without being told so, no database is closed behind its owner', async () => {
  const engine = await useEngine({ path: useFolder(), databasesOpenMax: 1 })
  const one = await engine.database('one')
  await expect(engine.database('two')).rejects.toMatchObject({ code: 'ENGINE_DATABASES_OPEN' })
  await one.put('a:1', {})
  await one.close()
  await engine.database('two')
})
