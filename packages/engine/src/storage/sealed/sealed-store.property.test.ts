/**
 * The sealed store against the naive model, with pages and tables so small that every run goes through
 * several levels; on a store below that answers later, that refuses some batches, that is left without being
 * closed. At the end nothing is left behind that nobody refers to.
 */

import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { KvOperation, KvStore } from '../kv-store.ts'
import { KvModel } from '../testing/kv-model.ts'
import { entriesOf, everything } from '../testing/store-fixture.ts'
import { openSealedStore } from './open-sealed-store.ts'
import type { SealedSnapshot } from './sealed-snapshot.ts'
import type { SealedStore } from './sealed-store.ts'
import { lastingMemory, pagesOfStore, tinyShape } from './testing/sealed-fixture.ts'

const key = fc.oneof(
  { weight: 4, arbitrary: fc.nat(400).map((number) => Buffer.from(`k${String(number).padStart(4, '0')}`)) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 3 }).map((bytes) => Buffer.from(bytes)) },
)
const value = fc
  .record({ fill: fc.nat(255), bytes: fc.oneof(fc.nat(60), fc.integer({ min: 85, max: 95 }), fc.nat(3_000)) })
  .map(({ fill, bytes }) => Buffer.alloc(bytes, fill))
const operation: fc.Arbitrary<KvOperation> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ type: fc.constant('put' as const), key, value }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('delete' as const), key }) },
)
const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      type: fc.constant('commit' as const),
      batch: fc.array(operation, { maxLength: 30 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constantFrom('snapshot', 'release') }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constantFrom('reopen', 'crash', 'compact', 'check') }) },
)
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never

interface World {
  readonly memory: ReturnType<typeof lastingMemory>
  readonly dataKey: Uint8Array
  /** Batches that the store below refuses, one in so many. */
  refusesOneIn: number
}

const sealedOptions = { writeBufferBytes: 3_000, cacheBytes: 4_000, shape: tinyShape }

class Run {
  readonly #world: World
  #base: KvStore
  #store: SealedStore
  #model = new KvModel()
  #held: { snapshot: SealedSnapshot; model: KvModel }[] = []

  constructor(world: World, base: KvStore, store: SealedStore) {
    this.#world = world
    this.#base = base
    this.#store = store
  }

  static async open(world: World): Promise<Run> {
    const base = world.memory.open()
    return new Run(world, base, await openSealedStore({ base, dataKey: world.dataKey, ...sealedOptions }))
  }

  async take(taken: Step): Promise<void> {
    switch (taken.type) {
      case 'commit':
        return this.#commit((taken as Extract<Step, { batch: unknown }>).batch)
      case 'snapshot':
        this.#held.push({ snapshot: this.#store.snapshot(), model: this.#model })
        return
      case 'release':
        return this.#held.shift()?.snapshot.close()
      case 'check':
        return this.check()
      case 'compact':
        return this.#store.compact().catch(expectFull)
      case 'reopen':
        await this.#store.close()
        return this.#reopen()
      case 'crash':
        // What the old one is about to do comes too late.
        this.#base.commit = async () => new Promise(() => undefined)
        await new Promise((resolve) => setImmediate(resolve))
        return this.#reopen()
    }
  }

  async check(): Promise<void> {
    const newest = { snapshot: this.#store.snapshot(), model: this.#model }
    for (const { snapshot, model } of [newest, ...this.#held]) {
      for (const reverse of [false, true]) {
        const found = await entriesOf(snapshot, { reverse })
        expect(found.map(brief)).toEqual(model.scan(everything, { reverse }).map(brief))
      }
      for (const { key: each, value: expected } of model.entries.slice(0, 50)) {
        expect(brief({ key: each, value: await snapshot.get(each) })).toEqual(
          brief({ key: each, value: expected }),
        )
      }
      expect(await snapshot.get(Buffer.from('k0000-'))).toBeUndefined()
    }
    newest.snapshot.close()
  }

  /** Everything is found sound, and nothing is left that nobody refers to. */
  async finish(): Promise<void> {
    this.#world.refusesOneIn = 0
    await this.check()
    for (const { snapshot } of this.#held.splice(0)) snapshot.close()
    await this.#store.compact()
    await this.check()
    expect(await this.#store.findDamage()).toEqual([])
    const { referred, present } = await pagesOfStore(this.#world.memory.memory, this.#world.dataKey)
    expect(present).toEqual(referred)
    await this.#store.close()
  }

  async #commit(batch: readonly KvOperation[]): Promise<void> {
    try {
      await this.#store.commit(batch)
      this.#model = this.#model.after(batch)
    } catch (error) {
      expectFull(error)
    }
  }

  async #reopen(): Promise<void> {
    this.#held = []
    const { memory, dataKey } = this.#world
    const refusesOneIn = this.#world.refusesOneIn
    this.#world.refusesOneIn = 0
    this.#base = memory.open()
    this.#store = await openSealedStore({ base: this.#base, dataKey, ...sealedOptions })
    this.#world.refusesOneIn = refusesOneIn
    await this.check()
  }
}

function brief({ key: each, value: bytes }: { key: Buffer; value: Buffer | undefined }): string {
  return `${each.toString('hex')} ${bytes?.length} ${bytes?.at(0)}`
}

function expectFull(error: unknown): void {
  expect(error).toMatchObject({ code: 'STORAGE_FULL' })
}

test.each([
  ['sync', 0],
  ['async', 0],
  ['sync', 5],
] as const)(
  'answers as a sorted array would: %s reads, one batch in %d refused',
  async (reads, refusesOneIn) => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60, size: 'max' }), async (steps) => {
        let batches = 0
        const world: World = {
          memory: lastingMemory(reads, () => {
            batches += 1
            return world.refusesOneIn > 0 && batches % world.refusesOneIn === 0
          }),
          dataKey: randomBytes(32),
          refusesOneIn: 0,
        }
        const run = await Run.open(world)
        world.refusesOneIn = refusesOneIn
        for (const each of steps) await run.take(each)
        await run.finish()
      }),
      { numRuns: 15 },
    )
  },
  120_000,
)
