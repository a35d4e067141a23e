/**
 * Rules against filtering by hand: whatever a user asks, the answer is the one root gets from a database that
 * holds only what the user may see.
 */

import { RecordId, type Value } from '@dendrodb/protocol'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MemoryHost } from '../query/testing/memory-host.ts'
import { answerOf, resultOf, rootSession, userSession } from '../query/testing/run-text.ts'

const ann = new RecordId('user', 'ann')
const owner = fc.constantFrom<Value>(ann, new RecordId('user', 'bob'), undefined)
const target = fc.integer({ min: 0, max: 9 })
const notes = fc.array(
  fc.record({ owner, a: fc.integer({ min: 0, max: 3 }), to: target, many: fc.array(target) }),
  {
    maxLength: 10,
  },
)
const edges = fc.array(fc.record({ owner, from: target, to: target }), { maxLength: 12 })

const queries = [
  'SELECT * FROM note',
  'SELECT * FROM note WHERE a > 1',
  'SELECT VALUE id FROM note WHERE a = 2',
  'SELECT VALUE id FROM note ORDER BY a DESC LIMIT 3',
  'SELECT VALUE id FROM note LIMIT 2 START 1',
  'SELECT a, count() AS n, array::group(id) AS ids FROM note GROUP BY a',
  'COUNT note',
  'COUNT note WHERE a = 1',
  'SELECT id, to.a, many.a FROM note',
  'SELECT * FROM note FETCH to, many',
  'SELECT VALUE [note:1.a, note:2.to.a] FROM [1]',
  'SELECT * FROM note:1, note:2, note:3..=5',
  'SELECT VALUE ->cites->note FROM note',
  'SELECT VALUE ->cites FROM note',
  'SELECT VALUE <-cites<-note.a FROM note',
  'SELECT VALUE ->?->? FROM note',
  'SELECT VALUE <->cites<->note FROM note',
  'SELECT VALUE ->(cites WHERE a > 0)->note FROM note',
  'SELECT VALUE ->cites->note[WHERE a > 1] FROM note',
  'SELECT * FROM cites',
  'SELECT VALUE in.a FROM cites',
  'SELECT VALUE id FROM note WHERE ->cites->note.a CONTAINS 1',
  'SELECT VALUE (SELECT VALUE id FROM note WHERE a = $parent.a) FROM note',
  'RETURN note:1.{..3+collect}->cites->note',
  'RETURN [note:1, note:2, note:3].map(|$n| record::exists($n))',
  'UPDATE note SET b = 1 WHERE a > 0 RETURN VALUE id',
  'DELETE note WHERE a = 0 RETURN VALUE id',
]

test('a user sees a database of what the user may see', async () => {
  await fc.assert(
    fc.asyncProperty(notes, edges, fc.boolean(), async (someNotes, someEdges, isIndexed) => {
      for (const query of queries) {
        const full = await filled(someNotes, someEdges, isIndexed, () => true)
        const visible = await filled(someNotes, someEdges, isIndexed, (row) => row.owner === ann)
        const found = await answerOf(full, query, {}, userSession('ann'))
        expect(found, query).toBe(await answerOf(visible, query, {}, rootSession))
      }
    }),
    { numRuns: 25 },
  )
})

interface Owned {
  readonly owner: Value
}

async function filled(
  someNotes: readonly ({ readonly to: number; readonly many: readonly number[] } & Owned)[],
  someEdges: readonly ({ readonly from: number; readonly to: number } & Owned)[],
  isIndexed: boolean,
  keeps: (row: Owned) => boolean,
): Promise<MemoryHost> {
  const host = new MemoryHost()
  const note = (n: number) => new RecordId('note', n)
  const noteRows = someNotes.map((row, id) => ({ ...row, id, to: note(row.to), many: row.many.map(note) }))
  const seen = new Set(noteRows.filter((row) => row.owner === ann).map((row) => row.id))
  // Edges of one's own join notes of one's own: a note that is not there, unlike one out of sight, still has
  // an id.
  const edgeRows = someEdges
    .filter((row) => row.owner !== ann || (seen.has(row.from) && seen.has(row.to)))
    .map((row, id) => ({ owner: row.owner, id, a: id % 2, in: note(row.from), out: note(row.to) }))
  await resultOf(host, 'DEFINE TABLE note TYPE NORMAL; DEFINE TABLE cites TYPE RELATION')
  if (isIndexed) await resultOf(host, 'DEFINE INDEX a ON note FIELDS a')
  const rows = { notes: noteRows.filter(keeps), edges: edgeRows.filter(keeps) }
  const insert = 'INSERT INTO note $notes RETURN NONE; INSERT RELATION INTO cites $edges RETURN NONE'
  await resultOf(host, insert, rows)
  return host
}
