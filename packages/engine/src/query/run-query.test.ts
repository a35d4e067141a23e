import { DbError, RecordId, type Value } from '@dendrodb/protocol'
import { beforeEach, describe, expect, test } from 'vitest'
import { runQuery } from '../run-query.ts'
import type { Session } from './session.ts'
import { MemoryHost } from './testing/memory-host.ts'
import { answerOf, resultOf, rootSession, userSession } from './testing/run-text.ts'

let host: MemoryHost

beforeEach(() => {
  host = new MemoryHost()
})

const codesOf = async (session: Session, text: string) => {
  const { results } = await runQuery(host, session, text)
  return results.map((each) => (each.status === 'ok' ? 'ok' : each.error.code))
}

describe('results', () => {
  test('one per statement, with the time it took', async () => {
    const { results } = await runQuery(host, rootSession, 'LET $x = 1; RETURN $x; THROW "no"')
    expect(results.map((each) => each.status)).toEqual(['ok', 'ok', 'error'])
    for (const each of results) expect(each.timeMs).toBeGreaterThanOrEqual(0)
  })

  test('an empty text has none', async () => {
    expect(await runQuery(host, rootSession, ' -- nothing\n')).toEqual({
      results: [],
      database: 'main',
      branch: 'main',
    })
  })

  test('a text that does not parse is refused whole', async () => {
    await expect(runQuery(host, rootSession, 'CREATE t:1; SELECT FROM')).rejects.toMatchObject({
      code: 'DQL_SYNTAX',
    })
    expect(await resultOf(host, 'COUNT t')).toBe(0)
  })

  test('a bug is answered as an internal error and the rest goes on', async () => {
    const broken = Object.assign(new MemoryHost(), {})
    const database = broken.database('main')
    Object.assign(database, {
      view: () => {
        throw new TypeError('broken')
      },
    })
    const { results } = await runQuery(broken, rootSession, 'RETURN 1; CREATE t:1')
    expect(results[0]).toMatchObject({ status: 'error', error: { code: 'INTERNAL_UNEXPECTED' } })
    expect(results[1]?.status).toBe('ok')
  })

  test('writes give the receipt of their commit, reads none', async () => {
    expect((await runQuery(host, rootSession, 'RETURN 1')).receipt).toBeUndefined()
    expect((await runQuery(host, rootSession, 'CREATE t:1; CREATE t:2')).receipt).toEqual({
      seq: 2,
      head: 'memory:2',
    })
  })

  test('the database that USE leads to and what LET sets come back', async () => {
    const answer = await runQuery(host, rootSession, 'LET $x = 5; USE DB other; LET $y = $x + 1')
    expect(answer).toMatchObject({ database: 'other', variables: { x: 5, y: 6 } })
  })
})

