/** No file holds a key or a value, nor anything from which keys could be put in order. */

import { randomBytes } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openLevelStore } from '../leveldb/level-store.ts'
import { put } from '../testing/store-fixture.ts'
import { openSealedStore } from './open-sealed-store.ts'
import { smallShape } from './testing/sealed-fixture.ts'

const words = Array.from({ length: 400 }, (_, at) => `secret${at}word`)

async function allBytes(path: string): Promise<string> {
  let all = ''
  for (const name of await readdir(path)) {
    // LevelDB removes files in the background.
    const text = await readFile(join(path, name), 'latin1').catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error
      return ''
    })
    all += `${name}\n${text}`
  }
  return all
}

test('a search of the files finds no key and no value, in the log, in pages, in indexes or anywhere', async () => {
  const path = await mkdtemp(join(tmpdir(), 'sealed-secrets-'))
  const dataKey = randomBytes(32)
  const open = async () => {
    const base = await openLevelStore({ path, writeBufferBytes: 100_000, compression: false })
    return openSealedStore({ base, dataKey, writeBufferBytes: 30_000, shape: smallShape })
  }
  let store = await open()
  for (const word of words) {
    const long = Buffer.alloc(3_000, `long${word}`)
    await store.commit([put(`key${word}`, `value${word}`), put(`long${word}`, long)])
  }
  const inUse = await allBytes(path)
  await store.compact()
  const compacted = await allBytes(path)
  await store.close()
  store = await open()
  await store.commit([put(`key${words[0]}`, 'once more')])
  await store.close()
  for (const bytes of [inUse, compacted, await allBytes(path)]) {
    expect(bytes.length).toBeGreaterThan(20_000)
    expect(bytes).not.toMatch(/secret\d|\dword|keysecret|longsecret|once more/)
    expect(bytes.includes(dataKey.toString('latin1'))).toBe(false)
    expect(bytes.includes(dataKey.toString('hex'))).toBe(false)
  }
  await rm(path, { recursive: true })
})

test('that search finds them in a store that is not sealed', async () => {
  const path = await mkdtemp(join(tmpdir(), 'sealed-secrets-'))
  const store = await openLevelStore({ path, compression: false })
  await store.commit([put('keysecret1word', 'valuesecret2word')])
  await store.close()
  expect(await allBytes(path)).toMatch(/secret1word[\s\S]*secret2word/)
  await rm(path, { recursive: true })
})

test('the keys below are the same, whatever is stored in whatever order', async () => {
  const keysOf = async (order: readonly string[]) => {
    const path = await mkdtemp(join(tmpdir(), 'sealed-keys-'))
    const base = await openLevelStore({ path, compression: false })
    const store = await openSealedStore({ base, dataKey: randomBytes(32), shape: smallShape })
    for (const word of order) await store.commit([put(word, 'value')])
    await store.compact()
    const keys: string[] = []
    const snapshot = base.snapshot()
    for await (const chunk of snapshot.scan({ gte: Buffer.alloc(0), lt: Buffer.from([0xff]) })) {
      keys.push(...chunk.map(({ key }) => key.toString('hex')))
    }
    snapshot.close()
    await store.close()
    await rm(path, { recursive: true })
    return keys
  }
  const upwards = await keysOf(words)
  expect(await keysOf(words.toReversed())).toEqual(upwards)
  expect(await keysOf(words.map((word) => word.toUpperCase()))).toEqual(upwards)
})
