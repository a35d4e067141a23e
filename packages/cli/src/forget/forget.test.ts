import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { sharedFolder } from '../testing/run-ddb.ts'
import { runInProcess } from '../testing/run-in-process.ts'

const inFolder = (folder: string, args: readonly string[]) =>
  runInProcess([...args, '--data', join(folder, 'data')])

const setup = "CREATE user:alice SET mail = 'a'; CREATE user:bob; RELATE user:alice->knows->user:bob"

const copy = sharedFolder(async (folder) => {
  expect(await inFolder(folder, ['sql', '--embedded', '-e', setup])).toMatchObject({ code: 0, stderr: '' })
})

describe('ddb erase', () => {
  test('erases, waits for the files, and says what the ledger has', async () => {
    const folder = copy()
    const { code, stdout, stderr } = await inFolder(folder, [
      'erase',
      'user:alice',
      '--yes',
      '--reason',
      'ticket 7',
    ])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout.split('\n')).toEqual([
      'erased: records 2, versions 2, metadata of commits 0',
      'nothing of it is in any file',
      expect.stringMatching(/^in the ledger: ⟨\$forgotten⟩:\S+, commitment [0-9a-f]{64}$/),
      expect.stringMatching(/^salt, kept nowhere else: [0-9a-f]{32}$/),
      '',
    ])
    const left = await inFolder(folder, ['sql', '-e', 'SELECT VALUE id FROM user, knows', '--json'])
    expect(left.stdout).not.toContain('alice')
    expect(left.stdout).toContain('bob')
  })

  test('several, as JSON', async () => {
    const { stdout } = await inFolder(copy(), ['erase', 'user:alice', 'user:bob', '--yes', '--json'])
    expect(JSON.parse(stdout)).toMatchObject({ records: 3, complete: true })
  })

  test('a reason is text, whatever is in it', async () => {
    const folder = copy()
    const reason = "it's \\ 'x'; ERASE user:bob"
    expect(await inFolder(folder, ['erase', 'user:alice', '--yes', '--reason', reason])).toMatchObject({
      code: 0,
    })
    expect((await inFolder(folder, ['sql', '-e', 'SELECT * FROM user:bob', '--json'])).stdout).toContain(
      'bob',
    )
  })

  test.each([
    [['erase', '--yes'], 'CLI_OPERAND_MISSING'],
    [['erase', 'user:alice'], 'CLI_NOT_CONFIRMED'],
    [['erase', 'x y', '--yes'], 'LITERAL_SYNTAX'],
    [['erase', 'user:carol', '--yes'], 'FORGET_UNKNOWN'],
    [['erase', 'user:alice', '--yes', '--reason', 'user:alice'], 'FORGET_REASON'],
    [['compact', 'x'], 'CLI_ARGUMENT_UNEXPECTED'],
  ])('%j is refused with %s', async (args, code) => {
    const { code: exit, stderr } = await inFolder(copy(), args)
    expect(stderr).toContain(`[${code}]`)
    expect(exit).not.toBe(0)
  })
})

test('ddb compact says how many bytes there were and are', async () => {
  const { stdout } = await inFolder(copy(), ['compact'])
  expect(stdout).toMatch(/^\d+ bytes, \d+ before\n$/)
  const { stdout: json } = await inFolder(copy(), ['compact', '--json'])
  expect(JSON.parse(json)).toEqual({ bytes_before: expect.any(Number), bytes_after: expect.any(Number) })
})
