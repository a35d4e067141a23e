import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { must } from '@dendrodb/protocol'
import { expect, test } from 'vitest'
import { keyFileOf, openGeneration, pointerName, storageFormat } from './generation.ts'
import { frameValue } from './leveldb/value-frame.ts'
import { keyFormat, readKeyFile, unwrapDataKey } from './sealed/key-file.ts'
import { buildFilter, hashKey } from './sealed/key-filter.ts'
import { MasterKey } from './sealed/master-key.ts'
import { PageCipher } from './sealed/page-cipher.ts'
import { packPage, unpackPage } from './sealed/page-content.ts'
import { entryTypes, SortedPageBuilder } from './sealed/sorted-page.ts'

const documented = await readFile(join(import.meta.dirname, '../../../../docs/formats/storage.md'), 'utf8')

test('frames are the bytes that the format document shows', () => {
  const textOf = (cell: string) => (cell === 'empty' ? '' : cell.replaceAll('`', ''))
  const rows = [...documented.matchAll(/^\| (empty|`\w+`) \| (empty|`\w+`) \| `([0-9a-f]{8,})` \|$/gm)]
  expect(rows).toHaveLength(4)
  for (const [, key = '', value = '', frame] of rows) {
    expect(frameValue(Buffer.from(textOf(key)), Buffer.from(textOf(value))).toString('hex')).toBe(frame)
  }
})

const bytesFrom = (first: number) => Buffer.from(Array.from({ length: 32 }, (_, at) => first + at))

test('the key file that the format document shows holds the data key that it names', async () => {
  const [line] = /^dendrodb-data-key \d .*$/m.exec(documented) ?? []
  expect(line?.startsWith(`dendrodb-data-key ${keyFormat} `)).toBe(true)
  const directory = await mkdtemp(join(tmpdir(), 'formats-doc-'))
  const generation = join(directory, 'gen-000001')
  await writeFile(keyFileOf(generation), `${line}\n`)
  const key = must(await readKeyFile(generation), 'the key file')
  expect(unwrapDataKey(generation, key, new MasterKey(bytesFrom(0)))).toEqual(bytesFrom(32))
  await rm(directory, { recursive: true })
})

test('the sealed value, the sorted page and the filter of the format document', () => {
  const [sealed = ''] = /^01f5[0-9a-f]+$/m.exec(documented) ?? []
  const content = new PageCipher(bytesFrom(32)).open('page', 7, Buffer.from(sealed, 'hex'))
  expect(content?.toString()).toBe('a page')
  const page = new SortedPageBuilder()
  page.add(Buffer.from('a'), entryTypes.value, Buffer.from('1'))
  page.add(Buffer.from('bc'), entryTypes.deleted, Buffer.alloc(0))
  expect(documented).toContain(`\`${page.finish().toString('hex')}\` is a page with`)
  const hashes = ['a', 'bc'].map((text) => hashKey(Buffer.from(text), 0, text.length))
  expect(documented).toContain(`\`${buildFilter(hashes).toString('hex')}\``)
})

test('the packed page of the format document', () => {
  const [, part = '', times = '', packed = ''] =
    /^A page of `([^`]+)` (\d+) times is packed as\n`([0-9a-f]+)`/m.exec(documented) ?? []
  const page = Buffer.from(part.repeat(Number(times)))
  expect(Buffer.concat(packPage(page)).toString('hex')).toBe(packed)
  expect(unpackPage(Buffer.from(packed, 'hex')).equals(page)).toBe(true)
})

test('the first pointer of a database is the text that the format document shows', async () => {
  const [, text] = /^The first one .* is `([^`]+)` and a line feed/m.exec(documented) ?? []
  const directory = await mkdtemp(join(tmpdir(), 'formats-doc-'))
  await openGeneration(directory)
  expect(await readFile(join(directory, pointerName), 'latin1')).toBe(`${text}\n`)
  expect(documented).toContain(`Storage format **${storageFormat}**`)
  await rm(directory, { recursive: true })
})
