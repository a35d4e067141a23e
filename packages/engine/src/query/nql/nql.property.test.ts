/**
 * NQL against DQL: random queries on random records give the rows that the statement of DQL gives which says
 * the same, with indexes and without. And whatever a text says, it ends in rows or in an error that is meant.
 */

import { DbError, float, formatValue, type Value, type ValueObject } from '@dendrodb/protocol'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openEngine } from '../../open-engine.ts'
import { runNql } from '../../run-query.ts'
import { MemoryHost } from '../testing/memory-host.ts'
import { resultOf, rootSession, userSession } from '../testing/run-text.ts'

interface Condition {
  readonly field: string
  readonly operator: string
  readonly value: string | number | boolean | null
}

const value = fc.constantFrom<Condition['value']>(0, 1, 2, 1.5, 'x', 'y', true, false, null)
const cell = fc.option(fc.oneof(value, fc.constantFrom<Value>(float(1), [1], { c: 1 })), { nil: undefined })
const records = fc.array(fc.record({ a: cell, b: cell, o: fc.record({ c: cell }) }), { maxLength: 12 })
const field = fc.constantFrom('a', 'b', 'o.c')
const condition: fc.Arbitrary<Condition> = fc.record({
  field,
  operator: fc.constantFrom('=', '!=', '<', '<=', '>', '>='),
  value,
})
const query = fc.record({
  where: fc.array(condition, { maxLength: 3 }),
  orderBy: fc.option(fc.record({ field, direction: fc.constantFrom('', ' ASC', ' DESC') }), {
    nil: undefined,
  }),
  limit: fc.option(fc.nat(4), { nil: undefined }),
  order: fc.array(fc.nat(9), { minLength: 3, maxLength: 3 }),
})

test('NQL gives the rows of the DQL that says the same', { timeout: 120_000 }, async () => {
  const engine = await openEngine()
  let run = 0
  try {
    await fc.assert(
      fc.asyncProperty(
        records,
        fc.array(query, { maxLength: 8 }),
        fc.boolean(),
        async (rows, queries, isIndexed) => {
          const database = `d${run++}`
          const session = { ...rootSession, database }
          const runDql = (text: string, vars?: ValueObject) => resultOf(engine, text, vars, session)
          if (isIndexed) await runDql('DEFINE INDEX a ON t FIELDS a; DEFINE INDEX c ON t FIELDS o.c, b')
          await runDql('INSERT INTO t $rows', { rows: rows.map((row, id) => ({ ...row, id })) })
          for (const { where, orderBy, limit, order } of queries) {
            const clauses = [
              where.length > 0 && `WHERE ${where.map(nqlOf).join(' AND ')}`,
              orderBy && `ORDER BY ${orderBy.field}${orderBy.direction}`,
              limit !== undefined && `LIMIT ${limit}`,
            ]
            const text = `FROM t ${shuffled(clauses, order).join(' ')}`
            const dql = [
              'SELECT VALUE id FROM t WITH NOINDEX',
              where.length > 0 && `WHERE ${where.map(dqlOf).join(' AND ')}`,
              orderBy && `ORDER BY ${orderBy.field}${orderBy.direction}`,
              limit !== undefined && `LIMIT ${limit}`,
            ]
            const found = (await runNql(engine, session, text)).rows.map(({ id }) => String(id))
            const expected = (await runDql(dql.filter(Boolean).join(' '))) as readonly Value[]
            expect({ text, found }).toEqual({ text, found: expected.map(String) })
          }
          await (await engine.database(database)).close()
        },
      ),
      { numRuns: 80 },
    )
  } finally {
    await engine.close()
  }
})

function nqlOf({ field: path, operator, value: wanted }: Condition): string {
  return `${path} ${operator} ${JSON.stringify(wanted)}`
}

/** Written out from the meaning of NQL: absent is null, types do not mix. */
function dqlOf({ field: path, operator, value: wanted }: Condition): string {
  const isNull = `(${path} IS NONE OR ${path} IS NULL)`
  if (wanted === null) return operator === '=' ? isNull : operator === '!=' ? `!${isNull}` : 'false'
  if (operator === '=') return `${path} = ${formatValue(wanted)}`
  if (operator === '!=') return `!(${path} = ${formatValue(wanted)})`
  return `type::is_${typeof wanted === 'boolean' ? 'bool' : typeof wanted}(${path}) AND ${path} ${operator} ${formatValue(wanted)}`
}

function shuffled(clauses: readonly (string | false | undefined)[], order: readonly number[]): string[] {
  const there = clauses.map((text, at) => ({ text, at: order[at] ?? 0 })).sort((a, b) => a.at - b.at)
  return there.flatMap(({ text }) => (typeof text === 'string' ? [text] : []))
}

const piece = fc.oneof(
  fc.constantFrom(
    'FROM',
    't',
    'WHERE',
    'a',
    '=',
    '<',
    '1',
    '"x"',
    'AND',
    'AS',
    'OF',
    'VALID',
    '"2026-01-01"',
  ),
  fc.constantFrom(
    'ORDER',
    'BY',
    'DESC',
    'LIMIT',
    '2',
    'GROUP',
    'SUM',
    'COUNT',
    'TRACE',
    'caused_by',
    'REVERSE',
  ),
  fc.constantFrom(
    'TRAVERSE',
    'e',
    'SEARCH',
    'EXPLAIN',
    '_id',
    '_seq',
    '.',
    'null',
    '-1',
    '1.5',
    'DEPTH',
    '`a`',
  ),
  fc.string({ maxLength: 3 }),
)
const clause = fc.constantFrom(
  ...[
    'WHERE a < 3',
    'WHERE _seq > 1 AND b = x',
    'SEARCH "x y"',
    'ORDER BY _id DESC',
    'ORDER BY a',
    'LIMIT 2',
  ],
  ...[
    'TRAVERSE e',
    'TRACE caused_by',
    'TRACE EFFECTS DEPTH 1',
    'GROUP BY a AVG b',
    'GROUP BY _coll',
    'AS OF 2',
  ],
  'VALID AS OF "2026-01-01"',
)
const text = fc
  .tuple(
    fc.constantFrom('FROM t', 'EXPLAIN FROM t', 'EXPLAIN ANALYZE FROM e', ''),
    fc.array(fc.oneof(clause, clause, piece)),
  )
  .map(([start, parts]) => [start, ...parts].join(' '))

test('every text ends in rows or in a meant error', { timeout: 60_000 }, async () => {
  const host = new MemoryHost()
  await resultOf(
    host,
    'CREATE t:1 SET a = 1, b = "x y"; CREATE t:2 SET a = 2 CAUSED BY 1; RELATE t:1->e->t:2',
  )
  await fc.assert(
    fc.asyncProperty(text, fc.constantFrom(rootSession, userSession('ann')), async (each, session) => {
      try {
        const { rows, count } = await runNql(host, session, each)
        expect(rows).toHaveLength(count)
      } catch (error) {
        if (!(error instanceof DbError)) throw error
        expect(error.code).not.toBe('INTERNAL_UNEXPECTED')
      }
    }),
    { numRuns: 3000 },
  )
})
