import { must, RecordId } from '@dendrodb/protocol'
import { expect, test } from 'vitest'
import { collect, openTestCore } from '../../testing/open-core.ts'
import { scanRecordsAt } from './past-records.ts'

test('ids of any length are told apart', async () => {
  const keys = ['a', 'a much longer key', 'aa', 'b', 1, 12_345_678_901, 'z'.repeat(300)]
  const core = await openTestCore()
  for (const key of keys) await core.write((tx) => tx.put(new RecordId('t', key), { key }))
  await core.write((tx) => tx.delete(new RecordId('t', 'b')))
  const table = must(core.catalogs.newest().table('t'), 'the table')
  const rowsAt = (seq: number, reverse: boolean) =>
    collect(scanRecordsAt(core.store.snapshot(), seq, table, { reverse }))
  for (let seq = 0; seq <= keys.length; seq += 1) {
    const rows = await rowsAt(seq, false)
    expect(rows.map(({ value }) => value.key).sort()).toEqual(keys.slice(0, seq).sort())
    expect((await rowsAt(seq, true)).map(({ id }) => id)).toEqual(rows.map(({ id }) => id).toReversed())
  }
})
