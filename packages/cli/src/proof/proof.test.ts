/** `ddb proof` from a folder, and `ddb verify-proof`: what is said of what holds, and of what does not. */

import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openEngine } from '@dendrodb/engine'
import { describe, expect, test } from 'vitest'
import { sharedFolder, temporaryFolder } from '../testing/run-ddb.ts'
import { runInProcess } from '../testing/run-in-process.ts'

const filled = sharedFolder(async (cwd) => {
  const engine = await openEngine({ path: join(cwd, 'ddb-data') })
  const shop = await engine.database('shop')
  await shop.put('invoice:1', { total: 10, text: 'first\u001b[2Jline' }, { actor: 'ann' })
  const before = await shop.checkpoint()
  await shop.put('invoice:1', { total: 20 })
  await shop.delete('invoice:1')
  await shop.put('invoice:2', { total: 5 })
  const write = (name: string, value: unknown) =>
    writeFileSync(join(cwd, name), typeof value === 'string' ? value : JSON.stringify(value))
  write('record.json', await shop.proof({ record: 'invoice:1', asOf: { seq: 1 } }))
  write('deleted.json', await shop.proof({ record: 'invoice:1' }))
  write('commit.json', await shop.proof({ seq: 1 }, { meta: true }))
  write('growth.json', await shop.consistency(1))
  write('shop.pub', `${await shop.checkpointKey()}\n`)
  write('root.txt', before.root)
  await engine.close()
})

/** A folder with everything in it, and how to name and read a file there. */
function folder() {
  const cwd = filled()
  const at = (name: string) => join(cwd, name)
  return { at, read: (name: string) => readFileSync(at(name), 'utf8') }
}

describe('ddb verify-proof', () => {
  test('needs no data folder, and says what is proved and by whose key', async () => {
    const { at } = folder()
    rmSync(at('ddb-data'), { recursive: true })
    const args = ['verify-proof', at('record.json'), '--key', at('shop.pub')]
    const { code, stdout, stderr } = await runInProcess(args)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const lines = [
      'valid {5}invoice:1 had these contents in commit 1',
      'record {4}\\{.*total: 10.*\\}',
      'made {6}\\S+Z',
      'head {6}b2:[0-9a-f]{64}',
      'database {2}\\S{36}',
      'tree {6}4 commits up to \\S+, root [0-9a-f]{64}',
      'trust {5}it is signed with the key you gave',
    ]
    expect(stdout).toMatch(new RegExp(`^${lines.join('\n')}\n$`))
    expect(stdout).not.toContain('\u001b')
    expect(existsSync(at('ddb-data'))).toBe(false)
  })

  test('says that nobody vouches for a proof when neither key nor root is given', async () => {
    const { code, stdout } = await runInProcess(['verify-proof', folder().at('deleted.json')])
    expect(code).toBe(0)
    expect(stdout).toContain('invoice:1 was deleted in commit 3')
    expect(stdout).toContain('as the proof itself says')
    expect(stdout).toContain('nobody yet')
  })

  test('reads the key from the line and the proof from standard input, and writes JSON', async () => {
    const { read } = folder()
    const key = read('shop.pub').trim()
    const input = read('commit.json')
    const { code, stdout } = await runInProcess(['verify-proof', '-', '--key', key, '--json'], { input })
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      valid: true,
      type: 'commit',
      seq: 1,
      hash: 'blake2b',
      meta: { actor: 'ann' },
      checkpoint: { size: 4, key },
      trusted: ['key'],
    })
  })

  test('as JSON, a record and growth have what they prove', async () => {
    const { at } = folder()
    const of = async (name: string) =>
      JSON.parse((await runInProcess(['verify-proof', at(name), '--json'])).stdout)
    expect((await of('record.json')).record).toMatchObject({
      id: 'invoice:1',
      fields: { total: 10 },
      valid_to: null,
    })
    expect((await of('deleted.json')).record.fields).toBeNull()
    expect(await of('growth.json')).toMatchObject({ type: 'consistency', from_size: 1, trusted: [] })
  })

  test('checks growth against the root that one knew', async () => {
    const { at, read } = folder()
    const root = read('root.txt')
    const good = await runInProcess(['verify-proof', at('growth.json'), '--root', root])
    expect(good.stdout).toContain(`the first 1 of 4 commits are still those with the root ${root}`)
    expect(good.stdout).toContain('the root is the one you gave')
    const bad = await runInProcess(['verify-proof', at('growth.json'), '--root', '00'.repeat(32)])
    expect([bad.code, bad.stderr]).toEqual([65, expect.stringContaining('PROOF_NOT_TRUSTED_ROOT')])
  })

  test('a proof that does not hold is exit code 65, with both hashes', async () => {
    const { at, read } = folder()
    const { payload } = JSON.parse(read('deleted.json'))
    writeFileSync(at('forged.json'), JSON.stringify({ ...JSON.parse(read('record.json')), payload }))
    const person = await runInProcess(['verify-proof', at('forged.json'), '--key', at('shop.pub')])
    expect({ code: person.code, stdout: person.stdout }).toEqual({ code: 65, stdout: '' })
    expect(person.stderr).toMatch(
      /^error: the record version has the hash [0-9a-f]{64}; the commit holds [0-9a-f]{64}/,
    )
    const program = await runInProcess(['verify-proof', at('forged.json'), '--json'])
    expect(program).toMatchObject({ code: 65, stderr: '' })
    expect(JSON.parse(program.stdout)).toMatchObject({
      valid: false,
      code: 'PROOF_COMMITMENT_MISMATCH',
      expected: expect.stringMatching(/^[0-9a-f]{64}$/),
      computed: expect.stringMatching(/^[0-9a-f]{64}$/),
    })
  })

  test.each([
    [[], 64, 'CLI_PROOF_FILE'],
    [['nowhere.json'], 66, 'CLI_FILE_UNREADABLE'],
    [['record.json', '--key', '/nowhere.pub'], 66, 'CLI_FILE_UNREADABLE'],
    [['record.json', '--key', 'a+b'], 64, 'PROOF_KEY_MALFORMED'],
    [['record.json', '--root', 'xy'], 65, 'PROOF_MALFORMED'],
    [['shop.pub'], 65, 'PROOF_MALFORMED'],
    [['record.json', 'commit.json'], 64, 'CLI_ARGUMENT_UNEXPECTED'],
  ])('%j is exit code %i', async ([file, ...rest], code, reason) => {
    const named = file === undefined ? [] : [folder().at(file)]
    const ended = await runInProcess(['verify-proof', ...named, ...rest])
    expect(ended).toMatchObject({ code, stdout: '', stderr: expect.stringContaining(reason) })
  })
})

