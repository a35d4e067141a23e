import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { signingKeyAgeMs } from './limits.ts'
import { resealKeys } from './reseal-keys.ts'
import { SigningKeys, signingKeyFile } from './signing-keys.ts'

const tmk = 'ab'.repeat(32)

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'ddb-keys-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return folder
}

interface OpenOptions {
  readonly tmk?: string
  readonly nowMs?: number
}

async function openKeys(folder: string, { tmk, nowMs = 0 }: OpenOptions = {}) {
  const keys = await SigningKeys.open({ file: signingKeyFile(folder, tmk), now: () => nowMs })
  await keys.ready()
  return keys
}

const kidOf = async (keys: SigningKeys) => (await keys.newest()).kid
const keysFile = (folder: string) => join(folder, 'keys', 'signing-keys.json')
const masterFile = (folder: string) => join(folder, 'keys', 'master.key')

test('a key is made once and kept, for its owner alone to read', async () => {
  const folder = await newFolder()
  const kid = await kidOf(await openKeys(folder))
  expect(await kidOf(await openKeys(folder))).toBe(kid)
  for (const file of [keysFile(folder), masterFile(folder)]) {
    expect((await stat(file)).mode & 0o777).toBe(0o600)
  }
})

test('the file does not show the private key', async () => {
  const folder = await newFolder()
  const { privateKey } = await (await openKeys(folder)).newest()
  const text = await readFile(keysFile(folder), 'utf8')
  const der = privateKey.export({ type: 'pkcs8', format: 'der' })
  expect(text).not.toContain('PRIVATE KEY')
  const [sealed] = JSON.parse(text).keys
  expect(Buffer.from(sealed.sealed, 'base64').includes(der.subarray(30, 60))).toBe(false)
})

test('under a master key there is no key file beside the keys', async () => {
  const folder = await newFolder()
  const kid = await kidOf(await openKeys(folder, { tmk }))
  await expect(stat(masterFile(folder))).rejects.toThrow('ENOENT')
  expect(await kidOf(await openKeys(folder, { tmk }))).toBe(kid)
})

test('keys move under a master key when one is set for the first time', async () => {
  const folder = await newFolder()
  const kid = await kidOf(await openKeys(folder))
  expect(await kidOf(await openKeys(folder, { tmk }))).toBe(kid)
  await expect(stat(masterFile(folder))).rejects.toThrow('ENOENT')
  await expect(openKeys(folder)).rejects.toMatchObject({ code: 'KEYS_UNREADABLE' })
})

test('another master key, or none, is told apart from a damaged file', async () => {
  const folder = await newFolder()
  await openKeys(folder, { tmk })
  await expect(openKeys(folder, { tmk: 'cd'.repeat(32) })).rejects.toThrow('another master key')
  await expect(openKeys(folder)).rejects.toThrow('set DDB_TMK')
  for (const text of ['', '{}', 'null', '[]', '{"format":1,"sealedWith":"tmk","keys":[{}]}']) {
    await writeFile(keysFile(folder), text)
    await expect(openKeys(folder, { tmk })).rejects.toThrow('the file is damaged')
  }
})

test('keys move to another master key, or to a key file, and doing it twice does no harm', async () => {
  const folder = await newFolder()
  const [other, third] = ['cd'.repeat(32), 'ef'.repeat(32)]
  const kid = await kidOf(await openKeys(folder, { tmk }))
  for (let twice = 0; twice < 2; twice += 1) await resealKeys(folder, tmk, other)
  expect(await kidOf(await openKeys(folder, { tmk: other }))).toBe(kid)
  await expect(openKeys(folder, { tmk })).rejects.toThrow('another master key')
  await expect(resealKeys(folder, tmk, third)).rejects.toThrow('another master key')
  for (let twice = 0; twice < 2; twice += 1) await resealKeys(folder, other, undefined)
  expect(await kidOf(await openKeys(folder))).toBe(kid)
  await resealKeys(folder, undefined, tmk)
  expect(await kidOf(await openKeys(folder, { tmk }))).toBe(kid)
  await expect(stat(masterFile(folder))).rejects.toThrow('ENOENT')
  const empty = await newFolder()
  await resealKeys(empty, tmk, other)
  await expect(stat(keysFile(empty))).rejects.toThrow('ENOENT')
})

test('a key signs for ninety days; the one before it still verifies, older ones are dropped', async () => {
  const folder = await newFolder()
  const first = await kidOf(await openKeys(folder, { nowMs: 0 }))
  expect(await kidOf(await openKeys(folder, { nowMs: signingKeyAgeMs - 1 }))).toBe(first)
  const rotated = await openKeys(folder, { nowMs: signingKeyAgeMs })
  const second = await kidOf(rotated)
  expect(second).not.toBe(first)
  expect(await rotated.publicKey(first)).toBeDefined()
  const reopened = await openKeys(folder, { nowMs: 2 * signingKeyAgeMs })
  expect(await reopened.publicKey(second)).toBeDefined()
  expect(await reopened.publicKey(first)).toBeUndefined()
})

test('without a folder keys live as long as the process', async () => {
  const keys = await SigningKeys.open({ now: () => 0 })
  expect(await kidOf(keys)).toMatch(/^[\w-]{22}$/)
})
