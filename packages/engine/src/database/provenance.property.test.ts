/**
 * Random causes against a naive walk over the list of commits: TRACE in both directions, for every record, as
 * of every commit, to every depth.
 */

import type { Datetime, ValueObject } from '@dendrodb/protocol'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openEngine } from '../open-engine.ts'
import type { Database } from './database.ts'

interface Commit {
  readonly id: number
  readonly causes: readonly number[]
}

const idCount = 4
const id = fc.nat(idCount - 1)
/** How far back each cause is: 0 is the commit before. */
const step = fc.record({ id, back: fc.uniqueArray(fc.nat(6), { maxLength: 3 }) })
const history = fc.array(step, { minLength: 1, maxLength: 14 })

test('TRACE gives what a walk over all commits gives', async () => {
  await fc.assert(
    fc.asyncProperty(history, fc.nat(5), async (steps, depth) => {
      const engine = await openEngine()
      const database = await engine.database('main')
      try {
        const commits = await write(database, steps)
        for (let seq = 1; seq <= commits.length; seq += 1) await compare(database, commits, seq, depth)
        expect((await database.verify()).findings).toEqual([])
      } finally {
        await engine.close()
      }
    }),
    { numRuns: 40 },
  )
}, 120_000)

async function write(
  database: Database,
  steps: readonly { id: number; back: number[] }[],
): Promise<Commit[]> {
  const commits: Commit[] = []
  for (const { id: key, back } of steps) {
    const causes = back.map((each) => commits.length - each).filter((seq) => seq > 0)
    await database.put(`n:${key}`, {}, { causedBy: causes })
    commits.push({ id: key, causes })
  }
  return commits
}

async function compare(database: Database, commits: readonly Commit[], asOf: number, depth: number) {
  const known = commits.slice(0, asOf)
  for (let key = 0; key < idCount; key += 1) {
    const start = known.findLastIndex((each) => each.id === key) + 1
    for (const direction of ['CAUSES', 'EFFECTS']) {
      const text = `SELECT seq, depth, caused_by, records FROM n:${key} TRACE ${direction} DEPTH $depth AS OF $asOf`
      const [rows] = await database.query(text, { asOf, depth })
      const expected = start === 0 ? [] : walk(known, start, direction, depth)
      const found = (rows as readonly ValueObject[]).map((row) => {
        return { ...row, records: (row.records as readonly unknown[]).map(String) }
      })
      expect(found).toEqual(expected)
    }
  }
}

function walk(commits: readonly Commit[], start: number, direction: string, depth: number) {
  const next = (seq: number) =>
    direction === 'CAUSES'
      ? (commits[seq - 1]?.causes ?? [])
      : commits.flatMap((each, at) => (each.causes.includes(seq) ? [at + 1] : []))
  const steps = new Map<number, number>()
  let layer = [start]
  for (let step = 1; step <= depth && layer.length > 0; step += 1) {
    layer = [...new Set(layer.flatMap(next))].filter((seq) => !steps.has(seq))
    for (const seq of layer) steps.set(seq, step)
  }
  return [...steps]
    .sort(([a, stepA], [b, stepB]) => stepA - stepB || a - b)
    .map(([seq, at]) => {
      const { id: key, causes } = commits[seq - 1] as Commit
      return { seq, depth: at, caused_by: causes.length > 0 ? causes : undefined, records: [`n:${key}`] }
    })
}

test('the library tells of commits and of versions', async () => {
  const engine = await openEngine()
  const database = await engine.database('main')
  try {
    await database.put('n:1', { x: 1 }, { actor: 'ann', validFrom: '2026-01-01' })
    await database.put('n:2', {}, { causedBy: [1], evidence: { url: 'u' }, confidence: 0.5, actor: 'bob' })
    await database.delete('n:1', { causedBy: [1, 2] })

    const commit = await database.commitInfo(2)
    expect(commit).toMatchObject({
      seq: 2,
      actor: 'bob',
      causedBy: [1],
      evidence: { url: 'u' },
      confidence: 0.5,
      effects: [3],
      records: [{ isDeleted: false }],
    })
    expect(await database.commitInfo(3)).toMatchObject({ records: [{ isDeleted: true }], effects: [] })
    expect(await database.commitInfo(4)).toBeUndefined()
    expect(await database.commitInfo(0)).toBeUndefined()

    const versions = await database.history('n:1')
    expect(versions.map(({ seq, meta, fields }) => [seq, meta.actor, fields?.x])).toEqual([
      [3, undefined, undefined],
      [1, 'ann', 1],
    ])
    expect(versions[1]?.validFrom).toBe('2026-01-01')
    const [first, second] = versions.map(({ time }) => time as Datetime)
    expect(first?.compare(second as Datetime)).toBeGreaterThanOrEqual(0)
    expect(await database.history('n:1', { limit: 1 })).toHaveLength(1)
    expect(await database.history('n:1', { asOf: { seq: 2 } })).toHaveLength(1)
    expect(await database.history('n:9')).toEqual([])
  } finally {
    await engine.close()
  }
})
