/** Contract of stores that other threads can read. */

import { expect, test } from 'vitest'
import type { KvShare, KvStore } from '../kv-store.ts'
import type { OpenStore } from './opened-store.ts'
import { ReadingThread } from './reading-thread.ts'
import { contentOf, expectCode, put, withStore } from './store-fixture.ts'

const noRecall = () => expect.unreachable('nobody closes the store')

export function testShares(open: OpenStore): void {
  test('another thread sees what was committed before its snapshot, and nothing later', () =>
    withShare(open, noRecall, async ({ store, thread }) => {
      for (let round = 0; round < 20; round += 1) {
        const before = await contentOf(store)
        await thread.snapshot()
        await store.commit([put(`k${round}`, 'v'), put('a', String(round))], { durable: false })
        expect(await thread.content()).toEqual(before)
        await thread.snapshot()
        expect(await thread.content()).toEqual(await contentOf(store))
      }
    }))

  test('another thread never sees a part of a batch', () =>
    withShare(open, noRecall, async ({ store, thread }) => {
      let isDone = false
      const writes = (async () => {
        for (let at = 0; !isDone; at += 1)
          await store.commit([put('a', `${at}`), put(`m${at % 100}`, ''), put('z', `${at}`)], {
            durable: false,
          })
      })()
      for (let round = 0; round < 50; round += 1) {
        await thread.snapshot()
        const content = await thread.content()
        expect(content.at(0)?.slice(2)).toBe(content.at(-1)?.slice(2))
      }
      isDone = true
      await writes
    }))

  test('another thread reads like a bulk snapshot, and what was written since then as it is', () =>
    withShare(open, noRecall, async ({ store }) => {
      const batch = Array.from({ length: 2_000 }, (_, at) => put(`k${at}`, `v${at}`.repeat(at % 40)))
      await store.commit(batch, { durable: false })
      await store.commit([put('k7', 'w'), put('zz', '')], { durable: false })
      const snapshot = await store.bulkSnapshot?.()
      for (const isWritten of [false, true]) {
        if (isWritten) await store.commit([put('k8', 'w')], { durable: false })
        const share = store.share?.(noRecall, snapshot)
        if (share === undefined) return
        const thread = new ReadingThread()
        try {
          await thread.open(share)
          await thread.snapshot()
          expect(await thread.content()).toEqual(await contentOf(store))
        } finally {
          await thread.end()
          share.release()
        }
      }
      snapshot?.close()
    }))

  test('closing asks for what is shared and waits until it is released', async () => {
    let recalls = 0
    const onRecall = () => {
      recalls += 1
    }
    await withShare(open, onRecall, async ({ store, reopen, thread, share }) => {
      const other = store.share?.(onRecall)
      await store.commit([put('a', '1')])
      await thread.snapshot()
      let isClosed = false
      const closing = store.close().then(() => {
        isClosed = true
      })
      expect(await thread.content()).toEqual(['a=1'])
      expect(recalls).toBe(2)
      other?.release()
      other?.release()
      await thread.close()
      await expectCode('STORAGE_CLOSED', () => thread.content())
      await expectCode('STORAGE_CLOSED', () => thread.snapshot())
      expect(isClosed).toBe(false)
      share.release()
      await closing
      await expectCode('STORAGE_CLOSED', () => store.share?.(onRecall))
      if (reopen !== undefined) expect(await contentOf(await reopen())).toEqual(['a=1'])
    })
  })

  test('a reader that closes in the middle of its reads lets them end', () =>
    withShare(open, noRecall, async ({ store, thread }) => {
      await store.commit(Array.from({ length: 5_000 }, (_, at) => put(`k${at}`, 'v')))
      await thread.snapshot()
      const content = expectCode('STORAGE_CLOSED', () => thread.content())
      await thread.close()
      await content
    }))

  test('a thread that ends in the middle of its reads leaves the store as it is', () =>
    withShare(open, noRecall, async ({ store, thread, share }) => {
      await store.commit(Array.from({ length: 5_000 }, (_, at) => put(`k${at}`, 'v')))
      await thread.snapshot()
      void thread.content().catch(() => undefined)
      await thread.end()
      share.release()
      await store.commit([put('k0', 'w')])
      expect(await contentOf(store)).toHaveLength(5_000)
    }))
}

interface Shared {
  readonly store: KvStore
  readonly reopen: (() => Promise<KvStore>) | undefined
  readonly thread: ReadingThread
  readonly share: KvShare
}

/** Nothing to prove of a store that does not share. */
function withShare(
  open: OpenStore,
  onRecall: () => void,
  run: (shared: Shared) => Promise<void>,
): Promise<void> {
  return withStore(open, async ({ store, reopen }) => {
    const share = store.share?.(onRecall)
    if (share === undefined) return
    const thread = new ReadingThread()
    try {
      await thread.open(share)
      await run({ store, reopen, thread, share })
    } finally {
      await thread.end()
      share.release()
    }
  })
}
