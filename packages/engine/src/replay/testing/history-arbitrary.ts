/**
 * Random histories of a database: records of several tables, edges, definitions of indexes before and after
 * there is data, indexes whose build fails, tables dropped and made again.
 */

import { Datetime, type Value, type ValueObject } from '@dendrodb/protocol'
import fc from 'fast-check'
import type { DatabaseCore } from '../../database/database-core.ts'
import { GarbageCollector } from '../../database/garbage-collector.ts'
import { IndexBuilder } from '../../database/index-builder.ts'
import type { RecordTx } from '../../models/document/record-tx.ts'
import { collectGarbage } from '../../testing/collect-garbage.ts'
import { recordOf } from '../../testing/open-core.ts'

type Step =
  | { readonly kind: 'put' | 'delete'; readonly table: string; readonly key: number; readonly age: Value }
  | { readonly kind: 'edge' | 'cut'; readonly key: number; readonly to: number }
  | { readonly kind: 'index'; readonly table: string; readonly name: IndexName }
  | { readonly kind: 'unindex'; readonly table: string; readonly name: IndexName }
  | { readonly kind: 'drop'; readonly table: string }

type IndexName = 'age' | 'unique' | 'tags'

const table = fc.constantFrom('a', 'b')
const key = fc.nat(5)
const age = fc.constantFrom<Value>(1, 2, 3, 'x'.repeat(600), null, undefined)
const name = fc.constantFrom<IndexName>('age', 'unique', 'tags')

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 10, arbitrary: fc.record({ kind: fc.constant('put' as const), table, key, age }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('delete' as const), table, key, age }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('edge' as const), key, to: key }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cut' as const), key, to: key }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('index' as const), table, name }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('unindex' as const), table, name }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('drop' as const), table }) },
)

/** Steps of one commit each. */
export const histories = fc.array(fc.array(step, { minLength: 1, maxLength: 4 }), {
  minLength: 1,
  maxLength: 25,
})

export type History = readonly (readonly Step[])[]

/** Runs it, with a unique violation as the only failure, and waits for what goes on in the background. */
export async function runHistory(core: DatabaseCore, history: History): Promise<void> {
  const builder = new IndexBuilder(core)
  const garbage = new GarbageCollector(core)
  const stop = core.onCommit((writes) => {
    builder.resume()
    if (writes.some(({ request }) => request.dropped.length > 0)) garbage.run()
  })
  for (const [at, steps] of history.entries()) {
    const { seq } = core.sequencer.durable.manifest
    const causedBy = seq === 0 ? [] : [seq, Math.ceil(seq / 2)]
    const meta = at % 3 === 0 ? { actor: `user:${at}`, causedBy, evidence: { at } } : undefined
    await core
      .write((tx) => runSteps(tx, steps), meta === undefined ? {} : { meta })
      .catch((error: unknown) => {
        if ((error as { code?: string }).code !== 'INDEX_UNIQUE_VIOLATION') throw error
      })
    if (at % 2 === 0) await settleIndexes(core, builder)
  }
  await settleIndexes(core, builder)
  await garbage.stop()
  await collectGarbage(core)
  stop()
  await builder.stop()
}

async function runSteps(tx: RecordTx, steps: readonly Step[]): Promise<void> {
  for (const each of steps) await runStep(tx, each)
}

async function runStep(tx: RecordTx, step: Step): Promise<void> {
  switch (step.kind) {
    case 'put':
      await tx.put(recordOf(step.table)(step.key), fieldsOf(step.age, step.key), validity(step.key, step.age))
      return
    case 'delete':
      await tx.delete(recordOf(step.table)(step.key))
      return
    case 'edge': {
      await tx.ensureTable('knows', { type: 'relation', from: [], to: [], enforced: false })
      const ends = { in: recordOf('a')(step.key), out: recordOf('b')(step.to) }
      await tx.put(recordOf('knows')(step.key), ends)
      return
    }
    case 'cut':
      await tx.delete(recordOf('knows')(step.key))
      return
    case 'index':
      await tx.defineIndex({ name: step.name, table: step.table, ...indexes[step.name] })
      return
    case 'unindex':
      await tx.removeIndex(step.table, step.name)
      return
    case 'drop':
      await tx.removeTable(step.table)
      return
    default:
      step satisfies never
  }
}

const indexes = {
  age: { fields: [['age']], unique: false },
  unique: { fields: [['age']], unique: true },
  tags: { fields: [['tags', { each: true as const }], ['age']], unique: false },
}

function fieldsOf(years: Value, key: number): ValueObject {
  const tags = ['p', 'q', 'r'].slice(0, key % 4)
  return years === undefined ? { tags } : { age: years, tags }
}

/** Some records have several periods of valid time, by how old they are. */
function validity(key: number, years: Value): { readonly validFrom?: Value; readonly validTo?: Value } {
  if (key === 0) return { validFrom: '2026-01-01', validTo: '2026-12-31' }
  if (key !== 1) return {}
  return { validFrom: new Datetime(1_770_000_000 + (typeof years === 'number' ? years : 0) * 86_400, 0) }
}

async function settleIndexes(core: DatabaseCore, builder: IndexBuilder): Promise<void> {
  for (const { name: owner, indexes: defined } of [...core.catalogs.newest().tables()]) {
    for (const index of defined) {
      if (!index.isAdjacency) await builder.wait(owner, index.name).catch(() => undefined)
    }
  }
}
