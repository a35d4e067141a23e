import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { loadConfig } from './load-config.ts'
import { masterKeyOf } from './master-key.ts'

const key = 'aB'.repeat(32)

async function keyFile(text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'ddb-master-key-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  await writeFile(join(folder, 'tmk'), text)
  return join(folder, 'tmk')
}

const keyFrom = (env: Record<string, string>) =>
  masterKeyOf(loadConfig({ env, cwd: '/nonexistent', home: '/nonexistent' }).config)

test('is named itself, or in a file, or not at all', async () => {
  expect(keyFrom({})).toBeUndefined()
  for (const name of ['DDB_TMK', 'NEDB_TMK']) expect(keyFrom({ [name]: key })).toBe(key)
  const file = await keyFile(`${key}\n`)
  for (const name of ['DDB_TMK_FILE', 'NEDB_TMK_FILE']) expect(keyFrom({ [name]: file })).toBe(key)
})

test('that is named twice, cannot be read, or is none is refused, without showing it', async () => {
  const file = await keyFile('abcdef')
  const refusals: [Record<string, string>, string][] = [
    [{ DDB_TMK: key, DDB_TMK_FILE: file }, 'beside tmk'],
    [{ DDB_TMK_FILE: '/nonexistent/tmk' }, 'ENOENT'],
    [{ DDB_TMK_FILE: file }, '64 hexadecimal digits'],
    [{ DDB_TMK: 'abcdef' }, '64 hexadecimal digits'],
  ]
  for (const [env, problem] of refusals) {
    expect(() => keyFrom(env)).toThrow(problem)
    expect(() => keyFrom(env)).not.toThrow('abcdef')
  }
})
