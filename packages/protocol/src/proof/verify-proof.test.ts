import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { encodeBase64 } from '../base64.ts'
import { encodeCanonical } from '../cbor.ts'
import { DbError } from '../errors.ts'
import { hashNames } from './hash-name.ts'
import { proofLimits } from './limits.ts'
import { decodeProof, encodeProof, type Proof, type ProofFile } from './proof-file.ts'
import { changed, NaiveLedger, nodeHashes } from './testing/naive-ledger.ts'
import { proofVectors } from './testing/proof-vectors.ts'
import { verifyProof } from './verify-proof.ts'

type Vector = ReturnType<typeof proofVectors>[number]

const vectors = JSON.parse(
  readFileSync(new URL('../../vectors/proofs.json', import.meta.url), 'utf8'),
) as Vector[]

async function codeOf(file: string | ProofFile, options?: { readonly key?: string; readonly root?: string }) {
  try {
    await verifyProof(file, options)
    return 'none'
  } catch (error) {
    if (error instanceof DbError) return error.code
    throw error
  }
}

test('vectors/proofs.json holds what the description makes', () => {
  expect(vectors).toEqual(JSON.parse(JSON.stringify(proofVectors())))
})

test.each(vectors)('$name', async ({ file, key, says, code }) => {
  if (code !== undefined) return expect(await codeOf(file, { key })).toBe(code)
  const verified = await verifyProof(JSON.stringify(file), { key })
  expect(JSON.parse(JSON.stringify(verified))).toMatchObject(says as object)
  expect(verified).toMatchObject({ trusted: ['key'], checkpoint: { key } })
})

const ledger = new NaiveLedger()
for (let at = 1; at <= 40; at += 1) {
  ledger.append([
    { table: 'user', key: at, fields: { at } },
    { table: 'log', key: at, fields: { at } },
  ])
}
const rootHex = (size: number) => Buffer.from(ledger.tree().root(size)).toString('hex')
const record = ledger.recordProof(23, 1)
const growth = ledger.growthProof(17)

test.each(hashNames)('everything about a record is said, with %s', async (hash) => {
  const own = new NaiveLedger(hash)
  own.append([{ table: 'user', key: 'ada', fields: { name: 'Ada' } }], { actor: 'root', causedBy: [] })
  const verified = await verifyProof(encodeProof({ ...own.recordProof(1), meta: own.commits[0]?.meta }))
  expect(verified).toEqual({
    type: 'record',
    databaseId: own.databaseId,
    hash,
    seq: 1,
    head: expect.stringMatching(hash === 'blake2b' ? /^b2:[0-9a-f]{64}$/ : /^s2:[0-9a-f]{64}$/),
    branch: 0,
    time: expect.anything(),
    versions: 1,
    meta: { actor: 'root', causedBy: [] },
    record: { id: expect.anything(), fields: { name: 'Ada' }, validFrom: undefined, validTo: undefined },
    checkpoint: {
      size: 1,
      root: expect.any(String),
      head: expect.any(String),
      time: expect.anything(),
      key: own.key,
    },
    trusted: [],
  })
})

describe('trust', () => {
  test('in nothing: the proof is sound in itself, and says so', async () => {
    expect(await verifyProof(encodeProof(record))).toMatchObject({ trusted: [] })
  })

  test('in a root, in hex or base64, alone or with a key', async () => {
    const root = Buffer.from(rootHex(40), 'hex')
    for (const text of [root.toString('hex'), root.toString('hex').toUpperCase(), root.toString('base64')]) {
      expect(await verifyProof(encodeProof(record), { root: text })).toMatchObject({ trusted: ['root'] })
    }
    const both = await verifyProof(encodeProof(record), { root: rootHex(40), key: ledger.key })
    expect(both.trusted).toEqual(['key', 'root'])
  })

  test('in the root of a smaller tree: only its growth is checked against it', async () => {
    expect(await verifyProof(encodeProof(growth), { root: rootHex(17) })).toMatchObject({ trusted: ['root'] })
    expect(await codeOf(encodeProof(growth), { root: rootHex(40) })).toBe('PROOF_NOT_TRUSTED_ROOT')
    await expect(verifyProof(encodeProof(record), { root: rootHex(17) })).rejects.toMatchObject({
      code: 'PROOF_NOT_TRUSTED_ROOT',
      details: { expected: rootHex(17), computed: rootHex(40) },
    })
  })

  test.each(['', 'xyz', 'ab', 'AAAA', rootHex(40).slice(1)])('%j is no root', async (root) => {
    expect(await codeOf(encodeProof(record), { root })).toBe('PROOF_MALFORMED')
  })

  test('a forger with another key is found out by whoever has the right one', async () => {
    const forged = new NaiveLedger('blake2b', ledger.databaseId, 2)
    forged.append([{ table: 'user', key: 1, fields: { balance: 1_000_000 } }])
    expect(await codeOf(encodeProof(forged.recordProof(1)))).toBe('none')
    expect(await codeOf(encodeProof(forged.recordProof(1)), { key: ledger.key })).toBe('PROOF_SIGNATURE')
  })
})

