import type { Value } from '@dendrodb/protocol'
import { expect, onTestFinished, test } from 'vitest'
import type { Database } from '../database/database.ts'
import { openEngine } from '../open-engine.ts'

async function openDatabase(): Promise<Database> {
  const engine = await openEngine()
  onTestFinished(() => engine.close())
  return engine.database('test')
}

function once(database: Database, text: string, key: string, vars: Readonly<Record<string, Value>> = {}) {
  return database.run(text, vars, { session: { meta: { idempotencyKey: key } } })
}

const outcomes = (answer: Awaited<ReturnType<typeof once>>) =>
  answer.results.map((each) => (each.status === 'ok' ? each.result : each.error.code))

test('a repeated request is given the results of the first, statement by statement', async () => {
  const database = await openDatabase()
  const text = 'LET $n = 1; CREATE t:1 SET n = $n; UPDATE t:1 SET n += 1; SELECT VALUE n FROM t; RETURN NONE'
  const first = await once(database, text, 'k')
  expect(outcomes(first).at(3)).toEqual([2])
  const second = await once(database, text, 'k')
  expect(outcomes(second)).toEqual(outcomes(first))
  expect(second.receipt).toEqual(first.receipt)
  expect(database.head().seq).toBe(1)
})

test('it is one transaction, so that a failure leaves nothing and is not remembered', async () => {
  const database = await openDatabase()
  const text = 'CREATE t:1; CREATE t:2; IF (SELECT VALUE id FROM ok)[0] = NONE { THROW "no" }'
  expect(outcomes(await once(database, text, 'k'))).toEqual([
    'QUERY_TRANSACTION_FAILED',
    'QUERY_TRANSACTION_FAILED',
    'QUERY_THROWN',
  ])
  await database.put('ok:1', {})
  expect(outcomes(await once(database, text, 'k')).at(0)).toEqual([{ id: expect.anything() }])
  expect(await database.query('SELECT VALUE id FROM t')).toHaveLength(1)
})

test('BEGIN and COMMIT around it are allowed and have their results, in its middle they are not', async () => {
  const database = await openDatabase()
  const text = 'BEGIN; CREATE t:1 RETURN NONE; COMMIT'
  expect(outcomes(await once(database, text, 'k'))).toEqual([undefined, [], undefined])
  expect(outcomes(await once(database, text, 'k'))).toEqual([undefined, [], undefined])
  const split = 'CREATE t:2; BEGIN; CREATE t:3; COMMIT'
  expect(outcomes(await once(database, split, 'l')).at(1)).toBe('QUERY_TRANSACTION_STATE')
  expect(await database.get('t:2')).toBeUndefined()
})

test('another text or other variables with the same key are refused in every statement', async () => {
  const database = await openDatabase()
  await once(database, 'CREATE t SET n = $n; RETURN 1', 'k', { n: 1 })
  const refused = ['LEDGER_REPLAY_MISMATCH', 'LEDGER_REPLAY_MISMATCH']
  expect(outcomes(await once(database, 'CREATE t SET n = $n; RETURN 1', 'k', { n: 2 }))).toEqual(refused)
  expect(outcomes(await once(database, 'CREATE t SET n = $n; RETURN 2', 'k', { n: 1 }))).toEqual(refused)
  expect(database.head().seq).toBe(1)
})

test('a request that only reads is answered afresh and makes no commit', async () => {
  const database = await openDatabase()
  expect(outcomes(await once(database, 'SELECT * FROM t', 'k'))).toEqual([[]])
  await database.put('t:1', {})
  expect(outcomes(await once(database, 'SELECT VALUE id FROM t', 'k'))[0]).toHaveLength(1)
  expect(outcomes(await once(database, 'BEGIN; RETURN 1; COMMIT', 'k'))).toEqual([undefined, 1, undefined])
  expect(database.head().seq).toBe(1)
})

test('a nonce of a query counts once', async () => {
  const database = await openDatabase()
  const run = () => database.run('CREATE t', {}, { session: { meta: { client: 'c', nonce: 3 } } })
  expect(outcomes(await run())).toHaveLength(1)
  expect(outcomes(await run())).toEqual(['LEDGER_NONCE_STALE'])
})

test('an index is waited for, and its repetition waits for nothing', async () => {
  const database = await openDatabase()
  await database.put('t:1', { n: 1 })
  const text = 'DEFINE INDEX n ON t FIELDS n'
  expect(outcomes(await once(database, text, 'k'))).toEqual([undefined])
  expect(outcomes(await once(database, text, 'k'))).toEqual([undefined])
  expect((await database.verify()).findings).toEqual([])
})
