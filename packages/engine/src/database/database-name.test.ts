import { expect, test } from 'vitest'
import { openEngine } from '../open-engine.ts'
import {
  checkDatabaseName,
  databaseNameCharsMax,
  databaseOfFolder,
  folderOfDatabase,
} from './database-name.ts'

test.each(['shop', 'a/b', 'a-b_c/D/9', 'x'.repeat(databaseNameCharsMax)])('%s is a name', (name) => {
  expect(checkDatabaseName(name)).toBe(name)
  expect(databaseOfFolder(folderOfDatabase(name))).toBe(name)
})

const bad = [
  '',
  '/',
  '/a',
  'a/',
  'a//b',
  '..',
  'a/../b',
  '.a',
  'a.b',
  'ä',
  'a b',
  'a\0',
  'x'.repeat(databaseNameCharsMax + 1),
]

test.each(bad)('%j is no name', (name) => {
  expect(() => checkDatabaseName(name)).toThrow(expect.objectContaining({ code: 'ENGINE_DATABASE_NAME' }))
})

test('a name whose SQL catalog is taken is refused, whatever its case', async () => {
  const engine = await openEngine()
  await engine.database('project/shop')
  for (const name of ['project_shop', 'PROJECT/shop']) {
    await expect(engine.database(name)).rejects.toMatchObject({ code: 'ENGINE_DATABASE_NAME_TAKEN' })
  }
  expect(await engine.databaseNames()).toEqual(['project/shop'])
  await engine.close()
})

test('databases see nothing of one another', async () => {
  const engine = await openEngine()
  const [left, right] = [await engine.database('left'), await engine.database('right')]
  await left.put('note:1', { text: 'left' })
  expect(await right.get('note:1')).toBeUndefined()
  expect(right.head().seq).toBe(0)
  expect(left.head().head).not.toBe(right.head().head)
  await engine.close()
  await expect(engine.database('left')).rejects.toMatchObject({ code: 'ENGINE_CLOSED' })
})