describe('a lie that is signed', () => {
  const withCheckpoint = (proof: Proof, checkpoint: string) => changed(proof, { checkpoint })

  test('about the root, the size or the hash function shows', async () => {
    const root = nodeHashes.blake2b(Buffer.from('x'))
    expect(await codeOf(withCheckpoint(record, ledger.checkpoint(40, { root })))).toBe('PROOF_ROOT_MISMATCH')
    expect(await codeOf(withCheckpoint(growth, ledger.checkpoint(40, { root })))).toBe('PROOF_ROOT_MISMATCH')
    expect(await codeOf(withCheckpoint(record, ledger.checkpoint(40, { size: 22 })))).toBe('PROOF_MALFORMED')
    expect(await codeOf(withCheckpoint(growth, ledger.checkpoint(40, { size: 16 })))).toBe('PROOF_MALFORMED')
    expect(await codeOf(withCheckpoint(record, ledger.checkpoint(40, { hash: 'sha512' })))).toBe(
      'PROOF_MALFORMED',
    )
  })

  test('about the head shows to whoever has the newest commit', async () => {
    const head = nodeHashes.blake2b(Buffer.from('x'))
    const newest = ledger.commitProof(40)
    expect(await codeOf(withCheckpoint(newest, ledger.checkpoint(40, { head })))).toBe('PROOF_HEAD_MISMATCH')
  })
})

test('an inner node of the tree is no commit, and a commit no inner node', async () => {
  // Second preimage: a leaf that holds two children of a node. Only the prefixes of RFC 9162 tell them apart.
  const tree = ledger.tree()
  const node = Buffer.concat([tree.inclusion(1, 2)[0] as Uint8Array, tree.inclusion(0, 2)[0] as Uint8Array])
  expect(await codeOf(changed(record, { commit: node.toString('base64') }))).toMatch(/^PROOF_/)
  const path = changed(record).path as string[]
  expect(await codeOf(changed(record, { path: path.slice(1) }))).toMatch(/^PROOF_/)
})

test('every third letter of a proof, changed, is refused, or changes nothing', async () => {
  const whole = JSON.stringify(encodeProof({ ...record, meta: ledger.commits[22]?.meta }))
  const told = JSON.stringify(await verifyProof(whole, { key: ledger.key }))
  for (let at = 0; at < whole.length; at += 3) {
    const letter = whole[at] === 'A' ? 'B' : 'A'
    const broken = `${whole.slice(0, at)}${letter}${whole.slice(at + 1)}`
    try {
      expect(JSON.stringify(await verifyProof(broken, { key: ledger.key })), broken).toBe(told)
    } catch (error) {
      if (!(error instanceof DbError)) throw error
      expect(error.code).toMatch(/^PROOF_/)
    }
  }
})

