/**
 * First pass, in the order of commits: the hash chain, the commitments, the Merkle tree, the manifest, and
 * which commits led to which.
 */

import { effectKeys } from '../ledger/causes.ts'
import { decodeCommit, headOf } from '../ledger/commit.ts'
import type { LedgerHash } from '../ledger/hash.ts'
import { keyOf, kindRange, merkleStoredLevelMin } from '../ledger/key-space.ts'
import type { Manifest } from '../ledger/manifest.ts'
import { appendLeaf, type CompactRange, emptyRange, leafHash } from '../ledger/merkle/compact-range.ts'
import type { KvReader } from '../ledger/overlay.ts'
import { commitmentOf, openVersion } from '../ledger/record-version.ts'
import { readUvarint } from '../ledger/uvarint.ts'
import { decodeMetaPayload } from '../ledger/write-meta.ts'
import type { KvEntry } from '../storage/kv-store.ts'
import type { Findings } from './findings.ts'
import { FingerprintSet } from './fingerprint-set.ts'
import { KeyCursor } from './key-cursor.ts'

export interface ChainPass {
  readonly reader: KvReader
  readonly hash: LedgerHash
  /** What the first commit follows from. */
  readonly genesis: Uint8Array
  readonly manifest: Manifest
  /** The manifest of a snapshot taken before the reader's, compared with the chain on the way. */
  readonly earlier?: Manifest | undefined
  readonly findings: Findings
  /** Called every now and then with the commits done. */
  readonly onProgress: (seq: number) => void
}

export interface ChainResult {
  /** Up to the earlier manifest, where there is one. */
  readonly versions: number
  readonly objects: number
}

const progressCommits = 1_024
const noValue = new Uint8Array()

export async function verifyChain(pass: ChainPass): Promise<ChainResult> {
  const { reader, findings, manifest, earlier } = pass
  const open = (kind: 'commit' | 'meta' | 'version', name: string) => {
    return new KeyCursor(reader, kindRange(kind), name, findings)
  }
  const walk = new ChainWalk(pass, {
    commits: open('commit', 'a commit'),
    metas: open('meta', 'the metadata of a commit'),
    versions: open('version', 'a record version'),
  })
  for (let seq = 1; seq <= manifest.seq; seq += 1) {
    await walk.commit(seq)
    if (seq === earlier?.seq) walk.meet(earlier)
    if (seq % progressCommits === 0) pass.onProgress(seq)
  }
  return walk.finish()
}

interface ChainCursors {
  readonly commits: KeyCursor
  readonly metas: KeyCursor
  readonly versions: KeyCursor
}

class ChainWalk {
  readonly #pass: ChainPass
  readonly #hash: LedgerHash
  readonly #cursors: ChainCursors
  readonly #nodes = new FingerprintSet()
  /** The commit being gone through. */
  #seq: number | undefined
  readonly #effects = new FingerprintSet()
  #head: Uint8Array
  #timeMicros = 0
  #merkle: CompactRange = emptyRange
  #versions = 0
  #earlierVersions: number | undefined
  #objects = 0

  constructor(pass: ChainPass, cursors: ChainCursors) {
    this.#pass = pass
    this.#hash = pass.hash
    this.#cursors = cursors
    this.#head = pass.genesis
  }

