import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { contentOf, del, put } from '../testing/store-fixture.ts'
import { openLevelStore } from './level-store.ts'

async function filesWith(folder: string, text: string): Promise<string[]> {
  const found: string[] = []
  for (const name of await readdir(folder)) {
    if ((await readFile(join(folder, name))).includes(text)) found.push(name)
  }
  return found
}

test('what was deleted or overwritten a moment ago leaves the files, however little it was', async () => {
  const path = await mkdtemp(join(tmpdir(), 'level-compaction-'))
  const store = await openLevelStore({ path, compression: false })
  await store.commit([put('a', 'to stay'), put('b', 'to be deleted'), put('c', 'to be overwritten')])
  await store.commit([del('b'), put('c', 'new')])
  expect(await filesWith(path, 'to be')).toHaveLength(1)
  await store.compact()
  expect(await filesWith(path, 'to be')).toEqual([])
  expect(await contentOf(store)).toEqual(['a=to stay', 'c=new'])
  await store.commit([put('d', 'to be deleted'), del('d')])
  await store.compact({ gte: Buffer.from('d'), lt: Buffer.from('e') })
  expect(await filesWith(path, 'to be')).toEqual([])
  await store.close()
  await rm(path, { recursive: true })
})