describe('what is kept between queries', () => {
  test('no parameter of one session reaches another', async () => {
    const text = 'RETURN [$x, $auth.id]'
    const ann = userSession('ann')
    expect(await answerOf(host, text, { x: 1 }, ann)).toBe('[1, user:ann]')
    expect(await answerOf(host, text, {}, userSession('bob'))).toBe('[NONE, user:bob]')
    expect(await answerOf(host, text, { x: 2 })).toBe('[2, NONE]')
  })

  test('a kept plan follows the rules of whoever asks', async () => {
    await resultOf(host, 'CREATE t:1 SET owner = user:ann; CREATE t:2 SET owner = user:bob')
    const text = 'SELECT VALUE id FROM t'
    for (let round = 0; round < 3; round += 1) {
      expect(await answerOf(host, text)).toBe('[t:1, t:2]')
      expect(await answerOf(host, text, {}, userSession('ann'))).toBe('[t:1]')
      expect(await answerOf(host, text, {}, userSession('bob'))).toBe('[t:2]')
      expect(await answerOf(host, text, {}, userSession('bob', ['admin']))).toBe('[t:1, t:2]')
    }
  })

  test('a kept plan follows the definitions', async () => {
    await resultOf(host, 'CREATE t:1 SET a = 1')
    const text = 'SELECT VALUE id FROM t WHERE a = 1'
    expect(await answerOf(host, text)).toBe('[t:1]')
    await resultOf(host, 'DEFINE INDEX a ON t FIELDS a')
    expect(await answerOf(host, text)).toBe('[t:1]')
    await resultOf(host, 'REMOVE INDEX a ON t; CREATE t:2 SET a = 1')
    expect(await answerOf(host, text)).toBe('[t:1, t:2]')
    await resultOf(host, 'REMOVE TABLE t; CREATE t:3 SET a = 1')
    expect(await answerOf(host, text)).toBe('[t:3]')
  })

  test('a new rule holds at once', async () => {
    await resultOf(host, 'DEFINE TABLE t PERMISSIONS FULL; CREATE t:1')
    expect(await answerOf(host, 'SELECT VALUE id FROM t', {}, userSession('ann'))).toBe('[t:1]')
    await resultOf(host, 'DEFINE TABLE OVERWRITE t PERMISSIONS NONE')
    expect(await answerOf(host, 'SELECT VALUE id FROM t', {}, userSession('ann'))).toBe('[]')
  })

  test('databases do not share plans', async () => {
    await resultOf(host, 'DEFINE INDEX a ON t FIELDS a; CREATE t:1 SET a = 1')
    await resultOf(host, 'USE DB other; CREATE t:2 SET a = 1')
    const text = 'SELECT VALUE id FROM t WHERE a = 1'
    for (let round = 0; round < 2; round += 1) {
      expect(await answerOf(host, text)).toBe('[t:1]')
      expect(await answerOf(host, text, {}, { ...rootSession, database: 'other' })).toBe('[t:2]')
    }
  })

  test('results are not changed by later writes', async () => {
    await resultOf(host, 'CREATE t:1 SET list = [1]')
    const before = await resultOf(host, 'SELECT * FROM t')
    await resultOf(host, 'UPDATE t:1 SET list += 2, list[0] = 9')
    expect(before).toEqual([{ id: new RecordId('t', 1), list: [1] }])
  })
})

describe('point statements', () => {
  const asPoint: readonly (readonly [text: string, isPoint: boolean])[] = [
    ['CREATE t:1 SET a = 1', true],
    ['CREATE t SET a = 1', true],
    ['UPDATE t:1 SET a += 1 WHERE a > 0 RETURN a', true],
    ['UPDATE $id SET a = 1', true],
    ['UPSERT t:1 MERGE { a: 2 }', true],
    ['RELATE t:1->e:1->t:2', true],
    ['INSERT INTO t { id: 5 }', true],
    ['BEGIN; UPDATE t:1 SET a = 1; UPDATE t:2 SET a = 2; COMMIT', true],
    ['UPDATE t:1 SET b = link.name', true],
    ['UPDATE t SET a = 1', false],
    ['UPDATE $ids SET a = 1', false],
    ['UPDATE t:1 SET n = count(->e)', false],
    ['UPDATE t:1 SET n = (SELECT * FROM t)', false],
    ['UPSERT t SET a = 1', false],
    ['DELETE t:1', false],
    ['INSERT IGNORE INTO t { id: 1 }', false],
    ['RELATE [t:1]->e->t:2', false],
    ['BEGIN; LET $id = t:1; UPDATE $id SET a = 1; COMMIT', false],
    ['FOR $i IN [1] { CREATE t }', false],
  ]
  test.each(asPoint)('%s: %s', async (text, isPoint) => {
    await resultOf(host, 'CREATE t:1 SET a = 1')
    await runQuery(host, rootSession, text.replace('CREATE t:1 ', 'CREATE t:9 '), {
      id: new RecordId('t', 1),
      ids: [new RecordId('t', 1)],
    })
    expect(host.database('main').lastWasPoint).toBe(isPoint)
  })

  test('under rules no statement is one, since a rule may read', async () => {
    await resultOf(host, 'CREATE t:9 SET a = 1', {}, userSession('ann'))
    expect(host.database('main').lastWasPoint).toBe(false)
  })
})

