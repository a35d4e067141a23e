/**
 * First pass, in the order of commits: the hash chain, the commitments, the Merkle tree, the manifest, and
 * which commits led to which.
 */

import type { CommitContents } from '@dendrodb/protocol'
import { effectKeys } from '../ledger/causes.ts'
import { decodeCommit, headOf } from '../ledger/commit.ts'
import {
  type ForgottenPlace,
  forgottenKey,
  metaPlace,
  payloadKey,
  placeOfVersion,
} from '../ledger/forgotten-mark.ts'
import { hashBytes, type LedgerHash } from '../ledger/hash.ts'
import { keyOf, kindRange, merkleStoredLevelMin } from '../ledger/key-space.ts'
import type { Manifest } from '../ledger/manifest.ts'
import { appendLeaf, type CompactRange, emptyRange, leafHash } from '../ledger/merkle/compact-range.ts'
import type { KvReader } from '../ledger/overlay.ts'
import { commitmentOf, openVersion } from '../ledger/record-version.ts'
import { readUvarint } from '../ledger/uvarint.ts'
import { decodeMetaPayload } from '../ledger/write-meta.ts'
import type { KvEntry, MaybePromise } from '../storage/kv-store.ts'
import type { ExpectedHistory } from './expected-history.ts'
import type { Findings } from './findings.ts'
import { FingerprintSet } from './fingerprint-set.ts'
import { ForgottenCheck, type ForgottenCounts } from './forgotten-check.ts'
import { KeyCursor } from './key-cursor.ts'
import { nameOfKey } from './key-name.ts'
import { SoundReader } from './sound-reader.ts'

export interface ChainPass {
  readonly reader: KvReader
  readonly hash: LedgerHash
  /** What the first commit follows from. */
  readonly genesis: Uint8Array
  readonly manifest: Manifest
  /** The manifest of a snapshot taken before the reader's, compared with the chain on the way. */
  readonly earlier?: Manifest | undefined
  /** Told of every version that can be read. */
  readonly history?: ExpectedHistory | undefined
  readonly findings: Findings
  /** Called every now and then with the commits done. */
  readonly onProgress: (seq: number) => void
}

export interface ChainResult extends ForgottenCounts {
  readonly versions: number
  readonly objects: number
}

const progressCommits = 1_024
const noValue = new Uint8Array()
/** Of a commit before another one that cannot be read either. */
const unknownHead = Buffer.alloc(hashBytes)

export async function verifyChain(pass: ChainPass): Promise<ChainResult> {
  const { reader, findings, manifest, earlier } = pass
  const open = (kind: 'commit' | 'meta' | 'version' | 'forgotten', name: string) => {
    return new KeyCursor(reader, kindRange(kind), name, findings)
  }
  const walk = new ChainWalk(pass, {
    commits: open('commit', 'a commit'),
    metas: open('meta', 'the metadata of a commit'),
    versions: open('version', 'a record version'),
    forgotten: open('forgotten', 'a mark of what was forgotten'),
  })
  for (let seq = 1; seq <= manifest.seq; seq += 1) {
    await walk.commit(seq)
    if (seq === earlier?.seq) walk.compare(earlier)
    if (seq % progressCommits === 0) pass.onProgress(seq)
  }
  return walk.finish()
}

interface ChainCursors {
  readonly commits: KeyCursor
  readonly metas: KeyCursor
  readonly versions: KeyCursor
  /** Marks in place of payloads. */
  readonly forgotten: KeyCursor
}

class ChainWalk {
  readonly #pass: ChainPass
  readonly #hash: LedgerHash
  readonly #cursors: ChainCursors
  readonly #nodes = new FingerprintSet()
  /** The commit being gone through. */
  #seq: number | undefined
  readonly #effects = new FingerprintSet()
  readonly #forgotten: ForgottenCheck
  #head: Uint8Array
  /** Not behind a commit that cannot be read. */
  #isHeadKnown = true
  #timeMicros = 0
  #merkle: CompactRange = emptyRange
  #versions = 0
  #objects = 0

  constructor(pass: ChainPass, cursors: ChainCursors) {
    this.#pass = pass
    this.#hash = pass.hash
    this.#cursors = cursors
    this.#head = pass.genesis
    this.#forgotten = new ForgottenCheck(pass.reader, pass.findings)
  }

