/** Exports of a small shop: what they look like, where they go, and what is refused. */

import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Database } from '../database/database.ts'
import { importHistory } from '../offline.ts'
import { openEngine } from '../open-engine.ts'
import { answersOf, shopFolder, temporaryFolder, withShop } from '../testing/shop-folder.ts'

const shop = shopFolder()

async function linesOf(database: Database, history = false): Promise<string[]> {
  const chunks: Buffer[] = []
  for await (const chunk of (await database.openExport({ history })).chunks) chunks.push(chunk)
  return Buffer.concat(chunks).toString().trimEnd().split('\n')
}

function fileOf(lines: readonly string[]) {
  const stream = async function* () {
    yield Buffer.from(lines.join('\n'))
  }
  return { name: 'file', stream: stream() }
}

async function smallDatabase(): Promise<Database> {
  const database = await (await openEngine()).database('small')
  await database.query(`
    DEFINE PARAM $rate VALUE 0.2dec;
    DEFINE TABLE person SCHEMALESS PERMISSIONS FOR select FULL, FOR create, update, delete NONE;
    DEFINE INDEX tag ON person FIELDS tags.* COMMENT 'by tag';
    CREATE person:1 SET name = 'Ada', tags = ['a', 'b'], born = d'1815-12-10T00:00:00Z';
    RELATE person:1->knows:1->person:1`)
  return database
}

test('an export is lines that can be read', async () => {
  const lines = await linesOf(await smallDatabase())
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    dendrodb: 'records',
    format: 1,
    database: 'small',
    seq: 5,
  })
  expect(lines.slice(1)).toEqual([
    '{"param":"rate","value":{"$decimal":"0.2"}}',
    '{"table":"knows","implicit":true,"kind":{"type":"relation","from":[],"to":[],"enforced":false},"schema":"schemaless","drop":false}',
    '{"table":"person","kind":{"type":"any"},"schema":"schemaless","drop":false,"permissions":{"select":"full","create":"none","update":"none","delete":"none"}}',
    '{"record":["knows",1],"fields":{"in":{"$record":["person",1]},"out":{"$record":["person",1]}}}',
    '{"record":["person",1],"fields":{"born":{"$datetime":"1815-12-10T00:00:00Z"},"name":"Ada","tags":["a","b"]}}',
    '{"index":"tag","table":"person","fields":[["tags",{"each":true}]],"unique":false,"comment":"by tag"}',
    '{"end":{"records":2,"tables":2,"indexes":1}}',
  ])
})

test('an import makes tables, records, edges and indexes', async () => {
  const source = await smallDatabase()
  const target = await (await openEngine()).database('target')
  expect(await target.import({ file: fileOf(await linesOf(source)) })).toEqual({ written: 2, unchanged: 0 })
  const info =
    'INFO FOR DB; INFO FOR TABLE person; SELECT * FROM person; SELECT VALUE ->knows->person FROM person'
  expect(await target.query(info)).toEqual(await source.query(info))
  expect(
    JSON.stringify(await target.query("EXPLAIN SELECT * FROM person WHERE tags CONTAINS 'a'")),
  ).toContain('tag')
  expect((await target.verify()).findings).toEqual([])
})

test('an import goes on where it was interrupted', async () => {
  const path = shop()
  const lines = await withShop(path, (database) => linesOf(database))
  const target = await (await openEngine()).database('target')
  const cut = target.import({ file: fileOf(lines.slice(0, 150)) })
  await expect(cut).rejects.toMatchObject({ code: 'TRANSFER_INCOMPLETE' })
  const first = await target.import({ file: fileOf([...lines.slice(0, 150), '{"end":{}}']) })
  expect(first.written).toBeGreaterThan(100)
  const { written, unchanged } = await target.import({ file: fileOf(lines) })
  expect(unchanged).toBe(first.written)
  expect(written + unchanged).toBe(300)
  expect((await target.verify()).findings).toEqual([])
})

test('nothing that is there and is another is overwritten unasked', async () => {
  const source = await smallDatabase()
  const lines = await linesOf(source)
  const target = await (await openEngine()).database('target')
  await target.import({ file: fileOf(lines) })
  const changes = [
    ["UPDATE person:1 SET name = 'Bob'", 'the record person:1'],
    ['DEFINE PARAM OVERWRITE $rate VALUE 1', 'the parameter rate'],
    ['DEFINE TABLE OVERWRITE person PERMISSIONS FULL', 'the table person'],
    ['DEFINE INDEX OVERWRITE tag ON person FIELDS name', 'the index tag of person'],
  ] as const
  for (const [text, what] of changes) {
    await target.query(text)
    await expect(target.import({ file: fileOf(lines) }), text).rejects.toMatchObject({
      code: 'TRANSFER_EXISTS',
      message: expect.stringContaining(what),
    })
    await target.import({ file: fileOf(lines), overwrite: true })
    expect((await linesOf(target)).slice(1), text).toEqual(lines.slice(1))
  }
})

