import BTreeModule from 'sorted-btree'
import type { CommitOptions, KeyRange, KvEntry, KvOperation, KvSnapshot, KvStore, ScanOptions } from '../kv-store.ts'
const BTree = (BTreeModule as any).default ?? BTreeModule
const t = (k: Uint8Array) => Buffer.from(k.buffer, k.byteOffset, k.length).toString('latin1')
class S implements KvSnapshot {
  tree: any
  constructor(tree: any) { this.tree = tree }
  get(key: Uint8Array) { return this.tree.get(t(key)) }
  getMany(keys: readonly Uint8Array[]) { return keys.map((k) => this.get(k)) }
  async *scan(range: KeyRange, o: ScanOptions = {}): AsyncIterable<readonly KvEntry[]> {
    const out: KvEntry[] = []
    this.tree.forRange(t(range.gte), t(range.lt), false, (k: string, v: Buffer) => { out.push({ key: Buffer.from(k, 'latin1'), value: v }) })
    if (o.reverse) out.reverse()
    const l = o.limit === undefined ? out : out.slice(0, o.limit)
    for (let i = 0; i < l.length; i += 1000) yield l.slice(i, i + 1000)
  }
  close() {}
}
export function openMemoryStore(): KvStore {
  let tree = new BTree(undefined, (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0))
  return {
    reads: 'sync', limits: { keyBytesMax: 1e6, valueBytesMax: 1e9, batchBytesMax: 1e9 },
    snapshot: () => new S(tree.clone()),
    async commit(batch: readonly KvOperation[], options?: CommitOptions) {
      if (options?.expect) { const cur = tree.get(t(options.expect.key)); const e = options.expect.value; if ((cur === undefined) !== (e === undefined) || (cur && !cur.equals(e))) throw new Error('fenced') }
      for (const op of batch) { if (op.type === 'put') tree.set(t(op.key), Buffer.from(op.value)); else tree.delete(t(op.key)) }
    },
    async sizeBytes() { return 0 }, async compact() {}, async close() {},
  }
}
