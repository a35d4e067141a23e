import { expect, test } from 'vitest'
import { openEngine } from '../open-engine.ts'

test('what follows a USE that failed was meant for elsewhere, and is not run', async () => {
  const engine = await openEngine()
  const database = await engine.database('main')
  const { results } = await database.run(
    `CREATE price:1 SET n = 1; DEFINE BRANCH sale; USE BRANCH slae; UPDATE price SET n = 0;
     SELECT * FROM price; DEFINE BRANCH other; BEGIN; UPDATE price SET n = 0; COMMIT;
     USE BRANCH sale; UPDATE price SET n = 2`,
  )
  expect(results.map((result) => (result.status === 'error' ? result.error.code : 'ok'))).toEqual([
    'ok',
    'ok',
    'BRANCH_UNKNOWN',
    'QUERY_USE_FAILED',
    'QUERY_USE_FAILED',
    'QUERY_USE_FAILED',
    'ok',
    'QUERY_TRANSACTION_FAILED',
    'QUERY_USE_FAILED',
    'ok',
    'ok',
  ])
  expect(await database.query('SELECT VALUE n FROM price')).toEqual([[1]])
  expect(await database.branch('sale').query('SELECT VALUE n FROM price')).toEqual([[2]])
  await engine.close()
})
