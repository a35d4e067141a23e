/**
 * Data folders, backups and exports of each format that was ever in use, as they were written then
 * (scripts/make-format-fixture.ts): they open, answer as then, and verify.
 */

import { cpSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { toTypedJson } from '@dendrodb/protocol'
import { describe, expect, test } from 'vitest'
import { formatVersion } from '../ledger/manifest.ts'
import { importHistory, rebuildDatabase, restoreBackup } from '../offline.ts'
import { temporaryFolder, withShop } from '../testing/shop-folder.ts'

const fixtures = fileURLToPath(new URL('../../testdata', import.meta.url))
const formats = readdirSync(fixtures)

interface Expected {
  readonly seq: number
  readonly head: string
  readonly answers: readonly { readonly question: string; readonly answer: unknown }[]
}

test('there is a fixture of every format up to the present one', () => {
  const all = Array.from({ length: formatVersion }, (_, at) => `format-${at + 1}`)
  expect(formats.sort()).toEqual(all)
})

describe.each(formats)('%s', (format) => {
  const file = (name: string) => join(fixtures, format, name)
  const expected: Expected = JSON.parse(readFileSync(file('expected.json'), 'utf8'))

  const expectSame = (path: string) =>
    withShop(path, async (shop) => {
      const { seq, head, answers } = expected
      expect(shop.head()).toEqual({ seq, head })
      for (const { question, answer } of answers) {
        const [given] = await shop.query(question)
        expect({ question, answer: toTypedJson(given) }).toEqual({ question, answer })
      }
      const { findings, erased, expired } = await shop.verify()
      expect({ findings, erased, expired }).toEqual({ findings: [], erased: 3, expired: 2 })
      await shop.query('CREATE product:new SET price = 3')
      expect((await shop.verify()).findings).toEqual([])
    })

  function copy(): string {
    const path = temporaryFolder()
    cpSync(file('data'), path, { recursive: true })
    return path
  }

  test('its data folder opens and answers as it did', () => expectSame(copy()))

  test('its database is rebuilt from its log', async () => {
    const path = copy()
    await rebuildDatabase({ path, name: 'shop' })
    await expectSame(path)
  })

  test('its backup is restored', async () => {
    const path = temporaryFolder()
    await restoreBackup({ path, files: [file('shop.ddbackup')] })
    await expectSame(path)
  })

  test('its exports are imported', async () => {
    const path = temporaryFolder()
    await importHistory({ path, file: file('history.jsonl') })
    await expectSame(path)
    const fresh = temporaryFolder()
    await withShop(fresh, async (shop) => {
      expect(await shop.import({ file: file('records.jsonl') })).toMatchObject({ unchanged: 0 })
      expect(await shop.query('SELECT VALUE price FROM product:9; RETURN $rate')).toEqual([
        [3],
        expect.anything(),
      ])
    })
  })
})
