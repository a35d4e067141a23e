import { expect, test } from 'vitest'
import { openTestCore, recordOf } from '../testing/open-core.ts'
import { verifyStore } from '../verify/verify-store.ts'

const account = recordOf('account')

test('transactions that race for one record lose no update', async () => {
  const core = await openTestCore()
  await core.write((tx) => tx.put(account(1), { balance: 0 }))
  const deposit = (isPoint: boolean) =>
    core.write(
      (tx) => {
        const read = tx.getRecord(account(1))
        const add = (found: Awaited<typeof read>) =>
          tx.put(account(1), { balance: Number(found?.value.balance) + 1 })
        return read instanceof Promise ? read.then(add) : add(read)
      },
      { isPoint },
    )
  await Promise.all(Array.from({ length: 400 }, (_, at) => deposit(at % 2 === 0)))
  const view = await core.view()
  expect((await view.getRecord(account(1)))?.value.balance).toBe(400)
})

test('a transaction that keeps losing races is run alone and gets through', async () => {
  const core = await openTestCore()
  await core.write((tx) => tx.put(account(1), { balance: 0 }))
  let runs = 0
  await core.write(async (tx) => {
    runs += 1
    const found = await tx.getRecord(account(1))
    // The rival commits between this transaction's read and its own commit, unless nobody else may.
    if (runs <= 3) await core.write((rival) => rival.put(account(1), { balance: -runs }))
    await tx.put(account(1), { balance: Number(found?.value.balance) * 100 })
  })
  expect(runs).toBe(4)
  const view = await core.view()
  expect((await view.getRecord(account(1)))?.value.balance).toBe(-300)
})

test('a range that was read may not have grown: no write skew through phantoms', async () => {
  const core = await openTestCore()
  await core.write((tx) => tx.put(account(0), { balance: 1 }))
  const insertIfFewerThan = (key: number, limit: number) =>
    core.write(async (tx) => {
      const table = tx.catalog.table('account')
      let count = 0
      if (table !== undefined) for await (const rows of tx.scanTable(table)) count += rows.length
      if (count < limit) await tx.put(account(key), { balance: 0 })
    })
  await Promise.all(Array.from({ length: 20 }, (_, at) => insertIfFewerThan(at + 1, 5)))
  const view = await core.view()
  const table = view.catalog.table('account')
  expect(table && (await view.countTable(table))).toBe(5)
})

test('two claims to one unique key: one is committed, the other told so', async () => {
  const core = await openTestCore()
  await core.write((tx) =>
    tx.defineIndex({ name: 'email', table: 'account', fields: [['email']], unique: true }),
  )
  const claims = Array.from({ length: 30 }, (_, at) =>
    core.write((tx) => tx.put(account(at), { email: 'a@b.c' }), { isPoint: at % 2 === 0 }),
  )
  const outcomes = await Promise.allSettled(claims)
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected') expect(outcome.reason.code).toBe('INDEX_UNIQUE_VIOLATION')
  }
  expect((await verifyStore(core.store)).findings).toEqual([])
})

test('a unique value may pass from one record to another within one transaction', async () => {
  const core = await openTestCore()
  await core.write((tx) =>
    tx.defineIndex({ name: 'email', table: 'account', fields: [['email']], unique: true }),
  )
  await core.write((tx) => tx.put(account(1), { email: 'x' }))
  await core.write(async (tx) => {
    await tx.put(account(1), { email: 'y' })
    await tx.put(account(2), { email: 'x' })
  })
  await core.write(async (tx) => {
    await tx.delete(account(2))
    await tx.put(account(1), { email: 'x' })
  })
  expect((await verifyStore(core.store)).findings).toEqual([])
})

test('a view shows one commit, whatever is written meanwhile', async () => {
  const core = await openTestCore()
  await core.write((tx) => tx.put(account(1), { balance: 1 }))
  const view = await core.view()
  await core.write((tx) => tx.put(account(1), { balance: 2 }), { isPoint: true })
  await core.write((tx) => tx.put(account(2), { balance: 2 }), { isPoint: true })
  expect((await view.getRecord(account(1)))?.value.balance).toBe(1)
  expect(await view.getRecord(account(2))).toBeUndefined()
  const now = await core.view()
  expect((await now.getRecord(account(1)))?.value.balance).toBe(2)
})

test('work that throws writes nothing and gives its error back', async () => {
  const core = await openTestCore()
  const { seq } = core.head()
  const failing = core.write(async (tx) => {
    await tx.put(account(1), { balance: 1 })
    throw new Error('no')
  })
  await expect(failing).rejects.toThrow('no')
  expect(core.head().seq).toBe(seq)
})

test('point work that turns out to wait is run beside the group all the same', async () => {
  const core = await openTestCore()
  const { result } = await core.write(
    async (tx) => {
      await tx.put(account(1), { balance: 7 })
      return 'done'
    },
    { isPoint: true },
  )
  expect(result).toBe('done')
  expect(core.head().seq).toBe(1)
})

test.each([2, 64, 200])('%i writes that wait together become one group, or two', async (writers) => {
  const core = await openTestCore()
  await core.write((tx) => tx.put(account(0), { balance: 0 }))
  const sizes: number[] = []
  core.onCommit((writes) => sizes.push(writes.length))
  const put = (key: number) => core.write((tx) => tx.put(account(key), { balance: 0 }), { isPoint: true })
  await Promise.all(Array.from({ length: writers }, (_, key) => put(key)))
  expect(sizes.reduce((sum, size) => sum + size)).toBe(writers)
  expect(sizes.length).toBeLessThanOrEqual(2)
})