  async commit(seq: number): Promise<void> {
    this.#seq = seq
    const what = `commit ${seq}`
    const entry = await this.#take(this.#cursors.commits, keyOf('commit', seq), what)
    if (entry === undefined) return
    this.#objects += 1
    const commit = this.#attempt(what, entry.key, () => decodeCommit(entry.value))
    if (commit === undefined) return
    if (commit.seq !== seq) this.#broken(what, entry.key, `it carries the number ${commit.seq}`)
    if (Buffer.compare(commit.prevHead, this.#head) !== 0) {
      this.#broken(what, entry.key, 'it does not follow from the commit before it')
    }
    if (commit.timeMicros <= this.#timeMicros)
      this.#broken(what, entry.key, 'its time is not later than the one before')
    this.#head = headOf(this.#hash, entry.value)
    this.#timeMicros = commit.timeMicros
    const leaf = leafHash(this.#hash, this.#head)
    this.#merkle = appendLeaf(this.#hash, this.#merkle, leaf, ({ level, index, hash }) => {
      if (level >= merkleStoredLevelMin) this.#nodes.expect(keyOf('merkle', level, index), hash)
    })
    await this.#meta(seq, commit.metaCommitment)
    for (const [n, commitment] of commit.versionCommitments.entries()) await this.#version(seq, n, commitment)
  }

  /** The earlier manifest's commit is reached. */
  meet(earlier: Manifest): void {
    this.#earlierVersions = this.#versions
    this.#compare(earlier)
  }

  /** With the manifest that says where the chain stands now. */
  #compare(manifest: Manifest): void {
    this.#seq = undefined
    if (Buffer.compare(manifest.head, this.#head) !== 0) {
      this.#broken('the manifest', undefined, 'its head is not that of the last commit')
    }
    const isSameTree =
      manifest.merkle.size === this.#merkle.size &&
      Buffer.concat(manifest.merkle.roots).equals(Buffer.concat(this.#merkle.roots))
    if (!isSameTree)
      this.#broken('the manifest', undefined, 'its Merkle roots do not follow from the commits')
    if (manifest.timeMicros !== this.#timeMicros)
      this.#broken('the manifest', undefined, 'its time is another one')
  }

  async finish(): Promise<ChainResult> {
    this.#seq = undefined
    const { manifest, earlier } = this.#pass
    if (earlier !== undefined && earlier.seq > manifest.seq)
      this.#broken('the manifest', undefined, 'it is of an older commit than it was')
    for (const cursor of Object.values(this.#cursors) as KeyCursor[]) {
      for (let entry = await cursor.peek(); entry !== undefined; entry = await cursor.peek()) {
        this.#broken('the log', entry.key, 'a key that no commit accounts for')
        cursor.advance()
      }
    }
    this.#compare(manifest)
    await this.#compareNodes()
    await this.#compareEffects()
    return { versions: this.#earlierVersions ?? this.#versions, objects: this.#objects }
  }

  async #meta(seq: number, commitment: Uint8Array | undefined): Promise<void> {
    if (commitment === undefined) return
    const what = `the metadata of commit ${seq}`
    const entry = await this.#take(this.#cursors.metas, keyOf('meta', seq), what)
    if (entry === undefined) return
    this.#objects += 1
    if (Buffer.compare(this.#hash.of(entry.value), commitment) !== 0) {
      this.#broken(what, entry.key, 'its hash is not the one in the commit')
      return
    }
    for (const key of effectKeys(seq, decodeMetaPayload(entry.value))) this.#effects.expect(key, noValue)
  }

  async #version(seq: number, n: number, commitment: Uint8Array): Promise<void> {
    const what = `version ${n} of commit ${seq}`
    const entry = await this.#take(this.#cursors.versions, keyOf('version', seq, n), what)
    if (entry === undefined) return
    this.#objects += 1
    this.#versions += 1
    const isTrue = this.#attempt(what, entry.key, () => {
      const { bytes } = openVersion(entry.value)
      return Buffer.compare(commitmentOf(this.#hash, entry.value, bytes), commitment) === 0
    })
    if (isTrue === false) this.#broken(what, entry.key, 'its hash is not the one in the commit')
  }

  /** The entry under the key, which is the next one unless something is missing or too many. */
  async #take(cursor: KeyCursor, key: Buffer, what: string): Promise<KvEntry | undefined> {
    for (;;) {
      const entry = cursor.peek()
      const found = entry instanceof Promise ? await entry : entry
      const order = found === undefined ? 1 : Buffer.compare(found.key, key)
      if (order > 0) {
        this.#broken(what, key, 'it is missing')
        return undefined
      }
      cursor.advance()
      if (order === 0) return found
      this.#broken('the log', found?.key, 'a key that no commit accounts for')
    }
  }

  async #compareNodes(): Promise<void> {
    const { reader, findings } = this.#pass
    const meetAll = async (set: FingerprintSet) => {
      const cursor = new KeyCursor(reader, kindRange('merkle'), 'a Merkle node', findings)
      for (let entry = await cursor.peek(); entry !== undefined; entry = await cursor.peek()) {
        set.meet(entry.key, entry.value)
        this.#objects += 1
        cursor.advance()
      }
    }
    await meetAll(this.#nodes)
    if (this.#nodes.isEqual) return
    const second = this.#nodes.collector()
    await meetAll(second)
    await this.#expectNodes(second)
    for (const { key, problem } of second.differences())
      this.#broken('a Merkle node', key, `it is ${problem}`)
  }

  async #compareEffects(): Promise<void> {
    const { reader, findings } = this.#pass
    const meetAll = async (set: FingerprintSet) => {
      const cursor = new KeyCursor(reader, kindRange('effect'), 'an effect of a commit', findings)
      for (let entry = await cursor.peek(); entry !== undefined; entry = await cursor.peek()) {
        set.meet(entry.key, entry.value)
        this.#objects += 1
        cursor.advance()
      }
    }
    await meetAll(this.#effects)
    if (this.#effects.isEqual) return
    const second = this.#effects.collector()
    await meetAll(second)
    for await (const chunk of reader.scan(kindRange('meta'))) {
      for (const { key, value } of chunk) {
        const seq = readUvarint(key, 1).value
        for (const effect of effectKeys(seq, decodeMetaPayload(value))) second.expect(effect, noValue)
      }
    }
    for (const { key, problem } of second.differences())
      this.#broken('an effect of a commit', key, `it is ${problem}`)
  }

  async #expectNodes(set: FingerprintSet): Promise<void> {
    let merkle = emptyRange
    for await (const chunk of this.#pass.reader.scan(kindRange('commit'))) {
      for (const { value } of chunk) {
        const leaf = leafHash(this.#hash, headOf(this.#hash, value))
        merkle = appendLeaf(this.#hash, merkle, leaf, ({ level, index, hash }) => {
          if (level >= merkleStoredLevelMin) set.expect(keyOf('merkle', level, index), hash)
        })
      }
    }
  }

  #attempt<T>(what: string, key: Uint8Array, read: () => T): T | undefined {
    try {
      return read()
    } catch (error) {
      this.#broken(what, key, error instanceof Error ? error.message : String(error))
      return undefined
    }
  }

  #broken(what: string, key: Uint8Array | undefined, reason: string): void {
    this.#pass.findings.add({ what, key, reason, seq: this.#seq })
  }
}
