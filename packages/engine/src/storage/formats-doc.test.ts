import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openGeneration, pointerName, storageFormat } from './generation.ts'
import { frameValue } from './leveldb/value-frame.ts'

const documented = await readFile(join(import.meta.dirname, '../../../../docs/formats/storage.md'), 'utf8')

test('frames are the bytes that the format document shows', () => {
  const textOf = (cell: string) => (cell === 'empty' ? '' : cell.replaceAll('`', ''))
  const rows = [...documented.matchAll(/^\| (empty|`\w+`) \| (empty|`\w+`) \| `([0-9a-f]{8,})` \|$/gm)]
  expect(rows).toHaveLength(4)
  for (const [, key = '', value = '', frame] of rows) {
    expect(frameValue(Buffer.from(textOf(key)), Buffer.from(textOf(value))).toString('hex')).toBe(frame)
  }
})

test('the first pointer of a database is the text that the format document shows', async () => {
  const [, text] = /^The first one .* is `([^`]+)` and a line feed/m.exec(documented) ?? []
  const directory = await mkdtemp(join(tmpdir(), 'formats-doc-'))
  await openGeneration(directory)
  expect(await readFile(join(directory, pointerName), 'latin1')).toBe(`${text}\n`)
  expect(documented).toContain(`Storage format **${storageFormat}**`)
  await rm(directory, { recursive: true })
})