describe('what a write says about itself', () => {
  const metaOf = async (text: string, session = rootSession, vars?: Record<string, Value>) => {
    for (const earlier of [1, 2, 3]) await resultOf(host, `CREATE earlier:${earlier}`)
    await resultOf(host, text, vars, session)
    return host.database('main').lastMeta
  }

  test("the session's word", async () => {
    const session = { ...rootSession, meta: { actor: 'user:ann', causedBy: [1] } }
    expect(await metaOf('CREATE t:1', session)).toEqual({ actor: 'user:ann', causedBy: [1] })
  })

  test("a statement's word, evaluated once, joins the session's causes", async () => {
    const session = { ...rootSession, meta: { actor: 'root', causedBy: [1, 2] } }
    const text = 'CREATE t:1 CAUSED BY [2, $n] EVIDENCE { why: "x" } CONFIDENCE 0.5'
    expect(await metaOf(text, session, { n: 3 })).toEqual({
      actor: 'root',
      causedBy: [1, 2, 3],
      evidence: { why: 'x' },
      confidence: 0.5,
    })
  })

  test('those of a transaction are one', async () => {
    const text = 'BEGIN; CREATE t:1 CAUSED BY 1; CREATE t:2 CAUSED BY 2 CONFIDENCE 1; COMMIT'
    expect(await metaOf(text)).toEqual({ causedBy: [1, 2], confidence: 1 })
  })

  test('what comes too late for the commit is refused', async () => {
    expect(await codesOf(rootSession, 'FOR $i IN [1] { CREATE t CAUSED BY 1 }')).toEqual([
      'QUERY_NOT_SUPPORTED',
    ])
    expect(await codesOf(rootSession, 'LET $x = CREATE t CAUSED BY 1')).toEqual(['QUERY_NOT_SUPPORTED'])
    expect(await codesOf(rootSession, 'BEGIN; LET $c = 1; CREATE t CAUSED BY $c; COMMIT')).toContain(
      'QUERY_NOT_SUPPORTED',
    )
    expect(await codesOf(rootSession, 'CREATE t CAUSED BY "x"')).toEqual(['QUERY_TYPE_EXPECTED'])
    expect(await resultOf(host, 'COUNT t')).toBe(0)
  })

  test('an aborted signal stops before anything is written', async () => {
    const signal = AbortSignal.abort()
    expect(await codesOf({ ...rootSession, signal }, 'CREATE t:1; RETURN 1')).toEqual([
      'QUERY_CANCELLED',
      'QUERY_CANCELLED',
    ])
    expect(await resultOf(host, 'COUNT t')).toBe(0)
  })
})

describe('a long statement', () => {
  const long = 'RETURN (SELECT VALUE count() FROM $n WHERE $this + 1 > 0 GROUP ALL)'
  const n = Array.from({ length: 300_000 }, (_, i) => i)

  test('lets other work have its turn', async () => {
    let turns = 0
    const timer = setInterval(() => {
      turns += 1
    }, 1)
    await resultOf(host, `${long}; ${long}`, { n })
    clearInterval(timer)
    expect(turns).toBeGreaterThan(2)
  })

  test('so do long loops of closures', async () => {
    let turns = 0
    const timer = setInterval(() => {
      turns += 1
    }, 1)
    await resultOf(host, 'RETURN $n.map(|$x| $x * 2).len()', { n: n.slice(0, 100_000) })
    clearInterval(timer)
    expect(turns).toBeGreaterThan(2)
  })

  test('is stopped by its caller', async () => {
    const controller = new AbortController()
    setTimeout(() => controller.abort(), 15)
    const session = { ...rootSession, signal: controller.signal }
    const found = await answerOf(host, 'FOR $i IN 1..900000 { LET $x = $i }', {}, session)
    expect(found).toBe('QUERY_CANCELLED')
  })

  test('a sleeping one too', async () => {
    const controller = new AbortController()
    setTimeout(() => controller.abort(), 10)
    const session = { ...rootSession, signal: controller.signal }
    expect(await answerOf(host, 'SLEEP 20s', {}, session)).toBe('QUERY_CANCELLED')
  })
})

test('errors are DbErrors with a code', async () => {
  const { results } = await runQuery(host, rootSession, 'RETURN 1 + "a"')
  expect(results[0]?.status === 'error' && results[0].error).toBeInstanceOf(DbError)
})

test('a transaction waits for nothing once it is committed, so that no statement of it fails then', async () => {
  const database = host.database('main')
  Object.assign(database, { waitForIndex: () => Promise.reject(new Error('two records')) })
  const text = 'BEGIN; CREATE t:1; DEFINE INDEX a ON t FIELDS a UNIQUE; COMMIT'
  expect(await codesOf(rootSession, text)).toEqual(['ok', 'ok', 'ok', 'ok'])
})
