/**
 * The contract of kv-store.ts as tests that every store runs.
 * How to use it: a test file beside the store calls `testKvStore` once. See README.md.
 */

import { describe } from 'vitest'
import { testCommits } from './testing/commit-suite.ts'
import { testIsolation } from './testing/isolation-suite.ts'
import { testLifetime } from './testing/lifetime-suite.ts'
import { testAgainstModel } from './testing/model-suite.ts'
import type { OpenStore } from './testing/opened-store.ts'
import { testReads } from './testing/read-suite.ts'
import { testShares } from './testing/share-suite.ts'

export function testKvStore(name: string, open: OpenStore): void {
  describe(`${name} keeps the contract of a store`, () => {
    describe('reads', () => testReads(open))
    describe('isolation', () => testIsolation(open))
    describe('commits', () => testCommits(open))
    describe('lifetime', () => testLifetime(open))
    describe('shares', () => testShares(open))
    describe('model', () => testAgainstModel(open))
  })
}
