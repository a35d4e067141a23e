import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openTestServer, rootToken } from '../sql/testing/test-server.ts'
import { temporaryFolder } from '../testing/run-ddb.ts'
import { runInProcess } from '../testing/run-in-process.ts'

const init = {
  indexes: [['product', 'price', 'eq']],
  seed: {
    product: [
      { _id: 'lamp', price: 20 },
      { _id: 'bulb', price: 3 },
    ],
  },
  links: [['product:lamp', 'needs', 'product:bulb']],
}

function initFile(content: unknown): string {
  const file = join(temporaryFolder(), 'init.json')
  writeFileSync(file, JSON.stringify(content))
  return file
}

test('databases of a folder are made, listed and dropped', async () => {
  const data = join(temporaryFolder(), 'data')
  const ddb = (...args: string[]) => runInProcess(['db', ...args, '--data', data])
  expect(await ddb('create', 'shop', '--init', initFile(init))).toMatchObject({
    code: 0,
    stdout: 'created shop (commit 3)\n',
    stderr: '',
  })
  expect(await ddb('create', 'team/one', '--hash', 'sha512', '--json')).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^{"name":"team\/one","seq":0,"head":"s2:[0-9a-f]{64}"}\n$/),
  })
  expect(await ddb('list')).toMatchObject({ code: 0, stdout: 'shop\nteam/one\n' })
  expect(await ddb('create', 'shop')).toMatchObject({
    code: 75,
    stderr: expect.stringContaining('[ENGINE_DATABASE_EXISTS]'),
  })
  expect(await ddb('drop', 'shop')).toMatchObject({ code: 0, stdout: expect.stringContaining('trash') })
  expect(await ddb('drop', 'team/one', '--purge')).toMatchObject({ stdout: 'removed team/one\n' })
  expect(readdirSync(join(data, 'trash'))).toEqual([expect.stringMatching(/^shop-/)])
  expect(await ddb('drop', 'shop')).toMatchObject({
    code: 66,
    stderr: expect.stringContaining('[ENGINE_DATABASE_MISSING]'),
  })
  expect(await ddb('list')).toMatchObject({ code: 0, stdout: '' })
})

test('nothing is made of a file that is not right', async () => {
  const data = join(temporaryFolder(), 'data')
  const ddb = (...args: string[]) => runInProcess(['db', ...args, '--data', data])
  const bad = initFile({ ...init, links: [['lamp', 'needs', 'bulb']] })
  expect(await ddb('create', 'shop', '--init', bad)).toMatchObject({
    code: 64,
    stderr: expect.stringContaining('init.links'),
  })
  expect(await ddb('create', 'shop', '--init', join(data, 'none'))).toMatchObject({
    code: 66,
    stderr: expect.stringContaining('[CLI_FILE_UNREADABLE]'),
  })
  expect((await ddb('list')).stdout).toBe('')
})

test('databases of a server', async () => {
  const server = await openTestServer()
  const ddb = (...args: string[]) => runInProcess(['db', ...args, '--url', server.url, '--token', rootToken])
  expect(await ddb('create', 'shop', '--init', initFile(init))).toMatchObject({ code: 0, stderr: '' })
  expect(await ddb('list')).toMatchObject({ stdout: 'main\nshop\n' })
  expect(await ddb('create', 'shop')).toMatchObject({
    code: 75,
    stderr: expect.stringContaining('[ENGINE_DATABASE_EXISTS]'),
  })
  expect(await ddb('drop', 'shop', '--purge')).toMatchObject({ code: 0, stdout: 'removed shop\n' })
  expect(await ddb('list', '--json')).toMatchObject({ stdout: '{"name":"main"}\n' })
})

test('what is not one of its words', async () => {
  for (const args of [['db'], ['db', 'burn'], ['db', 'create'], ['db', 'list', 'x']]) {
    expect(await runInProcess(args)).toMatchObject({ code: 64 })
  }
})
