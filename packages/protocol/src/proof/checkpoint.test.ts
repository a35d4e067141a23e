import { expect, test } from 'vitest'
import { decodeBase64 } from '../base64.ts'
import { codeOf } from '../testing/code-of.ts'
import { textBytes } from './bytes.ts'
import { checkpointBody, parseCheckpoint, verifySignature } from './checkpoint.ts'
import { formatCheckpointKey, parseCheckpointKey } from './checkpoint-key.ts'
import { proofLimits } from './limits.ts'
import { loadProofCrypto } from './proof-crypto.ts'
import { NaiveLedger, nodeHashes } from './testing/naive-ledger.ts'
import { verifyCheckpoint } from './verify-proof.ts'

const { sha256, verifyEd25519, hashes } = await loadProofCrypto()

function ledgerOf(size: number): NaiveLedger {
  const ledger = new NaiveLedger()
  for (let at = 0; at < size; at += 1) ledger.append([{ table: 'a', key: at, fields: { at } }])
  return ledger
}

const ledger = ledgerOf(3)
const text = ledger.checkpoint()

test('the hash functions are those of the platform', () => {
  for (const length of [0, 1, 65, 200]) {
    const bytes = new Uint8Array(length).fill(7)
    expect(hashes.blake2b(bytes)).toEqual(nodeHashes.blake2b(bytes))
    expect(hashes.sha512(bytes)).toEqual(nodeHashes.sha512(bytes))
    expect(sha256(bytes)).toEqual(nodeHashes.sha256(bytes))
  }
})

