/**
 * Lines of a history whose payloads are partly erased, and lines that say something else than their commit.
 */

import { expect, test } from 'vitest'
import { encodeForgottenMark } from '../ledger/forgotten-mark.ts'
import { ledgerHashes } from '../ledger/hash.ts'
import { formatKey } from '../ledger/key-space.ts'
import { genesisOf } from '../replay/log-chain.ts'
import type { LogItem } from '../replay/log-item.ts'
import { readLog } from '../replay/read-log.ts'
import { collect, openTestCore, recordOf } from '../testing/open-core.ts'
import { HistoryReader, HistorySpeller } from './history-lines.ts'

const hash = ledgerHashes.blake2b

async function makeLog(): Promise<LogItem[]> {
  const core = await openTestCore(undefined, hash.name)
  const meta = { actor: 'tester', evidence: { $nonsense: 1 } }
  await core.write((tx) => tx.put(recordOf('person')(1), { name: 'Ada' }, { validFrom: '2024-01-01' }), {
    meta,
  })
  await core.write((tx) => tx.delete(recordOf('person')(1)))
  const snapshot = core.store.snapshot()
  const format = (await snapshot.get(formatKey)) as Buffer
  return collect(readLog(snapshot, { after: genesisOf(format), toSeq: 2 }))
}

function spell(items: readonly LogItem[]): string[] {
  const speller = new HistorySpeller(hash)
  return items.map((item) => speller.line(item))
}

function read(lines: readonly string[]): (LogItem | undefined)[] {
  const reader = new HistoryReader(hash)
  return lines.map((line) => reader.item(JSON.parse(line)))
}

test('lines name their commit, and come back as the same items', async () => {
  const items = await makeLog()
  const lines = spell(items)
  expect(lines.map((line) => line.replace(/,.*/, '').replace('{', ''))).toEqual([
    '"commit":1',
    '"meta":1',
    '"version":[1',
    '"version":[1',
    '"commit":2',
    '"version":[2',
  ])
  expect(lines[3]).toContain('"validFrom":"2024-01-01"')
  expect(lines[5]).toMatch(/"fields":null}$/)
  expect(read(lines)).toEqual(items)
})

test.each([
  [{ reason: 'erased', by: 57 }, '{"reason":"erased","by":57}'],
  [{ reason: 'retention', tableId: 16, until: 9 }, '{"reason":"retention","tableId":16,"until":9}'],
  [{ reason: 'elsewhere' }, '{"reason":"elsewhere"}'],
] as const)('what was forgotten stays forgotten, and why: %j', async (why, text) => {
  const mark = encodeForgottenMark(why)
  const items = await makeLog()
  const erased = items.map(
    (item): LogItem => (item.type === 'commit' ? item : { type: item.type, payload: undefined, mark }),
  )
  const lines = spell(erased)
  expect(lines[1]).toBe(`{"meta":1,"forgotten":${text}}`)
  expect(lines[3]).toBe(`{"version":[1,1],"forgotten":${text}}`)
  expect(read(lines)).toEqual(erased)
})

test.each([
  [1, '"actor":"tester"', '"actor":"somebody"'],
  [1, '"salt":"', '"salt":"AA'],
  [1, '"fields":{', '"fields":{"nonce":1,'],
  [2, '"record":["$table"', '"record":["$index"'],
  [3, '"validFrom":"2024-01-01"', '"validFrom":"2024-01-02"'],
  [3, '"name":"Ada"', '"name":{"$record":["a"]}'],
  [3, '"tableNumber":16', '"tableNumber":"16"'],
  [5, '"fields":null', '"fields":{}'],
])('line %d with %s as %s is refused', async (at, from, to) => {
  const lines = spell(await makeLog())
  const line = lines[at] ?? ''
  expect(line).toContain(from)
  expect(() => read(lines.with(at, line.replace(from, to)))).toThrow()
})