describe('a file that is no proof', () => {
  const file = encodeProof(record)
  const text = JSON.stringify(file)
  const pathAs = (path: unknown) => changed(record, { path })
  const manyHashes = Array.from({ length: proofLimits.pathHashesMax + 1 }, () => '00'.repeat(32))

  test.each<readonly [string, string | ProofFile]>([
    ['nothing', ''],
    ['no JSON', '{'],
    ['null', 'null'],
    ['a list', '[]'],
    ['no file', undefined as unknown as ProofFile],
    ['null itself', null as unknown as ProofFile],
    ['a list itself', [] as unknown as ProofFile],
    ['a number', 1 as unknown as ProofFile],
    ['a text', '"dendrodb-proof"'],
    ['an empty object', '{}'],
    ['another format', changed(record, { format: 'other' })],
    ['a version that is text', changed(record, { version: '1' })],
    ['a version below 1', changed(record, { version: -1 })],
    ['an unknown type', changed(record, { type: 'all' })],
    ['an unknown hash function', changed(record, { hash: 'md5' })],
    ['a hash function from a prototype', changed(record, { hash: 'toString' })],
    ['a hash function that is not that of the checkpoint', changed(record, { hash: 'sha512' })],
    ['a field that is missing', changed(record, { n: undefined })],
    ['a field too many', changed(record, { more: 1 })],
    ['a commit that is a record', changed(record, { type: 'commit' })],
    ['a field twice', text.replace('"n":1', '"n":0,"n":1')],
    ['a field twice, once in disguise', text.replace('"n":1', '"\\u006e":0,"n":1')],
    ['a commit that is not base64', changed(record, { commit: '!' })],
    ['a payload in another form of base64', changed(record, { payload: 'AB==' })],
    ['a commit that is empty', changed(record, { commit: '' })],
    ['n that is negative', changed(record, { n: -1 })],
    ['n that is huge', changed(record, { n: 2 ** 53 })],
    ['n beyond the versions of the commit', changed(record, { n: 2 })],
    ['n that is a fraction', changed(record, { n: 0.5 })],
    ['a path that is text', pathAs('ab')],
    ['a path of numbers', pathAs([1])],
    ['a hash that is too short', pathAs(['ab'])],
    ['a hash that is not hex', pathAs(['xy'.repeat(32)])],
    ['a hash in capitals', pathAs(['AB'.repeat(32)])],
    ['a hash that is too long', pathAs(['ab'.repeat(33)])],
    ['a path that is too long', pathAs(manyHashes)],
    ['a path with a hash twice', pathAs([...(file.path as string[]), (file.path as string[]).at(-1)])],
    ['a checkpoint that is none', changed(record, { checkpoint: 'x' })],
    ['a checkpoint that is a number', changed(record, { checkpoint: 1 })],
    ['a size before that is larger than the tree', changed(growth, { from_size: 41 })],
    ['a size before that no program can hold', changed(growth, { from_size: 2 ** 60 })],
    ['metadata that the commit does not hold', withMetaOfNothing()],
  ])('%s is PROOF_MALFORMED', async (_, broken) => {
    expect(await codeOf(broken)).toBe('PROOF_MALFORMED')
  })

  function withMetaOfNothing(): ProofFile {
    const prevHead = Buffer.alloc(32)
    const body = encodeCanonical([1, 1, 0, 1, null, new Uint8Array()])
    const commit = Buffer.concat([prevHead, body])
    const lying = new NaiveLedger()
    lying.commits.push({
      stored: commit,
      head: nodeHashes.blake2b(commit),
      timeMicros: 1,
      payloads: [],
      meta: Buffer.alloc(17, 0xa0),
    })
    return encodeProof(lying.commitProof(1))
  }

  test('a key that is none is named', async () => {
    expect(await codeOf(changed(record, { key: 'x' }))).toBe('PROOF_KEY_MALFORMED')
    expect(await codeOf(file, { key: 'x' })).toBe('PROOF_KEY_MALFORMED')
  })

  test('a newer version is refused with both numbers', async () => {
    await expect(verifyProof(changed(record, { version: 2 }))).rejects.toMatchObject({
      code: 'PROOF_VERSION',
      details: { version: 2, supported: 1 },
    })
  })

  test('bytes that are no commit or no record are refused', async () => {
    const junk = encodeBase64(new Uint8Array(40).fill(0xff))
    expect(await codeOf(changed(record, { commit: junk }))).toBe('PROOF_MALFORMED')
    expect(await codeOf(changed(record, { payload: junk }))).toBe('PROOF_MALFORMED')
    for (const shape of [
      [1, 2],
      [2, 1, 0, 1, null, new Uint8Array()],
      [1, 0, 0, 1, null, new Uint8Array()],
      [1, 1, 0, 1, new Uint8Array(31), new Uint8Array()],
      [1, 1, 0, 1, null, new Uint8Array(33)],
      [1, 1, 0, 1.5, null, new Uint8Array()],
      [1, 1, -1, 1, null, new Uint8Array()],
    ]) {
      const commit = encodeBase64(Buffer.concat([Buffer.alloc(32), encodeCanonical(shape)]))
      expect(await codeOf(changed(record, { commit }))).toBe('PROOF_MALFORMED')
    }
    for (const shape of [
      [1, 't', 1, 1, null, null],
      [1, 't', 1, 2, null, null, null],
      [1, 't', 1, 1, null, null, null],
      [1, 't', 1, 0, null, null, new Uint8Array()],
      [1, 2, 1, 0, null, null, null],
      [1, 't', 1, 0, undefined, null, null],
    ]) {
      const payload = encodeBase64(Buffer.concat([Buffer.alloc(16), encodeCanonical(shape)]))
      expect(await codeOf(changed(record, { payload }))).toBe('PROOF_MALFORMED')
    }
  })

  test('a file beyond the bound is refused before it is read', () => {
    const huge = ' '.repeat(proofLimits.fileCharsMax)
    expect(() => decodeProof(huge)).toThrow('not JSON')
    expect(() => decodeProof(`${huge} `)).toThrow('too long')
  })
})
