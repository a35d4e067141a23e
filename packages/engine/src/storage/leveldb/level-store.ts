import { crc32 } from 'node:zlib'
import { ClassicLevel } from 'classic-level'
import type { CommitOptions, KeyRange, KvEntry, KvOperation, KvStore, ScanOptions } from '../kv-store.ts'
export async function openLevelStore({ path, cacheBytes = 32 << 20, writeBufferBytes = 16 << 20 }: { path: string; cacheBytes?: number; writeBufferBytes?: number }): Promise<KvStore> {
  const db = new ClassicLevel<Buffer, Buffer>(path, { keyEncoding: 'buffer', valueEncoding: 'buffer', cacheSize: cacheBytes, writeBufferSize: writeBufferBytes })
  await db.open()
  const unframe = (key: Uint8Array, v: Buffer) => {
    if (crc32(v.subarray(4), crc32(key)) !== v.readUInt32LE(0)) throw new Error('corrupt')
    return v.subarray(4)
  }
  let chain: Promise<void> = Promise.resolve()
  return {
    reads: 'sync', limits: { keyBytesMax: 1e6, valueBytesMax: 1e9, batchBytesMax: 1e9 },
    snapshot() {
      const snapshot = db.snapshot(); const o = { snapshot }
      const get = (key: Uint8Array) => { const v = db.getSync(key as Buffer, o); return v === undefined ? undefined : unframe(key, v) }
      return {
        get, getMany: (keys) => keys.map(get),
        async *scan(range: KeyRange, s: ScanOptions = {}): AsyncGenerator<readonly KvEntry[]> {
          const it = db.iterator({ gte: range.gte as Buffer, lt: range.lt as Buffer, reverse: s.reverse ?? false, limit: s.limit ?? -1, highWaterMarkBytes: 262144, snapshot })
          try { for (;;) { const c = await it.nextv(Math.min(1000, s.limit ?? 1000)); if (c.length === 0) return; yield c.map(([key, v]) => ({ key, value: unframe(key, v) })) } } finally { void it.close() }
        },
        close() { void snapshot.close() },
      }
    },
    commit(batch: readonly KvOperation[], options?: CommitOptions) {
      const run = async () => {
        if (options?.expect) { const v = db.getSync(options.expect.key as Buffer); const cur = v && unframe(options.expect.key, v); const e = options.expect.value; if ((cur === undefined) !== (e === undefined) || (cur && !cur.equals(e as Buffer))) throw new Error('fenced') }
        await db.batch(batch.map((op) => { if (op.type === 'delete') return { type: 'del' as const, key: op.key as Buffer }; const value = Buffer.allocUnsafe(op.value.length + 4); value.writeUInt32LE(crc32(op.value, crc32(op.key))); value.set(op.value, 4); return { type: 'put' as const, key: op.key as Buffer, value } }), { sync: true })
      }
      const p = chain.then(run); chain = p.catch(() => {}); return p
    },
    async sizeBytes() { return 0 }, async compact() {}, async close() { await chain; await db.close() },
  }
}
