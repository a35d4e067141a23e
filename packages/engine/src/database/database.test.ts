/** The library as its user meets it, on memory and on files. */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { RecordId } from '@dendrodb/protocol'
import { afterAll, describe, expect, test } from 'vitest'
import { type Engine, openEngine } from '../open-engine.ts'
import type { Database } from './database.ts'

const folders: string[] = []

afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true })
})

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'ddb-library-'))
  folders.push(folder)
  return folder
}

async function withDatabase(
  path: string | undefined,
  use: (database: Database, engine: Engine) => Promise<void>,
) {
  const engine = await openEngine(path === undefined ? {} : { path })
  try {
    await use(await engine.database('shop'), engine)
  } finally {
    await engine.close()
  }
}

describe.each(['memory', 'files'])('in %s', (place) => {
  const open = async (use: (database: Database, engine: Engine) => Promise<void>) => {
    return withDatabase(place === 'memory' ? undefined : await newFolder(), use)
  }

  test('what is put can be read, replaced and deleted, each with a receipt', () =>
    open(async (shop) => {
      const first = await shop.put('product:1', {
        name: 'lamp',
        price: 20,
        tags: new Set(['a']),
        made: new Date(0),
      })
      expect(first).toMatchObject({ seq: 1, head: expect.stringMatching(/^b2:[0-9a-f]{64}$/) })
      expect(await shop.get('product:1')).toMatchObject({
        id: new RecordId('product', 1),
        name: 'lamp',
        price: 20,
      })
      const second = await shop.put(new RecordId('product', 1), { name: 'lamp' })
      expect(second.seq).toBe(2)
      expect(second.head).not.toBe(first.head)
      expect(await shop.get('product:1')).toEqual({ id: new RecordId('product', 1), name: 'lamp' })
      expect(await shop.delete('product:1')).toMatchObject({ isDeleted: true, seq: 3 })
      expect(await shop.delete('product:1')).toMatchObject({ isDeleted: false, seq: 3 })
      expect(await shop.get('product:1')).toBeUndefined()
      expect(await shop.get('product:1', { asOf: { seq: 1 } })).toMatchObject({ price: 20 })
      expect(shop.head()).toMatchObject({ seq: 3 })
    }))

  test('results are copies: changing one changes nothing else', () =>
    open(async (shop) => {
      await shop.put('product:1', { size: { width: 1 }, list: [1] })
      for (let round = 0; round < 2; round += 1) {
        const found = (await shop.get('product:1')) as { size: { width: number }; list: number[] }
        expect(found).toMatchObject({ size: { width: 1 }, list: [1] })
        found.size.width = 99
        found.list.push(2)
        const [rows] = (await shop.query('SELECT * FROM product')) as [{ size: { width: number } }[]]
        expect(rows[0]?.size.width).toBe(1)
        if (rows[0] !== undefined) rows[0].size.width = 98
      }
    }))

  test('a commit is all or nothing', () =>
    open(async (shop) => {
      await shop.query('DEFINE INDEX name ON product FIELDS name UNIQUE')
      const twice = shop.commit([
        { put: 'product:1', fields: { name: 'lamp' } },
        { put: 'product:2', fields: { name: 'lamp' } },
      ])
      await expect(twice).rejects.toMatchObject({ code: 'INDEX_UNIQUE_VIOLATION' })
      expect(await shop.get('product:1')).toBeUndefined()
      const { seq } = await shop.commit([
        { put: 'product:1', fields: { name: 'lamp' } },
        { delete: 'product:9' },
      ])
      expect(shop.head().seq).toBe(seq)
    }))

  test('select filters, sorts and pages', () =>
    open(async (shop) => {
      for (let at = 0; at < 10; at += 1) {
        await shop.put(`product:${at}`, {
          price: at * 10,
          kind: at % 2 === 0 ? 'even' : 'odd',
          size: { w: at },
        })
      }
      const ids = async (options: Parameters<Database['select']>[1]) => {
        return (await shop.select('product', options)).map(({ id }) => (id as RecordId).key)
      }
      expect(await ids({ where: { kind: 'odd' }, orderBy: { price: 'desc' }, limit: 2, start: 1 })).toEqual([
        7, 5,
      ])
      expect(await ids({ where: { 'size.w': 3 } })).toEqual([3])
      expect(await ids({ where: { kind: "x' OR true" } })).toEqual([])
      expect(await ids({ asOf: 2 })).toEqual([0, 1])
    }))

  test('query gives a result per statement and throws the first error; run reports each', () =>
    open(async (shop) => {
      expect(await shop.query('RETURN 1; RETURN $x', { x: [2] })).toEqual([1, [2]])
      await expect(shop.query('RETURN 1; SELCT * FROM x')).rejects.toMatchObject({
        code: 'DQL_SYNTAX',
        details: { line: 1 },
      })
      const { results } = await shop.run("RETURN 1; RETURN 1 + 'a'")
      expect(results.map(({ status }) => status)).toEqual(['ok', 'error'])
    }))

  test('bad input is refused with a code and leaves nothing behind', () =>
    open(async (shop) => {
      const circle: Record<string, unknown> = {}
      circle.self = circle
      await expect(shop.put('product:1', circle)).rejects.toMatchObject({ code: 'VALUE_CYCLE' })
      await expect(shop.put('product:1', { f: () => 1 })).rejects.toMatchObject({ code: 'VALUE_UNSUPPORTED' })
      await expect(shop.put('no id', {})).rejects.toMatchObject({ code: 'LITERAL_SYNTAX' })
      await expect(shop.get('product:1', { asOf: { seq: 99 } })).rejects.toMatchObject({
        code: 'LEDGER_AS_OF_UNKNOWN',
      })
      const meta = { confidence: 2 }
      await expect(shop.put('product:1', {}, meta)).rejects.toMatchObject({ code: 'LEDGER_META_INVALID' })
      expect(shop.head().seq).toBe(0)
    }))

  test('field names of Object.prototype are fields like any other', () =>
    open(async (shop) => {
      await shop.put(
        'product:1',
        JSON.parse('{"__proto__": {"polluted": 1}, "constructor": "c", "toString": null}'),
      )
      expect(({} as { polluted?: number }).polluted).toBeUndefined()
      const found = await shop.get('product:1')
      expect(Object.keys(found ?? {}).sort()).toEqual(['__proto__', 'constructor', 'id', 'toString'])
      const [rows] = await shop.query('SELECT VALUE constructor FROM product; ')
      expect(rows).toEqual(['c'])
    }))
})