  async commit(seq: number): Promise<void> {
    this.#seq = seq
    const { commits, metas, versions } = this.#cursors
    const stored = await this.#take(commits, keyOf('commit', seq))
    const commit = stored && this.#enter(seq, stored)
    if (commit === undefined) return this.#passOver(seq)
    const { metaCommitment, versionCommitments } = commit
    if (metaCommitment !== undefined) {
      const meta = await this.#payload(metas, { seq, place: metaPlace })
      if (meta !== undefined) this.#meta(seq, meta, metaCommitment)
    }
    for (let n = 0; n < versionCommitments.length; n += 1) {
      const taken = this.#payload(versions, { seq, place: placeOfVersion(n) })
      // A promise for each of a million versions would cost more than the rest of this line.
      const version = taken instanceof Promise ? await taken : taken
      if (version !== undefined) this.#version(commit, n, version, versionCommitments[n] as Uint8Array)
    }
  }

  /** Of a commit that cannot be read nothing can be checked; its head is what the next one follows. */
  async #passOver(seq: number): Promise<void> {
    if (!this.#isHeadKnown) this.#takeHead(unknownHead)
    this.#isHeadKnown = false
    for (const [kind, cursor] of [
      ['meta', this.#cursors.metas],
      ['version', this.#cursors.versions],
      ['forgotten', this.#cursors.forgotten],
    ] as const) {
      const { gte, lt } = kindRange(kind, seq)
      for (let entry = await cursor.peek(); entry !== undefined; entry = await cursor.peek()) {
        if (Buffer.compare(entry.key, gte) < 0 || Buffer.compare(entry.key, lt) >= 0) break
        cursor.advance()
      }
    }
  }

  #takeHead(head: Uint8Array): void {
    this.#head = head
    this.#isHeadKnown = true
    this.#merkle = appendLeaf(
      this.#hash,
      this.#merkle,
      leafHash(this.#hash, head),
      ({ level, index, hash }) => {
        if (level >= merkleStoredLevelMin) this.#nodes.expect(keyOf('merkle', level, index), hash)
      },
    )
  }

  #enter(seq: number, { key, value }: KvEntry): CommitContents | undefined {
    const commit = this.#attempt(key, () => decodeCommit(value))
    if (commit === undefined) return undefined
    if (commit.seq !== seq) this.#brokenEntry(key, `it carries the number ${commit.seq}`)
    if (!this.#isHeadKnown) this.#takeHead(commit.prevHead)
    if (Buffer.compare(commit.prevHead, this.#head) !== 0) {
      this.#brokenEntry(key, 'it does not follow from the commit before it')
    }
    if (commit.timeMicros <= this.#timeMicros)
      this.#brokenEntry(key, 'its time is not later than the one before')
    this.#takeHead(headOf(this.#hash, value))
    this.#timeMicros = commit.timeMicros
    return commit
  }

  /** The manifest that says where the chain stands now. */
  compare(manifest: Manifest): void {
    this.#seq = undefined
    // The newest commit cannot be read; nor can anything be said of its time.
    if (!this.#isHeadKnown) {
      this.#takeHead(manifest.head)
      this.#timeMicros = manifest.timeMicros
    }
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
    this.compare(manifest)
    await this.#compareNodes()
    await this.#compareEffects()
    await this.#forgotten.finish()
    return { versions: this.#versions, objects: this.#objects, ...this.#forgotten.counts }
  }

  #meta(seq: number, { key, value }: KvEntry, commitment: Uint8Array): void {
    if (Buffer.compare(this.#hash.of(value), commitment) !== 0) {
      this.#brokenEntry(key, 'its hash is not the one in the commit')
      return
    }
    for (const key of effectKeys(seq, decodeMetaPayload(value))) this.#effects.expect(key, noValue)
  }

  #version(
    { branch, seq }: CommitContents,
    n: number,
    { key, value }: KvEntry,
    commitment: Uint8Array,
  ): void {
    this.#versions += 1
    const found = this.#attempt(key, () => {
      const version = openVersion(value)
      this.#pass.history?.add({ branch, seq, n }, version)
      this.#forgotten.version(seq, version)
      return commitmentOf(this.#hash, value, version.bytes)
    })
    if (found !== undefined && Buffer.compare(found, commitment) !== 0) {
      this.#brokenEntry(key, 'its hash is not the one in the commit')
    }
  }

  /** A payload, unless there is a mark that it was forgotten. */
  #payload(cursor: KeyCursor, place: ForgottenPlace): MaybePromise<KvEntry | undefined> {
    const key = payloadKey(place)
    const found = this.#seek(cursor, key)
    if (found instanceof Promise) return found.then((entry) => entry ?? this.#markOf(key, place))
    return found ?? this.#markOf(key, place)
  }

  #markOf(key: Buffer, place: ForgottenPlace): MaybePromise<undefined> {
    const mark = this.#seek(this.#cursors.forgotten, forgottenKey(place))
    const met = (entry: KvEntry | undefined) => {
      if (entry === undefined) this.#missing(key)
      else this.#forgotten.meet(entry)
      return undefined
    }
    return mark instanceof Promise ? mark.then(met) : met(mark)
  }

  #take(cursor: KeyCursor, key: Buffer): MaybePromise<KvEntry | undefined> {
    const told = (entry: KvEntry | undefined) => {
      if (entry === undefined) this.#missing(key)
      return entry
    }
    const found = this.#seek(cursor, key)
    return found instanceof Promise ? found.then(told) : told(found)
  }

  /** The entry under the key, which is the next one unless it is missing or something is too many. */
  #seek(cursor: KeyCursor, key: Buffer): MaybePromise<KvEntry | undefined> {
    for (;;) {
      const found = cursor.peek()
      if (found instanceof Promise) return found.then(() => this.#seek(cursor, key))
      const order = found === undefined ? 1 : Buffer.compare(found.key, key)
      if (order > 0) return undefined
      cursor.advance()
      if (order === 0) {
        this.#objects += 1
        return found
      }
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
    for await (const chunk of new SoundReader(reader).scan(kindRange('meta'))) {
      for (const { key, value } of chunk) {
        const seq = readUvarint(key, 1).value
        for (const effect of effectKeys(seq, decodeMetaPayload(value))) second.expect(effect, noValue)
      }
    }
    for (const { key, problem } of second.differences())
      this.#broken('an effect of a commit', key, `it is ${problem}`)
  }

  async #expectNodes(set: FingerprintSet): Promise<void> {
    const { reader, manifest } = this.#pass
    let merkle = emptyRange
    const takeHead = (head: Uint8Array) => {
      merkle = appendLeaf(this.#hash, merkle, leafHash(this.#hash, head), ({ level, index, hash }) => {
        if (level >= merkleStoredLevelMin) set.expect(keyOf('merkle', level, index), hash)
      })
    }
    /** As far as `seq`, of commits that cannot be read. */
    const fillTo = (seq: number, head: () => Uint8Array) => {
      while (merkle.size < seq) takeHead(merkle.size === seq - 1 ? head() : unknownHead)
    }
    const range = { gte: kindRange('commit').gte, lt: keyOf('commit', manifest.seq + 1) }
    for await (const chunk of new SoundReader(reader).scan(range)) {
      for (const { key, value } of chunk) {
        fillTo(readUvarint(key, 1).value - 1, () => decodeCommit(value).prevHead)
        takeHead(headOf(this.#hash, value))
      }
    }
    fillTo(manifest.seq, () => manifest.head)
  }

  #attempt<T>(key: Uint8Array, read: () => T): T | undefined {
    try {
      return read()
    } catch (error) {
      this.#brokenEntry(key, error instanceof Error ? error.message : String(error))
      return undefined
    }
  }

  /** Unless it is there and cannot be read, which its cursor has told. */
  #missing(key: Buffer): void {
    if (!this.#pass.findings.names(key)) this.#brokenEntry(key, 'it is missing')
  }

  /** Of the log, which its key names. */
  #brokenEntry(key: Uint8Array, reason: string): void {
    this.#broken(nameOfKey(key), key, reason)
  }

  #broken(what: string, key: Uint8Array | undefined, reason: string): void {
    this.#pass.findings.add({ what, key, reason, seq: this.#seq })
  }
}
