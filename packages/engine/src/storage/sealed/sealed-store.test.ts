import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { testKvStore } from '../kv-store.suite.ts'
import type { KvStore } from '../kv-store.ts'
import { openLevelStore } from '../leveldb/level-store.ts'
import type { OpenStore } from '../testing/opened-store.ts'
import { openSealedStore, type SealedStoreOptions } from './open-sealed-store.ts'
import { lastingMemory, smallShape } from './testing/sealed-fixture.ts'

type Options = Omit<SealedStoreOptions, 'base' | 'dataKey'>

function sealing(
  openBase: () => Promise<KvStore>,
  sealedOptions: Options,
  forget = async () => {},
): OpenStore {
  const dataKey = randomBytes(32)
  return async (options) => {
    const open = async () =>
      openSealedStore({ base: await openBase(), dataKey, ...sealedOptions, ...options })
    let store = await open()
    return {
      store,
      async reopen() {
        await store.close()
        store = await open()
        return store
      },
      async dispose() {
        await store.close()
        await forget()
      },
    }
  }
}

function onLevelDb(sealedOptions: Options): OpenStore {
  return async (options) => {
    const path = await mkdtemp(join(tmpdir(), 'sealed-store-'))
    const forget = () => rm(path, { recursive: true })
    return sealing(() => openLevelStore({ path, compression: false }), sealedOptions, forget)(options)
  }
}

const small: Options = { writeBufferBytes: 200_000, cacheBytes: 50_000, shape: smallShape }

testKvStore('sealed leveldb', onLevelDb({}))

testKvStore('sealed leveldb of small segments', onLevelDb(small))

testKvStore('sealed store with async reads', (options) => {
  const memory = lastingMemory('async')
  return sealing(async () => memory.open(), small)(options)
})
