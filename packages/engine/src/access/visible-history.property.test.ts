/**
 * Records that change hands: what each user sees of their versions, and of two moments compared, against a
 * filter by hand; and that nobody brings back what was not theirs.
 */

import { RecordId, type Value, type ValueObject } from '@dendrodb/protocol'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openEngine } from '../open-engine.ts'

const users = ['ann', 'bob'] as const
type User = (typeof users)[number]

interface Note {
  readonly owner: User
  readonly n: number
}

/** Notes by key after each commit. */
type State = ReadonlyMap<number, Note>

const write = fc.record({
  key: fc.nat(2),
  note: fc.option(fc.record({ owner: fc.constantFrom(...users), n: fc.nat(2) }), { nil: undefined, freq: 3 }),
})
const bring = fc.record({
  user: fc.constantFrom(...users),
  key: fc.nat(2),
  kind: fc.constantFrom('RESTORE', 'UNDO', 'UNDELETE'),
  seq: fc.nat(25),
})

const rules = `DEFINE TABLE note PERMISSIONS FOR select WHERE owner = $auth.name, FOR create, update, delete FULL`

test('a user sees the versions that were the user’s, and no others', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(write, { maxLength: 25 }), bring, async (writes, asked) => {
      const engine = await openEngine()
      try {
        const db = await engine.database('main')
        await db.query(rules)
        const states: State[] = [new Map(), new Map()]
        for (const { key, note } of writes) {
          const state = new Map(states.at(-1))
          if (note === undefined && !state.delete(key)) continue
          if (note !== undefined) state.set(key, note)
          const id = new RecordId('note', key)
          if (note === undefined) await db.delete(id)
          else await db.put(id, note)
          states.push(state)
        }
        const run = async (user: User, text: string, vars: Readonly<Record<string, Value>> = {}) => {
          const auth = { id: new RecordId('user', user), roles: ['user'], claims: { name: user } }
          const { results } = await db.run(text, vars, { session: { isRoot: false, auth } })
          return results.at(-1)
        }
        for (const user of users) {
          for (const key of [0, 1, 2]) {
            const found = await run(user, 'SELECT seq, value.n AS n FROM record::history($id)', {
              id: new RecordId('note', key),
            })
            expect(found).toMatchObject({ status: 'ok', result: versionsSeen(user, key, states) })
          }
          for (const from of [1, Math.floor(states.length / 2)]) {
            const found = await run(user, 'SELECT id, change FROM (DIFF FROM $from)', { from })
            const rows = found?.status === 'ok' ? (found.result as readonly ValueObject[]) : found?.error
            expect(rows).toEqual(changesSeen(user, states[from] as State, states.at(-1) as State))
          }
        }
        const id = new RecordId('note', asked.key)
        const to = asked.kind === 'RESTORE' ? ` TO ${Math.min(asked.seq, states.length - 1)}` : ''
        const answer = await run(asked.user, `${asked.kind} $id${to} RETURN VALUE [$before, $after]`, { id })
        const isSeen = versionsSeen(asked.user, asked.key, states).length > 0
        if (answer?.status === 'ok') {
          const shown = (answer.result as readonly (readonly Value[])[])
            .flat()
            .filter((each) => each !== undefined)
          expect(isSeen).toBe(true)
          for (const note of shown) expect((note as ValueObject).owner).toBe(asked.user)
        } else if (!isSeen) {
          expect(answer).toMatchObject({ error: { code: 'HISTORY_RECORD_UNKNOWN' } })
        }
      } finally {
        await engine.close()
      }
    }),
    { numRuns: 150 },
  )
}, 60_000)

/** Newest first; a deletion is seen by whose record it was. */
function versionsSeen(user: User, key: number, states: readonly State[]): readonly object[] {
  const seen: object[] = []
  for (let seq = states.length - 1; seq > 0; seq -= 1) {
    const [before, after] = [states[seq - 1]?.get(key), states[seq]?.get(key)]
    if (before !== after && (after ?? before)?.owner === user) seen.push({ seq, n: after?.n })
  }
  return seen
}

/** What differs between the two states as the user sees them. */
function changesSeen(user: User, from: State, to: State): readonly object[] {
  const own = (state: State) => new Map([...state].filter(([, { owner }]) => owner === user))
  const [before, after] = [own(from), own(to)]
  const keys = [...new Set([...before.keys(), ...after.keys()])].sort()
  return keys.flatMap((key) => {
    const [old, now] = [before.get(key), after.get(key)]
    if (old !== undefined && now !== undefined && old.n === now.n) return []
    const change = old === undefined ? 'added' : now === undefined ? 'removed' : 'changed'
    return [{ id: new RecordId('note', key), change }]
  })
}
