/**
 * AS OF against memory: what a query gave when a commit was the newest, it gives AS OF that commit for ever,
 * whatever is written, indexed or removed later.
 */

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openEngine } from '../open-engine.ts'
import type { QueryHost } from './host.ts'
import { MemoryHost } from './testing/memory-host.ts'
import { answerOf } from './testing/run-text.ts'

const id = fc.integer({ min: 1, max: 4 })
const value = fc.integer({ min: 0, max: 3 })
const write = fc.oneof(
  fc.tuple(id, value).map(([i, v]) => `UPSERT t:${i} SET a = ${v}, link = t:${5 - i}`),
  fc.tuple(id, value).map(([i, v]) => `UPDATE t:${i} SET tags += ${v}`),
  id.map((i) => `DELETE t:${i}`),
  fc.tuple(id, id, value).map(([i, j, v]) => `RELATE t:${i}->e:[${i}, ${j}]->t:${j} UNIQUE SET w = ${v}`),
  fc.constantFrom(
    'DEFINE INDEX OVERWRITE a ON t FIELDS a',
    'DEFINE INDEX OVERWRITE tags ON t FIELDS tags.*',
    'REMOVE INDEX IF EXISTS a ON t',
    'DELETE t WHERE a = 1',
  ),
)

/** `$` stands for the place of AS OF. */
const queries = [
  'SELECT * FROM t $',
  'SELECT VALUE id FROM t $ WHERE a = 2',
  'SELECT VALUE id FROM t $ WHERE tags CONTAINS 1',
  'SELECT VALUE id FROM t $ ORDER BY a DESC LIMIT 2',
  'SELECT a, count() AS n FROM t $ GROUP BY a ORDER BY a',
  'SELECT VALUE count() FROM t $ GROUP ALL',
  'SELECT VALUE link.a FROM t $',
  'SELECT VALUE ->e->t FROM t $',
  'SELECT VALUE <-e.w FROM t:1, t:2 $',
]

const hosts: Readonly<Record<string, () => Promise<QueryHost & { close?(): Promise<void> }>>> = {
  'the naive host': async () => new MemoryHost(),
  'the engine': () => openEngine(),
}

describe.each(Object.keys(hosts))('%s', (name) => {
  test('remembers every answer', { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(write, { minLength: 1, maxLength: 8 }), async (writes) => {
        const host = await (hosts[name] as () => Promise<QueryHost & { close?(): Promise<void> }>)()
        try {
          const known: (readonly [query: string, answer: string])[] = []
          for (const text of writes) {
            await answerOf(host, text)
            const { seq } = (await host.database('main')).head()
            for (const query of queries) {
              known.push([query.replace('$', `AS OF ${seq}`), await answerOf(host, query.replace('$', ''))])
            }
          }
          for (const [query, answer] of known) expect(await answerOf(host, query), query).toBe(answer)
        } finally {
          await host.close?.()
        }
      }),
      { numRuns: 40 },
    )
  })
})
