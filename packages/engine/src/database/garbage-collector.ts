/**
 * Removes what has served its time: the live keys of tables, indexes and branches that were dropped, and the
 * answers that were kept for repeated requests.
 * Why in the background: dropping a table of a million records is one commit, answered at once; history
 * stays.
 */

import { garbageKinds } from '../ledger/commit-group.ts'
import { keyOf, keyWithTail, kindRange, mainBranch } from '../ledger/key-space.ts'
import { decodeReplay, isOutdated } from '../ledger/replay.ts'
import { readUvarint } from '../ledger/uvarint.ts'
import type { KeyRange, KvOperation } from '../storage/kv-store.ts'
import type { DatabaseCore } from './database-core.ts'
import type { OnProblem } from './job-problems.ts'
import type { HeldSnapshot } from './shared-snapshot.ts'

const keysPerStep = 2_048

/** What is to be removed of an answer that was kept. */
interface OldAnswer {
  readonly operations: readonly KvOperation[]
  readonly readKeys: readonly Buffer[]
}

export class GarbageCollector {
  readonly #core: DatabaseCore
  readonly #onProblem: OnProblem
  #running: Promise<void> | undefined
  #isStopped = false
  #isAskedAgain = false

  /** @param onProblem is told of what a later run will try again */
  constructor(core: DatabaseCore, onProblem: OnProblem = () => undefined) {
    this.#core = core
    this.#onProblem = onProblem
  }

  get isIdle(): boolean {
    return this.#running === undefined
  }

  /** Starts removing what is marked, unless that is going on. */
  run(): void {
    this.#isAskedAgain = true
    this.#running ??= this.#start()
  }

  #start(): Promise<void> {
    const running = this.#runAll().finally(() => {
      this.#running = undefined
    })
    // Those who wait for it are told besides.
    running.catch((error: unknown) => this.#tell('the removal of what was dropped', error))
    return running
  }

  #tell(work: string, error: unknown): void {
    if (!this.#isStopped) this.#onProblem(work, error)
  }

  /** Resolves when what is marked now has been removed. @throws what was in the way of that */
  async settle(): Promise<void> {
    this.run()
    await this.#running
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    await this.#running?.catch(() => undefined)
  }

  async #runAll(): Promise<void> {
    while (this.#isAskedAgain && !this.#isStopped) {
      this.#isAskedAgain = false
      try {
        await this.#removeDropped()
      } finally {
        await this.#forgetAnswers().catch((error: unknown) => this.#tell(forgettingAnswers, error))
      }
    }
  }

  async #removeDropped(): Promise<void> {
    for (const mark of await this.#keys(kindRange('garbage'), keysPerStep)) {
      for (const range of rangesOf(mark, this.#branches())) await this.#remove(range)
      if (!this.#isStopped) await this.#change([{ type: 'delete', key: mark }])
    }
  }

  #branches(): number[] {
    return [...this.#core.catalogs.newest().branches()].map(({ number }) => number)
  }

  /** The oldest first, up to one that is still needed. Those that are damaged are passed over. */
  async #forgetAnswers(): Promise<void> {
    for (const logKey of await this.#keys(kindRange('replayLog'), keysPerStep)) {
      const held = await this.#core.snapshots.hold()
      let old: OldAnswer | undefined
      try {
        old = await readOldAnswer(held, logKey)
      } catch (error) {
        this.#tell(forgettingAnswers, error)
        continue
      } finally {
        held.release()
      }
      if (old === undefined || this.#isStopped) return
      await this.#change(old.operations, { readSeq: held.manifest.seq, readKeys: old.readKeys })
    }
  }

  async #remove(range: KeyRange): Promise<void> {
    for (let isMore = true; isMore && !this.#isStopped; ) {
      const keys = await this.#keys(range, keysPerStep)
      isMore = keys.length === keysPerStep
      await this.#change(keys.map((key) => ({ type: 'delete', key })))
    }
  }

  async #keys(range: KeyRange, limit: number): Promise<Buffer[]> {
    const held = await this.#core.snapshots.hold()
    try {
      const keys: Buffer[] = []
      for await (const chunk of held.snapshot.scan(range, { limit, values: false })) {
        for (const { key } of chunk) keys.push(key)
      }
      return keys
    } finally {
      held.release()
    }
  }

  /**
   * Without `read` nothing else touches these keys, so that only a changed catalog can be in the way. With it
   * the change is left for another time when something else was quicker.
   */
  async #change(
    operations: readonly KvOperation[],
    read?: { readonly readSeq: number; readonly readKeys: readonly Buffer[] },
  ): Promise<void> {
    for (let outcome = 'conflict'; outcome === 'conflict' && !this.#isStopped; ) {
      outcome = await this.#core.sequencer.submitDerived({
        readSeq: read?.readSeq ?? this.#core.sequencer.sequencedSeq,
        catalogSeq: this.#core.catalogs.newest().seq,
        readKeys: read?.readKeys ?? [],
        readRanges: [],
        operations,
      })
      if (read !== undefined) break
    }
    this.#core.snapshots.expire()
  }
}

const forgettingAnswers = 'the removal of answers that were kept for repeated requests'

/** `undefined`: it is still needed. */
async function readOldAnswer({ snapshot }: HeldSnapshot, logKey: Buffer): Promise<OldAnswer | undefined> {
  const tail = await snapshot.get(logKey)
  const key = keyWithTail('replay', tail ?? Buffer.alloc(0))
  const stored = await snapshot.get(key)
  const replay = stored && decodeReplay(stored)
  // The key may have been used again, a day later; that use has an entry of its own.
  const isNewest = replay?.seq === readUvarint(logKey, 1).value
  if (isNewest && !isOutdated(replay)) return undefined
  const keys = [logKey, ...(isNewest ? [key] : [])]
  return { readKeys: [key], operations: keys.map((each) => ({ type: 'delete', key: each })) }
}

/**
 * What a `G` key stands for. A table that main has removed stays on the branches that have it; an index is of
 * no use to them any more.
 */
function rangesOf(mark: Buffer, branches: readonly number[]): KeyRange[] {
  const kind = readUvarint(mark, 1)
  const { value: number } = readUvarint(mark, kind.end)
  switch (kind.value) {
    case garbageKinds.branch:
      return (['record', 'index', 'pastIndex', 'count'] as const).map((each) => kindRange(each, number))
    case garbageKinds.index:
      return [mainBranch, ...branches]
        .flatMap((branch) => [kindRange('index', branch, number), kindRange('pastIndex', branch, number)])
        .concat(kindRange('build', number))
    default: {
      const count = keyOf('count', mainBranch, number)
      return [
        kindRange('record', mainBranch, number),
        { gte: count, lt: Buffer.concat([count, Buffer.from([0])]) },
      ]
    }
  }
}
