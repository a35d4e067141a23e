import type { DbError } from '@dendrodb/protocol'
import { describe, expect, test } from 'vitest'
import { variableCharsMax } from './limits.ts'
import { openTestSession, valuesOf } from './testing/test-session.ts'

async function errorOf(work: Promise<unknown>): Promise<DbError> {
  return work.then(
    () => expect.unreachable(),
    (error: DbError) => error,
  )
}

describe('variables', () => {
  test('stay from one statement to the next, with their types', async () => {
    const { session } = await openTestSession()
    await valuesOf(session, "LET $a = 1.50dec; LET $when = d'2026-01-31T00:00:00Z'; LET $list = {1, 2}")
    const [text] = await valuesOf(session, 'RETURN [type::of($a), type::of($when), type::of($list)]')
    expect(text).toEqual(['decimal', 'datetime', 'set'])
  })

  test('are computed once', async () => {
    const { session } = await openTestSession()
    await valuesOf(session, 'LET $id = rand::ulid()')
    const [first] = await valuesOf(session, 'RETURN $id')
    expect(await valuesOf(session, 'RETURN $id')).toEqual([first])
  })

  test('may be set from one another, and again', async () => {
    const { session } = await openTestSession()
    expect(await valuesOf(session, 'LET $a = 2; LET $b = $a * 10; LET $a = 3; RETURN [$a, $b]')).toEqual([
      undefined,
      undefined,
      undefined,
      [3, 20],
    ])
  })

  test('keep their odd names', async () => {
    const { session } = await openTestSession()
    expect((await valuesOf(session, 'LET $⟨a b⟩ = 1; RETURN $⟨a b⟩ + 1')).at(-1)).toBe(2)
  })

  test('that are closures work too, with what they use', async () => {
    const { session } = await openTestSession()
    const values = await valuesOf(session, 'LET $n = 10; LET $add = |$x| $x + $n; RETURN $add(5)')
    expect(values.at(-1)).toBe(15)
  })

  test('are sent only with the statements that name them', async () => {
    const { session, sent } = await openTestSession()
    await valuesOf(session, 'LET $a = 1; LET $b = 2; RETURN $b; RETURN 3')
    expect(sent.slice(2)).toEqual(['LET $b = 2;\nRETURN $b', 'RETURN 3'])
  })

  test('are kept up to the bound and refused past it', async () => {
    const { session } = await openTestSession()
    const quoted = variableCharsMax - 2
    await valuesOf(session, `LET $fits = string::repeat('x', ${quoted})`)
    expect(await valuesOf(session, 'RETURN string::len($fits)')).toEqual([quoted])
    const error = await errorOf(valuesOf(session, `LET $big = string::repeat('x', ${quoted + 1})`))
    expect(error.code).toBe('CLI_VARIABLE_TOO_LARGE')
  })
})

describe('the database', () => {
  test('stays what USE made it', async () => {
    const { session } = await openTestSession()
    await valuesOf(session, 'CREATE city:1; USE DB shop; CREATE item:1')
    expect(session.database).toBe('shop')
    expect(await valuesOf(session, 'SELECT VALUE id FROM city')).toEqual([[]])
    await valuesOf(session, 'USE DB main')
    expect(String((await valuesOf(session, 'SELECT VALUE id FROM city'))[0])).toBe('city:1')
  })

  test('stays the same when USE fails', async () => {
    const { session } = await openTestSession()
    await errorOf(valuesOf(session, 'USE DB ⟨../x⟩'))
    expect(session.database).toBe('main')
  })
})

describe('errors', () => {
  test('of parsing name the place in the text that the statement was cut from', async () => {
    const { session } = await openTestSession()
    await valuesOf(session, 'LET $a = 1')
    const error = await errorOf(valuesOf(session, 'RETURN 1;\n\n  RETURN\n $a + ;'))
    expect(error.code).toBe('DQL_SYNTAX')
    expect(error.details).toMatchObject({ line: 4, column: 6 })
    expect(error.message).toContain('at line 4, column 6')
    const inFirstLine = await errorOf(valuesOf(session, 'RETURN 1; RETURN $a + )'))
    expect(inFirstLine.details).toMatchObject({ line: 1, column: 23 })
  })

  test('at the end of a statement point behind its last character', async () => {
    const { session } = await openTestSession()
    const error = await errorOf(valuesOf(session, 'RETURN 1 +'))
    expect(error.details).toMatchObject({ line: 1, snippet: 'RETURN 1 +\n          ^' })
  })

  test('leave the variables as they were', async () => {
    const { session } = await openTestSession()
    await valuesOf(session, 'LET $a = 1')
    await errorOf(valuesOf(session, 'LET $a = 1 + {}'))
    expect(await valuesOf(session, 'RETURN $a')).toEqual([1])
  })
})

test('a transaction is one request, and its results are its own', async () => {
  const { session, sent } = await openTestSession()
  await valuesOf(session, 'LET $n = 5')
  const values = await valuesOf(session, 'BEGIN; CREATE a:1 SET n = $n; RETURN $n; COMMIT;')
  expect(values).toEqual([undefined, [expect.objectContaining({ n: 5 })], 5, undefined])
  expect(sent).toHaveLength(2)
})
