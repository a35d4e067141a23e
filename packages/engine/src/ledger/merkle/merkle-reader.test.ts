import { verifyConsistency, verifyInclusion } from '@dendrodb/protocol'
import { describe, expect, test } from 'vitest'
import type { KvStore } from '../../storage/kv-store.ts'
import { openMemoryStore } from '../../storage/memory/memory-store.ts'
import { openTestCore, recordOf } from '../../testing/open-core.ts'
import { headOf } from '../commit.ts'
import { ledgerHashes } from '../hash.ts'
import { keyOf } from '../key-space.ts'
import { appendLeaf, emptyRange, leafHash, rootOf } from './compact-range.ts'
import { MerkleReader } from './merkle-reader.ts'

const hash = ledgerHashes.blake2b
const sizeMax = 150

async function makeStore(): Promise<KvStore> {
  const store = openMemoryStore()
  const core = await openTestCore(store)
  for (let at = 0; at < sizeMax; at += 1) await core.write((tx) => tx.put(recordOf('a')(at), { at }))
  return store
}

const store = await makeStore()
const snapshot = store.snapshot()
const leaves: Buffer[] = []
const roots = [rootOf(hash, emptyRange)]
let range = emptyRange
for (let seq = 1; seq <= sizeMax; seq += 1) {
  const leaf = leafHash(hash, headOf(hash, (await snapshot.get(keyOf('commit', seq))) as Buffer))
  range = appendLeaf(hash, range, leaf, () => undefined)
  leaves.push(leaf)
  roots.push(rootOf(hash, range))
}

/** A fresh one each time, so that none lives on what another has read. */
const reader = () => new MerkleReader(hash, snapshot)

test('the root is that of the commits at every size', async () => {
  for (const [size, root] of roots.entries()) expect(await reader().root(size)).toEqual(root)
})

test('every commit is proved in every tree that holds it', async () => {
  const shared = reader()
  for (let size = 1; size <= sizeMax; size += 1) {
    for (const [index, leaf] of leaves.slice(0, size).entries()) {
      const path = await (index % 16 === 0 ? reader() : shared).inclusion(index, size)
      verifyInclusion(hash.of, {
        leafIndex: index,
        treeSize: size,
        leafHash: leaf,
        path,
        root: roots[size] as Buffer,
      })
    }
  }
})

test('every tree is proved to have grown from every smaller one', async () => {
  const shared = reader()
  for (let to = 0; to <= sizeMax; to += 1) {
    for (let from = 0; from <= to; from += 1) {
      const path = await (from % 16 === 0 ? reader() : shared).consistency(from, to)
      const [fromRoot, toRoot] = [roots[from] as Buffer, roots[to] as Buffer]
      verifyConsistency(hash.of, { fromSize: from, fromRoot, toSize: to, toRoot, path })
    }
  }
})

describe('what is read', () => {
  const counting = () => {
    const reads: string[] = []
    const get = (key: Uint8Array) => {
      reads.push(String.fromCharCode(key[0] as number))
      return snapshot.get(key)
    }
    return {
      reads,
      reader: new MerkleReader(hash, { ...snapshot, get, getMany: () => [], scan: snapshot.scan }),
    }
  }

  test('of a tree of 150: few nodes and at most 16 commits at each end', async () => {
    for (const work of [
      (tree: MerkleReader) => tree.inclusion(70, sizeMax),
      (tree: MerkleReader) => tree.consistency(79, sizeMax),
      (tree: MerkleReader) => tree.root(sizeMax),
    ]) {
      const { reads, reader: tree } = counting()
      await work(tree)
      expect(reads.filter((kind) => kind === 'L').length).toBeLessThanOrEqual(32)
      expect(reads.filter((kind) => kind === 'T').length).toBeLessThanOrEqual(6)
    }
  })
})

test('a commit or a node that is missing is damage, named', async () => {
  const missing = async (key: Buffer, what: string) => {
    const value = (await snapshot.get(key)) as Buffer
    await store.commit([{ type: 'delete', key }])
    const damaged = store.snapshot()
    await expect(new MerkleReader(hash, damaged).inclusion(70, sizeMax)).rejects.toMatchObject({
      code: 'LEDGER_CORRUPT',
      details: { what },
    })
    damaged.close()
    await store.commit([{ type: 'put', key, value }])
  }
  await missing(keyOf('commit', 72), 'commit 72')
  await missing(keyOf('merkle', 6, 0), 'node 0 of level 6 of the Merkle tree')
})
