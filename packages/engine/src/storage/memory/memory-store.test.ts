import { expect, test } from 'vitest'
import { testKvStore } from '../kv-store.suite.ts'
import { openMemoryStore } from './memory-store.ts'

testKvStore('memory', async (options) => {
  const store = openMemoryStore(options)
  return { store, dispose: () => store.close() }
})

test('takes no room on disk', async () => {
  const store = openMemoryStore()
  await store.commit([{ type: 'put', key: Buffer.from('a'), value: Buffer.from('1') }])
  expect(await store.sizeBytes()).toBe(0)
  await store.close()
})
