import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { sharedFolder } from '../testing/run-ddb.ts'
import { runInProcess } from '../testing/run-in-process.ts'

const inFolder = (folder: string, args: readonly string[]) =>
  runInProcess([...args, '--data', join(folder, 'data')])

/** Commits 1 to 6. */
const setup = [
  "CREATE city:wien SET name = 'Wien', people = 1;",
  "UPDATE city:wien SET people = 2 EVIDENCE 'census' CAUSED BY 1 CONFIDENCE 0.5;",
  "UPDATE city:wien SET people = 3 VALID FROM '2026-01-01';",
  'DELETE city:wien;',
  "CREATE city:wien SET name = 'Wien'; DEFINE SNAPSHOT `a b`;",
  "CREATE city:graz SET name = 'Graz\\n'; CREATE river:1; DEFINE BRANCH b",
].join('')

const copy = sharedFolder(async (folder) => {
  expect(await inFolder(folder, ['sql', '--embedded', '-e', setup])).toMatchObject({ code: 0, stderr: '' })
})

const ddb = (...args: string[]) => inFolder(copy(), args)

/** Without the times. */
async function linesOf(...args: string[]): Promise<string[]> {
  const { code, stdout, stderr } = await ddb(...args)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return stdout
    .trimEnd()
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'T')
    .split('\n')
}

describe('ddb history', () => {
  test('of a record or a database that is not there is an error, and makes neither', async () => {
    const folder = copy()
    expect(await inFolder(folder, ['history', 'city:rom'])).toMatchObject({
      code: 66,
      stderr: expect.stringContaining('CLI_RECORD_UNKNOWN'),
    })
    for (const command of [
      ['history', 'city:wien'],
      ['diff', '0'],
      ['branch', 'list'],
    ]) {
      expect(await inFolder(folder, [...command, '-d', 'mian'])).toMatchObject({
        code: 66,
        stderr: expect.stringContaining('there is no database mian'),
      })
    }
    expect((await inFolder(folder, ['db', 'list'])).stdout).toBe('main\n')
  })

  test('tells of each version what it changed', async () => {
    expect(await linesOf('history', 'city:wien')).toEqual([
      '5  T  created',
      "    { id: city:wien, name: 'Wien' }",
      '4  T  deleted',
      '3  T  changed',
      '    people: 2 → 3',
      "    valid: { from: '2026-01-01' }",
      '2  T  changed  caused by [1]  evidence census  confidence 0.5',
      '    people: 1 → 2',
      '1  T  created',
      "    { id: city:wien, name: 'Wien', people: 1 }",
    ])
  })

  test('what was written again is unchanged', async () => {
    const folder = copy()
    await inFolder(folder, ['sql', '-e', 'UPDATE city:wien'])
    const { stdout } = await inFolder(folder, ['history', 'city:wien', '--limit', '1'])
    expect(stdout).toMatch(/^\d+ {2}\S+ {2}unchanged\nmore: /)
  })

  test('page by page', async () => {
    expect(await linesOf('history', 'city:wien', '--limit', '2', '--before', '4')).toEqual([
      '3  T  changed',
      '    people: 2 → 3',
      "    valid: { from: '2026-01-01' }",
      '2  T  changed  caused by [1]  evidence census  confidence 0.5',
      '    people: 1 → 2',
      'more: ddb history city:wien --before 2',
    ])
  })

  test('as JSON, of a branch', async () => {
    const lines = await linesOf('history', 'city:wien', '--json', '--limit', '1', '--branch', 'b')
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { seq: 5, operation: 'put', value: { name: 'Wien' } },
    ])
  })

  test('before the first version', async () => {
    expect(await linesOf('history', 'city:wien', '--before', '1')).toEqual(['no versions'])
  })

  test.each([
    [['history'], 'CLI_OPERAND_MISSING'],
    [['history', 'x y'], 'LITERAL_SYNTAX'],
    [['history', 'city:1', '--limit', '0'], 'CLI_OPTION_VALUE'],
    [['history', 'city:1', '--before', 'x'], 'CLI_OPTION_VALUE'],
    [['history', 'city:1', 'city:2'], 'CLI_ARGUMENT_UNEXPECTED'],
    [['history', 'city:1', '--branch', 'none'], 'BRANCH_UNKNOWN'],
    [['diff'], 'CLI_OPERAND_MISSING'],
    [['diff', 'nosuch'], 'SNAPSHOT_UNKNOWN'],
    [['diff', '999'], 'LEDGER_AS_OF_UNKNOWN'],
    [['diff', '1', '--limit', 'x'], 'CLI_OPTION_VALUE'],
    [['diff', '1', '--after', 'x y'], 'LITERAL_SYNTAX'],
  ])('%j is refused with %s', async (args, code) => {
    const { code: exit, stderr } = await ddb(...args)
    expect(stderr).toContain(`[${code}]`)
    expect(exit).not.toBe(0)
  })
})

describe('ddb diff', () => {
  test('shows what differs between two commits', async () => {
    expect(await linesOf('diff', '1', '3')).toEqual([
      '~ city:wien',
      '    people: 1 → 3',
      "    VALID FROM: NONE → '2026-01-01'",
      '1 record differs',
    ])
  })

  test('from a snapshot until now, of some tables', async () => {
    expect(await linesOf('diff', 'a b', '--table', 'city')).toEqual([
      "+ city:graz { id: city:graz, name: 'Graz\\n' }",
      '1 record differs',
    ])
    expect(await linesOf('diff', 'a b', '--limit', '1')).toContain(
      '1 record differs; more may follow --after city:graz',
    )
    expect(await linesOf('diff', 'a b', '--after', 'city:graz')).toEqual([
      '+ river:1 { id: river:1 }',
      '1 record differs',
    ])
  })

  test('as JSON, from an instant', async () => {
    const lines = await linesOf('diff', '2020-01-01T00:00:00Z', '4', '--json')
    expect(lines).toEqual([''])
    const [line = ''] = await linesOf('diff', '4', '5', '--json')
    expect(JSON.parse(line)).toEqual({
      id: 'city:wien',
      change: 'added',
      after: { id: 'city:wien', name: 'Wien' },
    })
  })

  test('of more records than are asked for at a time', async () => {
    const folder = copy()
    const many = ['sql', '-e', 'CREATE |many:1..1201|']
    expect(await inFolder(folder, many)).toMatchObject({ code: 0, stderr: '' })
    const { stdout } = await inFolder(folder, ['diff', 'a b', '--table', 'many'])
    const lines = stdout.trimEnd().split('\n')
    expect(lines).toHaveLength(1_201)
    expect(lines.at(-1)).toBe('1200 records differ')
    expect(new Set(lines).size).toBe(1_201)
  })
})
