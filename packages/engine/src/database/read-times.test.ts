/** The library's ways to write and to read with times, on memory and on files that are opened again. */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Datetime } from '@dendrodb/protocol'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Engine, openEngine } from '../open-engine.ts'
import type { AsOf } from '../query/host.ts'
import type { Database } from './database.ts'

const year = (number: number) => ({ validFrom: `${number}-01-01`, validTo: `${number}-12-31` })

describe.each(['memory', 'files'])('in %s', (place) => {
  let folder: string | undefined
  let engine: Engine
  let bank: Database

  beforeAll(async () => {
    if (place === 'files') folder = await mkdtemp(join(tmpdir(), 'ddb-times-'))
    const options = folder === undefined ? {} : { path: folder }
    engine = await openEngine(options)
    bank = await engine.database('bank')
    await bank.put('rate:1', { percent: 5 }, { ...year(2025), actor: 'tester' })
    await bank.get('rate:1')
    await bank.put('rate:1', { percent: 6 }, year(2026))
    await bank.put('rate:1', { percent: 6.5 }, { validFrom: new Date('2026-01-01T00:00:00Z') })
    await bank.commit([
      { put: 'rate:2', fields: { percent: 1 }, validTo: Datetime.parse('2025-06-30T00:00:00Z') },
      { put: 'rate:3', fields: { percent: 2 } },
    ])
    if (folder === undefined) return
    await engine.close()
    engine = await openEngine(options)
    bank = await engine.database('bank')
  })

  afterAll(async () => {
    await engine.close()
    if (folder !== undefined) await rm(folder, { recursive: true })
  })

  const percents = (rows: unknown) => (rows as readonly { percent: number }[]).map(({ percent }) => percent)

  test.each([
    ['2024-06-01', [1, 2]],
    ['2025-06-01', [5, 1, 2]],
    ['2025-12-31', [5, 2]],
    ['2026-06-01', [6.5, 2]],
    ['2027-06-01', [6.5, 2]],
  ])('at %s', async (day, expected) => {
    const found = await Promise.all([1, 2, 3].map((key) => bank.get(`rate:${key}`, { validAsOf: day })))
    expect(percents(found.filter((row) => row !== undefined))).toEqual(expected)
    expect(percents(await bank.select('rate', { validAsOf: day }))).toEqual(expected)
    const [rows] = await bank.query(
      'SELECT percent FROM rate',
      {},
      { validAsOf: new Date(`${day}T00:00:00Z`) },
    )
    expect(percents(rows)).toEqual(expected)
  })

  test('both times together', async () => {
    const times = { asOf: { seq: 2 }, validAsOf: '2026-06-01' }
    expect((await bank.get('rate:1', times))?.percent).toBe(6)
    expect(percents(await bank.select('rate', { asOf: 2, validAsOf: '2026-06-01' }))).toEqual([6])
    expect(await bank.query('SELECT VALUE percent FROM rate; COUNT rate', {}, times)).toEqual([[6], 1])
    expect(await bank.query('COUNT rate', {}, { asOf: { seq: 1 } })).toEqual([1])
    expect(await bank.get('rate:1', { asOf: { seq: 1 }, validAsOf: '2026-06-01' })).toBeUndefined()
  })

  test.each(['CREATE rate:9', 'BEGIN; CREATE rate:9; COMMIT'])('%s is refused as of a time', async (text) => {
    for (const times of [{ asOf: { seq: 1 } }, { validAsOf: '2026-06-01' }]) {
      await expect(bank.query(text, {}, times)).rejects.toMatchObject({ code: 'QUERY_NESTED_WRITE' })
    }
    expect(await bank.get('rate:9')).toBeUndefined()
  })

  test('what is no time is refused', async () => {
    const code = 'LEDGER_VALID_TIME_INVALID'
    await expect(bank.get('rate:1', { validAsOf: 'soon' })).rejects.toMatchObject({ code })
    await expect(bank.put('rate:1', {}, { validFrom: 'soon' })).rejects.toMatchObject({ code })
    await expect(
      bank.commit([{ put: 'rate:1', fields: {}, validFrom: '2026-01-02', validTo: '2026-01-01' }]),
    ).rejects.toMatchObject({ code })
  })

  test('verifies', async () => {
    expect((await bank.verify()).findings).toEqual([])
  })

  test.each([2, '2026-01-01', { instant: new Date() }, { seq: 1.5 }, {}])('not as of %j', async (asOf) => {
    const read = bank.get('rate:1', { asOf: asOf as unknown as AsOf })
    await expect(read).rejects.toMatchObject({ code: 'LEDGER_AS_OF_INVALID' })
  })
})

test('a version that was read as what another one replaced still knows the period before it', async () => {
  const engine = await openEngine()
  const bank = await engine.database('bank')
  for (const validFrom of ['2024-01-01', '2025-01-01', '2026-01-01']) {
    await bank.put('rate:1', { from: validFrom }, { validFrom })
  }
  await bank.history('rate:1', { limit: 1 })
  expect(await bank.get('rate:1', { validAsOf: '2024-06-01' })).toMatchObject({ from: '2024-01-01' })
  await engine.close()
})
