import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { testKvStore } from '../kv-store.suite.ts'
import { openLevelStore } from './level-store.ts'

testKvStore('leveldb', async (options) => {
  const path = await mkdtemp(join(tmpdir(), 'level-store-'))
  let store = await openLevelStore({ path, ...options })
  return {
    store,
    async reopen() {
      await store.close()
      store = await openLevelStore({ path, ...options })
      return store
    },
    async dispose() {
      await store.close()
      await rm(path, { recursive: true })
    },
  }
})
