/**
 * Valid time on branches against a naive reading of the versions that a branch has: its own behind those that
 * its parent had at the fork. At head and as of every commit, on every day; verified and replayed at the end.
 */

import { Datetime } from '@dendrodb/protocol'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ReadView } from '../models/model.ts'
import { viewAt } from '../models/valid-time/valid-view.ts'
import { contentOf, replayed } from '../replay/testing/replayed-store.ts'
import { collect, openTestCore, recordOf } from '../testing/open-core.ts'
import { verifyStore } from '../verify/verify-store.ts'
import { BranchService } from './branch-service.ts'
import type { DatabaseCore } from './database-core.ts'

const item = recordOf('item')
const keys = [0, 1]
const days = [1, 2, 3, 4]

const day = fc.option(fc.constantFrom(...days), { nil: undefined })
const branch = fc.nat(100)
const key = fc.constantFrom(...keys)
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ op: fc.constant('put' as const), branch, key, from: day, to: day }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('delete' as const), branch, key }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('fork' as const), branch, back: fc.nat(3) }) },
)

interface Version {
  readonly seq: number
  readonly from: number | undefined
  readonly to: number | undefined
  /** `undefined`: deleted. */
  readonly n: number | undefined
}

interface ModelBranch {
  readonly parent: string | undefined
  readonly forkedAt: number
  readonly versions: Map<number, Version[]>
}

type Model = Map<string, ModelBranch>

function visible(model: Model, name: string, record: number, seq: number): readonly Version[] {
  const { parent, forkedAt, versions } = model.get(name) as ModelBranch
  const inherited = parent === undefined ? [] : visible(model, parent, record, Math.min(seq, forkedAt))
  return [...inherited, ...(versions.get(record) ?? []).filter((version) => version.seq <= seq)]
}

/** What holds on the day: the newest version of each period, the newest period first. */
function holding(versions: readonly Version[], at: number): number | undefined {
  const restated = new Set<number | undefined>()
  for (const { from, to, n } of versions.toReversed()) {
    if (n === undefined) return undefined
    const isRestated = restated.has(from)
    restated.add(from)
    if (!isRestated && (from ?? 0) <= at && (to ?? 99) >= at) return n
  }
  return undefined
}

const date = (at: number | undefined) => (at === undefined ? undefined : `2026-01-0${at}`)

test('what holds on a branch is what its versions say', { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 25 }), async (steps) => {
      const core = await openTestCore()
      const branches = new BranchService(core, () => {
        throw new Error('nobody asks')
      })
      const model: Model = new Map([['main', { parent: undefined, forkedAt: 0, versions: new Map() }]])
      for (const [at, each] of steps.entries()) {
        const name = [...model.keys()][each.branch % model.size] as string
        if (each.op === 'fork') {
          const forkedAt = Math.max(0, core.head().seq - each.back)
          await branches.create(`b${at}`, { from: name, at: { seq: forkedAt } })
          model.set(`b${at}`, { parent: name, forkedAt, versions: new Map() })
          continue
        }
        const { from, to } = each.op === 'put' ? each : { from: undefined, to: undefined }
        if (from !== undefined && to !== undefined && from > to) continue
        const { result, receipt } = await hostOf(core, name).write(async (tx) => {
          if (each.op === 'delete') return tx.delete(item(each.key))
          await tx.put(item(each.key), { n: at }, { validFrom: date(from), validTo: date(to) })
          return true
        })
        const { versions } = model.get(name) as ModelBranch
        const n = each.op === 'put' ? at : undefined
        const known = versions.get(each.key) ?? []
        if (result) versions.set(each.key, [...known, { seq: receipt.seq, from, to, n }])
      }
      const newest = core.head().seq
      for (const name of model.keys()) {
        await compare(await hostOf(core, name).view(), model, name, newest)
        for (let seq = 0; seq <= newest; seq += 1) {
          await compare(await hostOf(core, name).view({ seq }), model, name, seq)
        }
      }
      expect((await verifyStore(core.store)).findings).toEqual([])
      expect(await contentOf(await replayed(core.store, newest))).toEqual(await contentOf(core.store))
    }),
    { numRuns: 40 },
  )
})

function hostOf(core: DatabaseCore, name: string) {
  return name === 'main' ? core : core.branches.open(name)
}

async function compare(view: ReadView, model: Model, name: string, seq: number): Promise<void> {
  for (const at of days) {
    const valid = viewAt(view, Datetime.parse(`2026-01-0${at}T12:00:00Z`))
    const found = keys.map((each) => [each, holding(visible(model, name, each, seq), at)] as const)
    for (const [each, n] of found) expect((await valid.getRecord(item(each)))?.value.n).toBe(n)
    const table = valid.catalog.table('item')
    const rows = table === undefined ? [] : await collect(valid.scanTable(table))
    expect(rows.map(({ id, value }) => [id.key, value.n])).toEqual(found.filter(([, n]) => n !== undefined))
  }
  view.close()
}
