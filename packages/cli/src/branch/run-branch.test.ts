import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../testing/run-ddb.ts'
import { runInProcess } from '../testing/run-in-process.ts'

/** `ddb` on a folder of its own, made by a first statement. */
async function useFolder(setup: string) {
  const data = join(temporaryFolder(), 'data')
  const ddb = (...args: string[]) => runInProcess([...args, '--data', data])
  const made = await ddb('sql', '--embedded', '-e', setup)
  expect(made).toMatchObject({ code: 0, stderr: '' })
  return ddb
}

const people = "INSERT INTO person [{ id: 1, name: 'Ann', age: 30 }, { id: 2, name: 'Bob', age: 40 }]"

test('a branch is made, worked on, compared, merged and discarded', async () => {
  const ddb = await useFolder(people)
  expect(await ddb('branch', 'list')).toMatchObject({ code: 0, stdout: 'no branches besides main\n' })
  expect(await ddb('branch', 'create', 'sale', '--comment', 'what if')).toMatchObject({
    code: 0,
    stdout: 'created sale from main at commit 1\n',
  })
  const { stdout: list } = await ddb('branch', 'list', '--json')
  expect(JSON.parse(list)).toMatchObject({ name: 'sale', parent: 'main', forked_at: 1, comment: 'what if' })

  const change = "UPDATE person:1 SET age = 31; DELETE person:2; CREATE person:3 SET name = 'Cid'"
  expect(await ddb('sql', '--branch', 'sale', '-e', change)).toMatchObject({ code: 0 })
  expect((await ddb('sql', '--json', '-e', 'SELECT VALUE age FROM person')).stdout).toBe('[30,40]\n')
  const diff = await ddb('branch', 'diff', 'sale')
  expect(diff.stdout.split('\n')).toEqual([
    '~ person:1',
    '    age: 30 → 31',
    "- person:2 { age: 40, id: person:2, name: 'Bob' }",
    "+ person:3 { id: person:3, name: 'Cid' }",
    '3 records differ',
    '',
  ])
  const one = await ddb('branch', 'diff', 'sale', '--from', 'main', '--at', '1', '--limit', '1', '--json')
  expect(JSON.parse(one.stdout)).toMatchObject({ id: 'person:1', change: 'changed' })

  expect((await ddb('branch', 'merge', 'sale')).stdout).toBe('merged sale into main: 3 records\n')
  expect((await ddb('branch', 'merge', 'sale')).stdout).toBe('main has everything that sale has changed\n')
  expect((await ddb('branch', 'discard', 'sale')).stdout).toBe('discarded sale\n')
  expect((await ddb('sql', '--json', '-e', 'SELECT VALUE id FROM person')).stdout).toBe(
    '["person:1","person:3"]\n',
  )
})

test('conflicts are listed, and end with an exit code of their own', async () => {
  const ddb = await useFolder(people)
  await ddb('branch', 'create', 'b')
  await ddb('sql', '--branch', 'b', '-e', 'UPDATE person:1 SET age = 31')
  await ddb('sql', '-e', 'UPDATE person:1 SET age = 32')
  const refused = await ddb('branch', 'merge', 'b')
  expect(refused).toMatchObject({ code: 75, stderr: expect.stringContaining('[CLI_MERGE_CONFLICTS]') })
  expect(refused.stdout.split('\n')).toEqual([
    "! person:1 changed ['age']",
    "    base   { age: 30, id: person:1, name: 'Ann' }",
    "    ours   { age: 32, id: person:1, name: 'Ann' }",
    "    theirs { age: 31, id: person:1, name: 'Ann' }",
    '',
  ])
  const merged = await ddb('branch', 'merge', 'b', '--resolve', 'theirs')
  expect(merged).toMatchObject({ code: 0, stdout: 'merged b into main: 1 record, 1 resolved\n' })
})

test('conflicts are decided record by record', async () => {
  const ddb = await useFolder('CREATE n:1, n:2, n:3, n:4, n:`a=b`')
  await ddb('branch', 'create', 'b')
  await ddb('sql', '--branch', 'b', '-e', "UPDATE n SET side = 'theirs'")
  await ddb('sql', '-e', "UPDATE n SET side = 'ours'")
  const mistyped = await ddb('branch', 'merge', 'b', '--resolve', 'ours', '--resolve', 'n:l=theirs')
  expect(mistyped).toMatchObject({ code: 64, stderr: expect.stringContaining('BRANCH_NOTHING_TO_RESOLVE') })
  const resolve = ['ours', 'n:2=theirs', 'n:3=delete', 'n:`a=b`=theirs'].flatMap((each) => [
    '--resolve',
    each,
  ])
  const merged = await ddb('branch', 'merge', 'b', ...resolve)
  expect(merged.stdout).toBe('merged b into main: 3 records, 5 resolved\n')
  expect((await ddb('sql', '--json', '-e', 'SELECT VALUE [id, side] FROM n')).stdout).toBe(
    '[["n:1","ours"],["n:2","theirs"],["n:4","ours"],["n:⟨a=b⟩","theirs"]]\n',
  )
})

test.each([
  [['branch'], 'CLI_OPERAND_MISSING'],
  [['branch', 'fork', 'b'], 'CLI_ARGUMENT_UNEXPECTED'],
  [['branch', 'create'], 'CLI_OPERAND_MISSING'],
  [['branch', 'list', 'b'], 'CLI_ARGUMENT_UNEXPECTED'],
  [['branch', 'create', '../x'], 'BRANCH_NAME'],
  [['branch', 'create', 'b; REMOVE TABLE person'], 'BRANCH_NAME'],
  [['branch', 'create', 'b', '--at', 'soon'], 'CLI_OPTION_VALUE'],
  [['branch', 'create', 'b', '--at', '99'], 'LEDGER_AS_OF_UNKNOWN'],
  [['branch', 'create', 'b', '--from', 'c'], 'BRANCH_UNKNOWN'],
  [['branch', 'diff', 'main', '--at', '1'], 'CLI_OPTION_VALUE'],
  [['branch', 'diff', 'main', '--limit', 'all'], 'CLI_OPTION_VALUE'],
  [['branch', 'merge', 'b', '--resolve', 'mine'], 'CLI_OPTION_VALUE'],
  [['branch', 'merge', 'b', '--resolve', 'delete'], 'CLI_OPTION_VALUE'],
  [['branch', 'merge', 'b', '--resolve', 'n:1=both'], 'CLI_OPTION_VALUE'],
  [['branch', 'merge', 'b', '--resolve', 'nothing=ours'], 'BRANCH_RESOLUTION'],
  [['branch', 'discard', 'main'], 'BRANCH_IS_MAIN'],
  [['sql', '--branch', 'b', '-e', 'RETURN 1'], 'BRANCH_UNKNOWN'],
])('%j is refused with %s', async (args, code) => {
  const ddb = await useFolder(people)
  const { code: exit, stderr } = await ddb(...args)
  expect(stderr).toContain(`[${code}]`)
  expect(exit).not.toBe(0)
})