describe('ddb proof --data', () => {
  const prove = (at: (name: string) => string, args: readonly string[], env: Record<string, string> = {}) =>
    runInProcess(['proof', '--data', at('ddb-data'), '-d', 'shop', ...args], { env })

  test.each([
    ['as it is', ['invoice:2']],
    ['as it was, with its reasons', ['invoice:1', '--as-of', '2', '--meta']],
    ['in the tree of then', ['invoice:1', '--size', '2']],
    ['a commit', ['--seq', '4', '--size', '4']],
    ['growth', ['--from', '1', '--size', '3']],
  ])('%s: what it writes verifies', async (_, args) => {
    const { at } = folder()
    const { code, stdout, stderr } = await prove(at, args)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const verified = await runInProcess(['verify-proof', '-', '--key', at('shop.pub')], { input: stdout })
    expect(verified).toMatchObject({ code: 0, stderr: '' })
  })

  test('--public-key prints the key, and --out writes a file', async () => {
    const { at, read } = folder()
    expect((await prove(at, ['--public-key'])).stdout).toBe(read('shop.pub'))
    expect(await prove(at, ['--seq', '1', '-o', at('p.json')])).toEqual({ code: 0, stdout: '', stderr: '' })
    expect((await runInProcess(['verify-proof', at('p.json'), '--key', at('shop.pub')])).code).toBe(0)
  })

  test.each([
    [[], 64, 'CLI_PROOF_SUBJECT'],
    [['invoice:1', '--seq', '1'], 64, 'CLI_OPTIONS_CLASH'],
    [['--seq', '1', '--from', '1'], 64, 'CLI_OPTIONS_CLASH'],
    [['--seq', '1', '--as-of', '1'], 64, 'CLI_OPTIONS_CLASH'],
    [['--public-key', '--size', '1'], 64, 'CLI_OPTIONS_CLASH'],
    [['--from', '1', '--meta'], 64, 'CLI_OPTIONS_CLASH'],
    [['--seq', 'x'], 64, 'CLI_OPTION_VALUE'],
    [['--seq', '9007199254740993'], 64, 'CLI_OPTION_VALUE'],
    [['--seq', '9'], 66, 'PROOF_SEQ_UNKNOWN'],
    [['--seq', '0'], 66, 'PROOF_SEQ_UNKNOWN'],
    [['invoice'], 64, 'LITERAL_SYNTAX'],
    [['invoice:9'], 66, 'PROOF_RECORD_UNKNOWN'],
    [['--seq', '1', '-o', '/no/such/folder/p.json'], 69, 'CLI_FILE_UNWRITABLE'],
  ])('%j is exit code %i', async (args, code, reason) => {
    const ended = await prove(folder().at, args)
    expect(ended).toMatchObject({ code, stdout: '', stderr: expect.stringContaining(reason) })
  })

  test('nothing is made where there is nothing', async () => {
    const cwd = temporaryFolder()
    const { code, stderr } = await runInProcess(['proof', '--data', join(cwd, 'nowhere'), '--seq', '1'])
    expect([code, stderr]).toEqual([66, expect.stringContaining('CLI_DATA_MISSING')])
    expect(readdirSync(cwd)).not.toContain('nowhere')
  })

  test('where the keys are sealed with a master key, it is needed', async () => {
    const { at } = folder()
    const tmk = 'ab'.repeat(32)
    expect((await prove(at, ['--seq', '1'], { DDB_TMK: tmk })).code).toBe(0)
    expect((await prove(at, ['--seq', '1'], { NEDB_TMK: tmk })).code).toBe(0)
    expect((await prove(at, ['--seq', '1'])).stderr).toContain('KEYS_UNREADABLE')
  })
})