/** The example of the package that signed notes come from, golang.org/x/mod/sumdb/note. */
test('a key and a signature of another implementation are read', () => {
  const key = parseCheckpointKey(sha256, 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW')
  const body =
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
  const signature = decodeBase64(
    'x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=',
  ) as Uint8Array
  expect(signature.subarray(0, 4)).toEqual(key.keyHash)
  expect(verifyEd25519(signature.subarray(4), textBytes(body), key.publicKey)).toBe(true)
  expect(verifyEd25519(signature.subarray(4), textBytes(`${body} `), key.publicKey)).toBe(false)
})

test('the text is the one that is documented', () => {
  expect(text).toMatch(
    /^dendrodb\/6f9619ff-8b86-4011-b42d-00c04fc964ff\n3\n[A-Za-z0-9+/]{43}=\nhead b2:[0-9a-f]{64}\ntime 2023-11-14T22:13:20\.000003Z\n\n— dendrodb\/6f9619ff-8b86-4011-b42d-00c04fc964ff [A-Za-z0-9+/]{91}=\n$/,
  )
  expect(checkpointBody(parseCheckpoint(text).checkpoint)).toBe(parseCheckpoint(text).body)
})

test('it verifies under the key of its database, and says what is in it', async () => {
  const { size, root, head, time, key } = await verifyCheckpoint(text, ledger.key)
  expect({ size, root, key }).toEqual({
    size: 3,
    root: Buffer.from(ledger.tree().root(3)).toString('hex'),
    key: ledger.key,
  })
  expect(head).toBe(`b2:${Buffer.from(ledger.commits[2]?.head ?? []).toString('hex')}`)
  expect(String(time)).toBe('2023-11-14T22:13:20.000003Z')
})

test('a database without commits has one, and one of SHA-512 says so', async () => {
  const empty = new NaiveLedger('sha512')
  expect(await verifyCheckpoint(empty.checkpoint(), empty.key)).toMatchObject({
    size: 0,
    head: expect.stringMatching(/^s2:/),
  })
})

test('signatures of others beside the own one change nothing', async () => {
  const witness = `— witness.example ${Buffer.alloc(80, 3).toString('base64')}\n`
  expect((await verifyCheckpoint(text + witness, ledger.key)).size).toBe(3)
  const own = text.slice(text.lastIndexOf('\n—') + 1)
  expect((await verifyCheckpoint(text.replace(own, witness + own), ledger.key)).size).toBe(3)
})

test('as many signatures as there may be are read', () => {
  const others = `— a ${Buffer.alloc(68).toString('base64')}\n`.repeat(proofLimits.signaturesMax - 1)
  expect(parseCheckpoint(text + others).signatures).toHaveLength(proofLimits.signaturesMax)
})

test('every changed letter is refused', async () => {
  const key = parseCheckpointKey(sha256, ledger.key)
  for (let at = 0; at < text.length; at += 1) {
    const changed = `${text.slice(0, at)}${text[at] === '0' ? '1' : '0'}${text.slice(at + 1)}`
    expect(
      codeOf(() => verifySignature(verifyEd25519, parseCheckpoint(changed), key)),
      changed,
    ).toMatch(/^PROOF_(MALFORMED|SIGNATURE|OTHER_DATABASE)$/)
  }
})

test('the key of another database, or another key, is refused', async () => {
  const other = new NaiveLedger('blake2b', '00000000-0000-4000-8000-000000000000')
  await expect(verifyCheckpoint(text, other.key)).rejects.toMatchObject({ code: 'PROOF_OTHER_DATABASE' })
  const forger = new NaiveLedger('blake2b', ledger.databaseId, 2)
  await expect(verifyCheckpoint(text, forger.key)).rejects.toMatchObject({ code: 'PROOF_SIGNATURE' })
})

const [body = '', signatures = ''] = text.split(/\n\n/)
const lines = body.split('\n')
const withLine = (at: number, line: string) => `${lines.with(at, line).join('\n')}\n\n${signatures}`

test.each([
  ['nothing', ''],
  ['no signature', `${body}\n`],
  ['an empty signature', `${body}\n\n`],
  ['a signature without its newline', text.slice(0, -1)],
  ['a hyphen for the dash', text.replace('—', '-')],
  ['a size with a zero before it', withLine(1, '03')],
  ['a negative size', withLine(1, '-3')],
  ['a huge size', withLine(1, '9'.repeat(16))],
  ['a size that is no number', withLine(1, '3.0')],
  ['a short root', withLine(2, 'AAAA')],
  ['a root that is not base64', withLine(2, '*'.repeat(44))],
  ['another hash function', withLine(3, lines[3]?.replace('b2:', 'b3:') ?? '')],
  ['a head that is not hex', withLine(3, `head b2:${'x'.repeat(64)}`)],
  ['a head in capitals', withLine(3, `head b2:${'A'.repeat(64)}`)],
  ['a date that is none', withLine(4, 'time 2023-13-14T22:13:20Z')],
  ['a time in another form', withLine(4, 'time 2023-11-14T22:13:20.0000030Z')],
  ['another origin', withLine(0, 'example.com/log')],
  ['an origin in capitals', withLine(0, lines[0]?.toUpperCase() ?? '')],
  ['a line more', withLine(4, `${lines[4]}\nmore`)],
  ['a line less', `${lines.slice(0, 4).join('\n')}\n\n${signatures}`],
  ['carriage returns', text.replaceAll('\n', '\r\n')],
  [
    'too many signatures',
    text + `— a ${Buffer.alloc(68).toString('base64')}\n`.repeat(proofLimits.signaturesMax),
  ],
  ['too many letters', text + 'x'.repeat(proofLimits.checkpointCharsMax)],
])('%s is refused', (_, broken) => {
  expect(codeOf(() => parseCheckpoint(broken))).toBe('PROOF_MALFORMED')
})

test('a size and a time that no program can hold exactly are refused', () => {
  for (const changed of [withLine(1, '9007199254740993'), withLine(4, 'time 9999-01-01T00:00:00.000001Z')]) {
    expect(codeOf(() => parseCheckpoint(changed))).toBe('PROOF_MALFORMED')
  }
})

test.each([
  '',
  'x',
  'name+00000000+AAAA',
  `name+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW`,
  `PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW`,
  `PeterNeumann+c74f20a3+AhpcZQcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW`,
  `Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW`,
  'x'.repeat(proofLimits.originCharsMax + 1),
])('%.60j is no key', (key) => {
  expect(codeOf(() => parseCheckpointKey(sha256, key))).toBe('PROOF_KEY_MALFORMED')
})

test('a key comes back from its text', () => {
  expect(formatCheckpointKey(parseCheckpointKey(sha256, ledger.key))).toBe(ledger.key)
})
