import { describe, expect, test } from 'vitest'
import { cliErrors } from '../cli-errors.ts'
import type { Connection } from './connection.ts'
import { QuerySession } from './query-session.ts'
import { runScript } from './run-script.ts'
import { openTestSession } from './testing/test-session.ts'

async function run(text: string, options: { continuesAfterErrors?: boolean; source?: string } = {}) {
  const { session, view, io } = await openTestSession()
  const { continuesAfterErrors = false, source } = options
  const code = await runScript({ text, source }, { session, view, io, continuesAfterErrors })
  return { code, stdout: io.stdout.text, stderr: io.stderr.text }
}

test('prints each result, the last statement without its semicolon too', async () => {
  expect(await run('RETURN 1; LET $a = 2; RETURN $a')).toEqual({ code: 0, stdout: '1\n2\n', stderr: '' })
})

test('an empty script is no error', async () => {
  expect(await run(' -- nothing\n')).toEqual({ code: 0, stdout: '', stderr: '' })
})

describe('an error', () => {
  test('ends the script, with its exit code and its place', async () => {
    const { code, stdout, stderr } = await run('RETURN 1;\nSELEC 2;\nRETURN 3', { source: 'a.dql' })
    expect([code, stdout]).toEqual([65, '1\n'])
    expect(stderr).toMatch(
      /^error: a\.dql:2:1: unexpected 'SELEC'.*\[DQL_SYNTAX\]\n {2}SELEC 2\n {2}\^\^\^\^\^\n$/,
    )
  })

  test('of a statement that ran names the line of the statement', async () => {
    const { code, stderr } = await run('CREATE a:1;\n\nCREATE a:1;', { source: 'a.dql' })
    expect(code).toBe(75)
    expect(stderr).toMatch(/^error: a\.dql:3: the record a:1 already exists \[QUERY_RECORD_EXISTS\]\n$/)
  })

  test('with --continue is reported, and the first gives the exit code', async () => {
    const { code, stdout, stderr } = await run('SELEC 2; CREATE a:1 RETURN NONE; CREATE a:1; RETURN 3', {
      continuesAfterErrors: true,
    })
    expect([code, stdout]).toEqual([65, '[]\n3\n'])
    expect(stderr.match(/^error: /gm)).toHaveLength(2)
  })
})

describe('a transaction', () => {
  test('prints the results inside of it', async () => {
    const { code, stdout } = await run('BEGIN; 0 + 1; LET $a = 2; $a; COMMIT')
    expect([code, stdout]).toEqual([0, '1\n2\n'])
  })

  test('that failed blames the statement that did', async () => {
    const { code, stdout, stderr } = await run('BEGIN; CREATE a:1; CREATE a:1; RETURN 1; COMMIT')
    expect([code, stdout]).toEqual([75, ''])
    expect(stderr).toBe(
      'error: the record a:1 already exists [QUERY_RECORD_EXISTS]\nnothing of the transaction was written\n',
    )
  })

  test('that was cancelled on purpose is no error', async () => {
    const { code, stderr } = await run('BEGIN; CREATE a:1; CANCEL; CREATE a:1')
    expect([code, stderr]).toEqual([0, 'nothing of the transaction was written: CANCEL ended it\n'])
  })

  test('without an end is an error', async () => {
    const { code, stderr } = await run('BEGIN; CREATE a:1;')
    expect(code).not.toBe(0)
    expect(stderr).toMatch(/^error: nothing of this transaction was written because .*\n$/)
  })
})

test('a lost connection ends the script even with --continue, and is no fault of a statement', async () => {
  const { view, io } = await openTestSession()
  let asked = 0
  const connection: Connection = {
    target: 'nowhere',
    run: () => {
      asked += 1
      return Promise.reject(cliErrors.SERVER_UNREACHABLE({ url: 'http://x', problem: 'gone' }))
    },
    expectDatabase: async () => {},
    close: async () => {},
  }
  const session = new QuerySession(connection, 'main')
  const running = runScript({ text: 'RETURN 1; RETURN 2' }, { session, view, io, continuesAfterErrors: true })
  await expect(running).rejects.toMatchObject({ code: 'CLI_SERVER_UNREACHABLE' })
  expect(asked).toBe(1)
})

test('a cancelled statement ends the script even with --continue', async () => {
  const { session, view, io } = await openTestSession()
  const controller = new AbortController()
  setTimeout(() => controller.abort(), 50)
  const options = { session, view, io, continuesAfterErrors: true, signal: controller.signal }
  expect(await runScript({ text: 'SLEEP 30s; RETURN 1' }, options)).toBe(130)
  expect(io.stdout.text).toBe('')
})