test.each([
  ['[]', 'it is not an object'],
  ['{"record":["person"]}', 'it is neither a record nor a definition'],
  ['{"record":["person",1.5],"fields":{}}', '1.5 is not an integer'],
  ['{"record":["person",2],"fields":{"a":{"$nonsense":1}}}', 'typed JSON: $nonsense is not a type'],
  ['{"table":"t","kind":{"type":"odd"},"schema":"schemaless","drop":false}', 'kind.type is'],
  ['{"table":"t","kind":{"type":"any"},"schema":"odd","drop":false}', 'schema is'],
  ['{"table":"t","kind":{"type":"any"},"schema":"schemaless"}', 'drop is true or false'],
  ['{"index":"i","table":"t","fields":[],"unique":false}', 'an index has fields'],
  ['{"index":"i","table":"t","fields":[[5]],"unique":false}', 'a step of a path'],
  ['{"record":', 'Unexpected end'],
])('the line %s is refused and named', async (line, problem) => {
  const target = await (await openEngine()).database('target')
  const lines = await linesOf(await smallDatabase())
  const broken = target.import({ file: fileOf(lines.toSpliced(3, 0, line)) })
  await expect(broken).rejects.toMatchObject({
    code: 'TRANSFER_LINE',
    message: expect.stringContaining(`file, line 4: ${problem}`),
  })
  expect(target.head().seq).toBe(0)
})

test('what is no export, or one of another kind, is refused', async () => {
  const database = await smallDatabase()
  const lines = await linesOf(database)
  const load = (changed: readonly string[]) => database.import({ file: fileOf(changed) })
  for (const first of ['', '{}', 'text', '{"dendrodb":"else","format":1,"database":"x"}']) {
    await expect(load([first, ...lines.slice(1)])).rejects.toMatchObject({ code: 'TRANSFER_NOT_ONE' })
  }
  await expect(load([(lines[0] ?? '').replace('"format":1', '"format":2')])).rejects.toMatchObject({
    code: 'TRANSFER_FORMAT_TOO_NEW',
  })
  await expect(load(await linesOf(database, true))).rejects.toMatchObject({ code: 'TRANSFER_OTHER_KIND' })
  await expect(load([...lines, lines[1] ?? ''])).rejects.toMatchObject({ code: 'TRANSFER_LINE' })
  await expect(database.import({ file: '/nowhere/at/all' })).rejects.toMatchObject({
    code: 'STORAGE_FILE_UNREADABLE',
  })
})

test('a history makes a database with the same head', async () => {
  const path = shop()
  const file = join(temporaryFolder(), 'shop.jsonl')
  const { head } = await withShop(path, (database) => database.export({ path: file, history: true }))
  const target = temporaryFolder()
  expect(await importHistory({ path: target, file })).toMatchObject({ name: 'shop', head, seq: 5 })
  expect(await answersOf(target)).toEqual(await answersOf(path))
  await expect(importHistory({ path: target, file })).rejects.toMatchObject({
    code: 'ENGINE_DATABASE_EXISTS',
  })
  const { trash } = await importHistory({ path: target, file, replace: true })
  expect(trash).toContain('trash')
})

test('a history that was changed in any line is refused and leaves nothing', async () => {
  const path = shop()
  const lines = await withShop(path, (database) => linesOf(database, true))
  const at = (start: string) => lines.findIndex((line) => line.startsWith(start))
  const edit = (start: string, from: string | RegExp, to: string) => {
    const place = at(start)
    return lines.with(place, (lines[place] ?? '').replace(from, to))
  }
  const broken = [
    edit('{"version":[2,5]', '"name":"', '"name":"x'),
    edit('{"version":[2,5]', /"salt":"../, '"salt":"AA'),
    edit('{"version":[2,5]', '"tableNumber":', '"tableNumber":1'),
    edit('{"commit":3', '"head":"b2:', '"head":"b2:0'),
    edit('{"commit":3', '"commit":3', '"commit":4'),
    edit('{"commit":3', /"stored":"..../, '"stored":"AAAA'),
    lines.toSpliced(at('{"commit":4'), 1),
    lines.toSpliced(at('{"version":[2,5]'), 1),
    lines.slice(0, -1),
    lines.slice(0, at('{"commit":5')),
    [...lines.slice(0, at('{"commit":5')), '{"end":{}}'],
    edit('{"dendrodb"', '"head":"b2:', '"head":"b2:0'),
    edit('{"dendrodb"', '"store":"', '"store":"AAAA'),
  ]
  for (const changed of broken) {
    const target = temporaryFolder()
    await expect(importHistory({ path: target, file: fileOf(changed) })).rejects.toMatchObject({
      code: expect.stringMatching(/^(TRANSFER_LINE|TRANSFER_INCOMPLETE|LEDGER_CORRUPT|CBOR_\w+)$/),
    })
    expect(readdirSync(join(target, 'databases'))).toEqual([])
  }
})

test('blank lines and other line ends do no harm', async () => {
  const lines = await linesOf(await smallDatabase())
  const target = await (await openEngine()).database('target')
  const file = join(temporaryFolder(), 'f')
  writeFileSync(file, `${lines.join('\r\n\n')}\n\n`)
  expect(await target.import({ file })).toEqual({ written: 2, unchanged: 0 })
  expect(readFileSync(file, 'utf8')).toContain('\r\n')
})
