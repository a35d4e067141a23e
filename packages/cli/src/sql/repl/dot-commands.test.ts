import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openTestSession, valuesOf } from '../testing/test-session.ts'
import { dotCommands, runDotCommand } from './dot-commands.ts'

async function open() {
  const { session, view, io } = await openTestSession()
  let hasLeft = false
  const context = {
    session,
    view,
    io,
    signal: new AbortController().signal,
    leave: () => {
      hasLeft = true
    },
  }
  let printed = 0
  const run = async (line: string) => {
    await runDotCommand(line, context)
    const text = io.stdout.text.slice(printed)
    printed = io.stdout.text.length
    return text
  }
  return { session, view, io, run, hasLeft: () => hasLeft }
}

test('.help lists every command', async () => {
  const { run } = await open()
  const help = await run('.help')
  for (const { name, about } of dotCommands)
    expect(help).toMatch(new RegExp(`^ {2}\\${name} .*${about}$`, 'm'))
})

test('.use changes the database, and says when it is new', async () => {
  const { run, session } = await open()
  expect(await run('.use shop')).toBe('now in shop, which is new\n')
  expect(session.database).toBe('shop')
  expect(await run('.use main;')).toBe('now in main\n')
  expect(await run('.use team/test-1')).toBe('now in team/test-1, which is new\n')
})

test('.dbs lists the databases and marks this one', async () => {
  const { run } = await open()
  await run('.use shop')
  expect(await run('.dbs')).toBe('  main\n* shop\n')
})

test('.tables lists the tables', async () => {
  const { run, session } = await open()
  expect(await run('.tables')).toBe('no tables yet\n')
  await valuesOf(session, 'CREATE b:1; CREATE a:1')
  expect(await run('.tables')).toBe('  a\n  b\n')
})

test('.info shows definitions, of a table with an odd name too', async () => {
  const { run, session } = await open()
  await valuesOf(session, 'DEFINE TABLE ⟨odd name⟩; DEFINE INDEX i ON ⟨odd name⟩ FIELDS x')
  expect(await run('.info')).toContain('DEFINE TABLE ⟨odd name⟩')
  expect(await run('.info odd name')).toContain('DEFINE INDEX i ON')
  await expect(run('.info none')).rejects.toMatchObject({ status: 'not_found' })
})

test('.format and .timing set what they say', async () => {
  const { run, view } = await open()
  await run('.format json')
  await run('.timing on')
  expect([view.format, view.showsTiming]).toEqual(['json', true])
  await run('.timing off')
  expect(view.showsTiming).toBe(false)
})

test('.read runs a file up to its first error', async () => {
  const { run, io } = await open()
  const folder = mkdtempSync(join(tmpdir(), 'ddb-dot-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'a b.dql')
  writeFileSync(file, "RETURN 1;\nTHROW 'no';\nRETURN 2;\n")
  expect(await run(`.read ${file}`)).toBe('1\n')
  expect(io.stderr.text).toBe(`error: ${file}:2: no [QUERY_THROWN]\n`)
  await expect(run('.read /nonexistent')).rejects.toMatchObject({ code: 'CLI_FILE_UNREADABLE' })
})

test.each(['.quit', '.exit', '.QUIT'])('%s leaves', async (line) => {
  const { run, hasLeft } = await open()
  await run(line)
  expect(hasLeft()).toBe(true)
})

test.each(['.use', '.format', '.format xml', '.timing', '.timing yes', '.read', '.tables x', '.quit now'])(
  '%s says how it is used',
  async (line) => {
    const { run } = await open()
    await expect(run(line)).rejects.toMatchObject({ code: 'CLI_DOT_COMMAND_USAGE' })
  },
)

test('an unknown command suggests a known one', async () => {
  const { run } = await open()
  await expect(run('.tabels')).rejects.toThrow('there is no command .tabels; did you mean .tables?')
})
