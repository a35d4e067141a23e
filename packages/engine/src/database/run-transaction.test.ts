import { expect, test } from 'vitest'
import { optimisticRunsMax } from '../ledger/limits.ts'
import { readCount } from '../models/document/live-records.ts'
import type { RecordTx } from '../models/document/record-tx.ts'
import { openTestCore, recordOf } from '../testing/open-core.ts'
import { TransactionRunner } from './run-transaction.ts'

/** Transactions beside the sequencer always lose, so that all end inside. */
async function openLoser() {
  const core = await openTestCore()
  let releases = 0
  const services = (seq: number) => ({
    seq,
    hash: core.hash,
    reads: core.store.reads,
    versions: core.versions,
    catalog: core.catalogs.newest(),
    nextNumber: () => core.sequencer.nextNumber(),
    cached: () => undefined,
  })
  const runner = new TransactionRunner(core, {
    canRunInside: false,
    beside: ({ snapshot }) => ({ ...services(-1), reader: snapshot, count: (id) => readCount(snapshot, id) }),
    inside: async ({ reader, seq, count }) => ({
      ...services(seq),
      reader,
      count,
      release: () => {
        releases += 1
      },
    }),
  })
  return { runner, releases: () => releases }
}

const person = recordOf('person')

test.each<[string, (tx: RecordTx) => unknown]>([
  ['ends at once', (tx) => tx.put(person(1), { name: 'Ann' })],
  ['ends later', async (tx) => tx.put(person(1), { name: 'Ann' })],
])('what a transaction alone read from is given back when it %s', async (_, work) => {
  const { runner, releases } = await openLoser()
  await runner.write(work)
  expect(releases()).toBe(1)
})

test.each<[string, (tx: RecordTx) => unknown]>([
  [
    'at once',
    () => {
      throw new Error('no')
    },
  ],
  ['later', () => Promise.reject(new Error('no'))],
])('also when it fails %s', async (_, fail) => {
  const { runner, releases } = await openLoser()
  let runs = 0
  const work = (tx: RecordTx) => {
    runs += 1
    return runs > optimisticRunsMax ? fail(tx) : tx.put(person(1), { name: 'Ann' })
  }
  await expect(runner.write(work)).rejects.toThrow('no')
  expect(releases()).toBe(1)
})
