/** What several files in one folder have to do with each other; of one alone: the server's signing keys. */

import { generateKeyPairSync } from 'node:crypto'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openKeyFile, type StoredKey } from './key-file.ts'

const masterKey = 'ab'.repeat(32)

async function newFolder() {
  const dataFolder = await mkdtemp(join(tmpdir(), 'ddb-key-file-'))
  onTestFinished(() => rm(dataFolder, { recursive: true }))
  const fileOf = (name: string, key?: string) =>
    openKeyFile({ dataFolder, name, purpose: `key of ${name}`, masterKey: key })
  return { fileOf, path: (name: string) => join(dataFolder, 'keys', name) }
}

function newKey(kid: string): StoredKey {
  return { kid, createdAtMs: 1_000, privateKey: generateKeyPairSync('ed25519').privateKey }
}

const jwkOf = ({ privateKey }: StoredKey) => privateKey.export({ format: 'jwk' })

test('files that are made at the same moment share one key beside them', async () => {
  const { fileOf } = await newFolder()
  const keys = ['a', 'b', 'c'].map((name) => ({ name, key: newKey(name) }))
  await Promise.all(keys.map(({ name, key }) => fileOf(name).write([key])))
  for (const { name, key } of keys) {
    expect((await fileOf(name).read()).map(jwkOf)).toEqual([jwkOf(key)])
  }
})

test('the key beside them stays until the last file has moved under a master key', async () => {
  const { fileOf, path } = await newFolder()
  const [a, b] = [newKey('a'), newKey('b')]
  await fileOf('a').write([a])
  await fileOf('b').write([b])
  expect((await fileOf('a', masterKey).read()).map(jwkOf)).toEqual([jwkOf(a)])
  expect((await stat(path('master.key'))).mode & 0o777).toBe(0o600)
  await expect(fileOf('a').read()).rejects.toMatchObject({ code: 'KEYS_UNREADABLE' })
  expect((await fileOf('b').read()).map(jwkOf)).toEqual([jwkOf(b)])
  expect((await fileOf('b', masterKey).read()).map(jwkOf)).toEqual([jwkOf(b)])
  await expect(stat(path('master.key'))).rejects.toThrow('ENOENT')
})

test('a key is not opened as one for another purpose', async () => {
  const { fileOf, path } = await newFolder()
  await fileOf('a').write([newKey('a')])
  const { writeFile } = await import('node:fs/promises')
  await writeFile(path('b.json'), await readFile(path('a.json')))
  await expect(fileOf('b').read()).rejects.toMatchObject({ code: 'KEYS_UNREADABLE' })
})

test('one that fails does not hold up the next', async () => {
  const { fileOf } = await newFolder()
  await fileOf('a', masterKey).write([newKey('a')])
  const [first, second] = await Promise.allSettled([fileOf('a').read(), fileOf('a', masterKey).read()])
  expect([first.status, second.status]).toEqual(['rejected', 'fulfilled'])
})
