import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../testing/run-ddb.ts'
import { backupFileName, newestBackupIn } from './backup-files.ts'

test('names sort in the order in which a restore takes the files', () => {
  const ranges = [
    [0, 9],
    [9, 10],
    [10, 1_000],
    [1_000, 20_000],
  ] as const
  const names = ranges.map(([fromSeq, toSeq]) => backupFileName({ database: 'shop', fromSeq, toSeq }))
  expect(names.toSorted()).toEqual(names)
  expect(names[0]).toBe('shop-0000000000-0000000009.ddbackup')
})

test('the newest backup of a database is found among others', async () => {
  const folder = temporaryFolder()
  expect(await newestBackupIn(folder, 'a/b')).toBeUndefined()
  const files = [
    backupFileName({ database: 'a/b', fromSeq: 0, toSeq: 5 }),
    backupFileName({ database: 'a/b', fromSeq: 5, toSeq: 12_345_678_901 }),
    backupFileName({ database: 'a/b-c', fromSeq: 0, toSeq: 99_999_999_999 }),
    backupFileName({ database: 'a', fromSeq: 0, toSeq: 99_999_999_999 }),
    `${backupFileName({ database: 'a/b', fromSeq: 0, toSeq: 99_999_999_999 })}.0123456789ab.partial`,
  ]
  for (const name of files) writeFileSync(join(folder, name), '')
  expect(await newestBackupIn(folder, 'a/b')).toBe(join(folder, files[1] ?? ''))
})
