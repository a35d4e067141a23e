/** Random commands against the naive model: the store must answer the same. */

import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { KvOperation, KvSnapshot, KvStore } from '../kv-store.ts'
import { KvModel } from './kv-model.ts'
import type { OpenedStore, OpenStore } from './opened-store.ts'
import { entriesOf, expectCode, withStore } from './store-fixture.ts'

/** Few and short keys, so that commands meet the same ones; the bytes that orders get wrong. */
const key = fc
  .array(fc.constantFrom(0x00, 0x01, 0x61, 0x7f, 0x80, 0xff), { maxLength: 3 })
  .map((bytes) => Buffer.from(bytes))
const value = fc.oneof(
  fc.uint8Array({ maxLength: 6 }).map((bytes) => Buffer.from(bytes)),
  fc.integer({ min: 90, max: 100 }).map((length) => Buffer.alloc(length, 'long')),
  fc.constant(Buffer.alloc(5_000, 'longer')),
)
const operation: fc.Arbitrary<KvOperation> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ type: fc.constant('put' as const), key, value }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('delete' as const), key }) },
)
const batch = fc.array(operation, { maxLength: 12 })
const range = fc.record({ gte: key, lt: fc.oneof(key, fc.constant(Buffer.alloc(4, 0xff))) })
const scanOptions = fc.record(
  {
    reverse: fc.boolean(),
    limit: fc.integer({ min: 0, max: 20 }),
    values: fc.boolean(),
    chunkEntries: fc.integer({ min: 1, max: 8 }),
  },
  { requiredKeys: [] },
)

const command = fc.oneof(
  { weight: 4, arbitrary: fc.record({ type: fc.constant('commit' as const), batch }) },
  {
    weight: 1,
    arbitrary: fc.record({ type: fc.constant('fence' as const), batch, key, value: fc.option(value) }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('open' as const), isBulk: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('close' as const), at: fc.nat() }) },
  {
    weight: 3,
    arbitrary: fc.record({ type: fc.constant('get' as const), at: fc.nat(), keys: fc.array(key) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ type: fc.constant('scan' as const), at: fc.nat(), range, scanOptions }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constantFrom('compact' as const, 'reopen' as const) }) },
)
type Command = typeof command extends fc.Arbitrary<infer C> ? C : never

interface Pair {
  readonly snapshot: KvSnapshot
  readonly model: KvModel
}

class Differential {
  #store: KvStore
  #model = new KvModel()
  #pairs: Pair[] = []
  readonly #reopen: OpenedStore['reopen']

  constructor({ store, reopen }: OpenedStore) {
    this.#store = store
    this.#reopen = reopen
  }

  async #open(isBulk: boolean): Promise<KvSnapshot> {
    const bulk = isBulk ? this.#store.bulkSnapshot?.() : undefined
    return bulk ?? this.#store.snapshot()
  }

  async run(command: Command): Promise<void> {
    switch (command.type) {
      case 'commit':
        await this.#store.commit(command.batch, { durable: false })
        this.#model = this.#model.after(command.batch)
        return
      case 'fence':
        return this.#fence(command.key, command.value ?? undefined, command.batch)
      case 'open':
        this.#pairs.push({ snapshot: await this.#open(command.isBulk), model: this.#model })
        return
      case 'close':
        this.#pairs.splice(command.at % (this.#pairs.length + 1), 1)[0]?.snapshot.close()
        return
      case 'get':
        return this.#onPair(command.at, async ({ snapshot, model }) => {
          const expected = command.keys.map((each) => model.get(each))
          expect(await snapshot.getMany(command.keys)).toEqual(expected)
          for (const [at, each] of command.keys.entries())
            expect(await snapshot.get(each)).toEqual(expected[at])
        })
      case 'scan':
        return this.#onPair(command.at, async ({ snapshot, model }) => {
          const found = await entriesOf(snapshot, command.scanOptions, command.range)
          expect(found).toEqual(model.scan(command.range, command.scanOptions))
        })
      case 'compact':
        return this.#store.compact()
      case 'reopen':
        if (this.#reopen === undefined) return
        this.#store = await this.#reopen()
        this.#pairs = []
        return
      default:
        command satisfies never
    }
  }

  async #fence(key: Buffer, value: Buffer | undefined, batch: readonly KvOperation[]): Promise<void> {
    const found = this.#model.get(key)
    const isHeld = found === undefined || value === undefined ? found === value : found.equals(value)
    const commit = () => this.#store.commit(batch, { durable: false, expect: { key, value } })
    if (!isHeld) return expectCode('STORAGE_FENCED', commit)
    await commit()
    this.#model = this.#model.after(batch)
  }

  /** An open pair, or the newest state. */
  async #onPair(at: number, check: (pair: Pair) => Promise<void>): Promise<void> {
    const pair = this.#pairs[at % (this.#pairs.length + 1)]
    if (pair !== undefined) return check(pair)
    const snapshot = this.#store.snapshot()
    await check({ snapshot, model: this.#model })
    snapshot.close()
  }
}

export function testAgainstModel(open: OpenStore): void {
  test('answers as a sorted array would, whatever the commands', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(command, { maxLength: 30, size: 'max' }), (commands) =>
        withStore(open, async (opened) => {
          const differential = new Differential(opened)
          for (const each of commands) await differential.run(each)
        }),
      ),
      { numRuns: 60 },
    )
  })
}
