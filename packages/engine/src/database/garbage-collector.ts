/**
 * Removes what has served its time: the live keys of tables, indexes and branches that were dropped, and the
 * answers that were kept for repeated requests.
 * Why in the background: dropping a table of a million records is one commit, answered at once; history
 * stays.
 */

import { garbageKinds } from '../ledger/commit-group.ts'
import { keyOf, keyWithTail, kindRange, mainBranch } from '../ledger/key-space.ts'
import { decodeReplay } from '../ledger/replay.ts'
import { readUvarint } from '../ledger/uvarint.ts'
import type { KeyRange, KvOperation } from '../storage/kv-store.ts'
import type { DatabaseCore } from './database-core.ts'
import { isOutdated } from './guarded-write.ts'

const keysPerStep = 2_048

export class GarbageCollector {
  readonly #core: DatabaseCore
  #running: Promise<void> | undefined
  #isStopped = false
  #isAskedAgain = false

  constructor(core: DatabaseCore) {
    this.#core = core
  }

  get isIdle(): boolean {
    return this.#running === undefined
  }

  /** Starts removing what is marked, unless that is going on. */
  run(): void {
    this.#isAskedAgain = true
    this.#running ??= this.#runAll().finally(() => {
      this.#running = undefined
    })
  }

  /** Resolves when what is marked now has been removed. */
  async settle(): Promise<void> {
    this.run()
    await this.#running
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    await this.#running
  }

  async #runAll(): Promise<void> {
    while (this.#isAskedAgain && !this.#isStopped) {
      this.#isAskedAgain = false
      for (const mark of await this.#keys(kindRange('garbage'), keysPerStep)) {
        for (const range of rangesOf(mark, this.#branches())) await this.#remove(range)
        if (!this.#isStopped) await this.#change([{ type: 'delete', key: mark }])
      }
      await this.#forgetAnswers()
    }
  }

  #branches(): number[] {
    return [...this.#core.catalogs.newest().branches()].map(({ number }) => number)
  }

  /** The oldest first, up to one that is still needed. */
  async #forgetAnswers(): Promise<void> {
    for (const logKey of await this.#keys(kindRange('replayLog'), keysPerStep)) {
      const held = await this.#core.snapshots.hold()
      const { seq } = held.manifest
      let operations: readonly KvOperation[] | undefined
      const readKeys: Buffer[] = []
      try {
        const tail = await held.snapshot.get(logKey)
        const key = keyWithTail('replay', tail ?? Buffer.alloc(0))
        const stored = await held.snapshot.get(key)
        const replay = stored && decodeReplay(stored)
        // The key may have been used again, a day later; that use has an entry of its own.
        const isNewest = replay?.seq === readUvarint(logKey, 1).value
        if (isNewest && !isOutdated(replay)) return
        readKeys.push(key)
        operations = [logKey, ...(isNewest ? [key] : [])].map((each) => ({ type: 'delete', key: each }))
      } finally {
        held.release()
      }
      if (this.#isStopped) return
      await this.#change(operations, { readSeq: seq, readKeys })
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