test('what was acknowledged is there after closing and opening again, and verifies', async () => {
  const path = await newFolder()
  let head = ''
  await withDatabase(path, async (shop) => {
    await shop.query('DEFINE INDEX price ON product FIELDS price; CREATE product:1 SET price = 1')
    head = (await shop.put('product:2', { price: 2 })).head
  })
  await withDatabase(path, async (shop, engine) => {
    expect(await engine.databaseNames()).toEqual(['shop'])
    expect(shop.head().head).toBe(head)
    expect(await shop.query('SELECT VALUE price FROM product WHERE price >= 1')).toEqual([[1, 2]])
    const report = await shop.verify()
    expect(report).toMatchObject({ isIntact: true, head })
  })
})

test('a database that was closed by itself is opened again when it is asked for', async () => {
  const engine = await openEngine({ path: await newFolder() })
  const first = await engine.database('shop')
  await first.put('product:1', { name: 'lamp' })
  const closed = first.close()
  const second = await engine.database('shop')
  expect(await second.get('product:1')).toMatchObject({ name: 'lamp' })
  await closed
  await expect(first.put('product:2', {})).rejects.toMatchObject({ code: 'LEDGER_CLOSED' })
  await engine.close()
})

test('a transaction that fails throws the error of the statement that was the reason', async () => {
  await withDatabase(undefined, async (shop) => {
    const failing = shop.query('BEGIN; CREATE product:1; CREATE product:1; COMMIT')
    await expect(failing).rejects.toMatchObject({ code: 'QUERY_RECORD_EXISTS' })
    await expect(shop.query('BEGIN; CREATE product:1; CANCEL')).rejects.toMatchObject({
      code: 'QUERY_TRANSACTION_CANCELLED',
    })
    expect(await shop.get('product:1')).toBeUndefined()
  })
})

test('records can be written as JSON', async () => {
  await withDatabase(undefined, async (shop) => {
    await shop.query("CREATE product:1 SET price = 1.50dec, at = d'2026-01-01T00:00:00Z', wait = 5m")
    const text = JSON.stringify(await shop.get('product:1'))
    expect(JSON.parse(text)).toEqual({
      id: 'product:1',
      price: '1.5',
      at: '2026-01-01T00:00:00Z',
      wait: '5m',
    })
  })
})

test('a folder that is open is refused to a second engine', async () => {
  const path = await newFolder()
  await withDatabase(path, async () => {
    const second = await openEngine({ path })
    await expect(second.database('shop')).rejects.toMatchObject({ code: 'STORAGE_LOCKED' })
    await second.close()
  })
})
