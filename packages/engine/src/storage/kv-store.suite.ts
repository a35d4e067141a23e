/**
 * The contract of kv-store.ts as tests that every store runs.
 * How to use it: a test file beside the store calls `testKvStore` once. See README.md.
 */

import { describe } from 'vitest'
import type { KvStore, KvStoreLimits } from './kv-store.ts'
import { testCommits } from './testing/commit-suite.ts'
import { testIsolation } from './testing/isolation-suite.ts'
import { testLifetime } from './testing/lifetime-suite.ts'
import { testAgainstModel } from './testing/model-suite.ts'
import { testReads } from './testing/read-suite.ts'

export interface OpenedStore {
  readonly store: KvStore
  /** Closes the store and opens it again on the same data. Stores that forget leave it out. */
  reopen?(): Promise<KvStore>
  /** Closes what is open and removes the data. */
  dispose(): Promise<void>
}

/** Opens an empty store, with narrower limits where asked for. */
export type OpenStore = (options?: { readonly limits?: Partial<KvStoreLimits> }) => Promise<OpenedStore>

export function testKvStore(name: string, open: OpenStore): void {
  describe(`${name} keeps the contract of a store`, () => {
    describe('reads', () => testReads(open))
    describe('isolation', () => testIsolation(open))
    describe('commits', () => testCommits(open))
    describe('lifetime', () => testLifetime(open))
    describe('model', () => testAgainstModel(open))
  })
}
