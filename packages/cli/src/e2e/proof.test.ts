/** `ddb proof` from a server, and `ddb verify-proof`, as processes of their own. */

import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { openEngine } from '@dendrodb/engine'
import { expect, test } from 'vitest'
import { runDdb, startServer, temporaryFolder } from '../testing/run-ddb.ts'
import { runInProcess } from '../testing/run-in-process.ts'

test('a server proves what its folder does, and a process without either checks it', async () => {
  const cwd = temporaryFolder()
  const data = join(cwd, 'ddb-data')
  const engine = await openEngine({ path: data })
  const shop = await engine.database('shop')
  for (const total of [1, 2, 3]) await shop.put('invoice:1', { total }, { actor: 'ann' })
  const key = await shop.checkpointKey()
  await engine.close()
  const server = await startServer({ cwd })
  const prove = (args: readonly string[]) =>
    runInProcess(['proof', '--url', server.url, '--data', data, '-d', 'shop', ...args])
  for (const args of [
    ['invoice:1', '--as-of', '2'],
    ['--seq', '1', '--meta'],
    ['--from', '1'],
  ]) {
    const { code, stdout, stderr } = await prove(args)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const verified = await runInProcess(['verify-proof', '-', '--key', key], { input: stdout })
    expect(verified).toMatchObject({ code: 0, stderr: '' })
  }
  expect((await prove(['--public-key'])).stdout).toBe(`${key}\n`)
  const locked = await runDdb(['proof', '--data', data, '-d', 'shop', '--seq', '1'], {
    cwd,
    env: { DDB_URL: server.url },
  })
  const checked = await runDdb(['verify-proof', '-', '--key', key], { cwd, input: locked.stdout })
  expect(checked).toMatchObject({
    code: 0,
    stderr: '',
    stdout: expect.stringContaining('commit 1 is part of'),
  })
  const typo = await runInProcess(['proof', '--url', server.url, '--data', data, '-d', 'shpo', '--seq', '1'])
  expect([typo.code, typo.stderr]).toEqual([66, expect.stringContaining('CLI_DATABASE_UNKNOWN')])
  expect(readdirSync(join(data, 'databases')).sort()).toEqual(['main', 'shop'])
  const nobody = await runInProcess(['proof', '--url', server.url, '--data', '/nowhere', '--seq', '1'])
  expect(nobody.stderr).toContain('CLI_TOKEN_MISSING')
})
