import { randomBytes } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type VerifiedCommit, verifyProof } from '@dendrodb/protocol'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import {
  type Account,
  openTestServer,
  rootToken,
  type TestServer,
  useTestServer,
} from '../../testing/test-server.ts'

let server: TestServer
let user: Account
let admin: Account

beforeAll(async () => {
  server = await openTestServer()
  user = await server.signUp('user@example.com')
  admin = await server.signUp('admin@example.com')
  await server.call('PUT', '/api/admin/users/admin@example.com/roles', {
    token: rootToken,
    body: { roles: ['admin'] },
  })
  for (let at = 1; at <= 25; at += 1) await server.query('UPSERT note:one SET at = $at, more = true', { at })
})

afterAll(() => server.server.close())

const routes = ['verify/1', 'chain', 'proof/note:one'].map((path) => `/api/admin/audit/${path}`)

test.each(routes)('GET %s is for admins and root', async (path) => {
  expect((await server.call('GET', path)).status).toBe(401)
  expect((await server.call('GET', path, { token: user.token })).body.error.reason).toBe('AUTH_FORBIDDEN')
  for (const token of [admin.token, rootToken])
    expect((await server.call('GET', path, { token })).status).toBe(200)
})

describe('of a chain that holds', () => {
  const get = (path: string) => server.call('GET', `/api/admin/audit/${path}`, { token: admin.token })

  test('a transaction is valid, with the head it has and the facts it stated', async () => {
    const { receipt } = await (await server.server.engine.database('main')).run('RETURN 1')
    const seq = (await server.server.engine.database('main')).head().seq
    expect(receipt).toBeUndefined()
    const { status, body } = await get(`verify/${seq}`)
    expect(status).toBe(200)
    expect(body).toEqual({
      tx_id: seq,
      valid: true,
      detail: 'intact',
      stored_root: expect.stringMatching(/^b2:[0-9a-f]{64}$/),
      computed_root: body.stored_root,
      triple_count: 2,
    })
  })

  test.each([
    ['0', 404, 'PROOF_SEQ_UNKNOWN'],
    ['9999', 404, 'PROOF_SEQ_UNKNOWN'],
    ['x', 400, 'HTTP_FIELD_INVALID'],
    ['-1', 400, 'HTTP_FIELD_INVALID'],
    ['1e3', 400, 'HTTP_FIELD_INVALID'],
    ['9'.repeat(400), 400, 'HTTP_FIELD_INVALID'],
  ])('transaction %.20s is answered with %i', async (seq, status, reason) => {
    const reply = await get(`verify/${seq}`)
    expect([reply.status, reply.body.error.reason]).toEqual([status, reason])
  })

  test('the chain is valid, however many ask at once', async () => {
    const replies = await Promise.all(Array.from({ length: 8 }, () => get('chain')))
    const { head, seq } = (await server.server.engine.database('main')).head()
    for (const { status, body } of replies) {
      expect([status, body]).toEqual([
        200,
        { valid: true, total_transactions: seq, first_broken_tx: null, detail: 'intact', head },
      ])
    }
  })

  test('the proofs of an entity are those of its versions, newest first', async () => {
    const { body } = await get('proof/note:one')
    expect(body.entity_id).toBe('note:one')
    expect(body.proofs).toHaveLength(20)
    const verified = (await Promise.all(
      body.proofs.map((proof: Parameters<typeof verifyProof>[0]) => verifyProof(proof)),
    )) as VerifiedCommit[]
    expect(verified.map(({ record }) => record?.fields?.at)).toEqual(
      Array.from({ length: 20 }, (_, n) => 25 - n),
    )
    expect((await get('proof/note:one?limit=1')).body.proofs).toHaveLength(1)
    expect((await get('proof/note:one?limit=100')).body.proofs).toHaveLength(25)
    expect((await get('proof/note:nothing')).body).toEqual({ entity_id: 'note:nothing', proofs: [] })
  })

  test.each([
    ['proof/note', 400, 'HTTP_FIELD_INVALID'],
    ['proof/note:one?limit=0', 400, 'HTTP_FIELD_INVALID'],
    ['proof/note:one?limit=101', 400, 'HTTP_FIELD_INVALID'],
    [`proof/${encodeURIComponent('⟨$user⟩:x')}`, 400, 'HTTP_TABLE_NAME'],
  ])('%s is answered with %i', async (path, status, reason) => {
    const reply = await get(path)
    expect([reply.status, reply.body.error.reason]).toEqual([status, reason])
  })
})

describe('GET /api/admin/audit/anchors', () => {
  test('has no receipts where nothing is anchored, and is for admins', async () => {
    const get = (token: string) => server.call('GET', '/api/admin/audit/anchors', { token })
    expect((await get(admin.token)).body).toEqual({ receipts: [], count: 0, limit: 50, offset: 0 })
    expect((await get(user.token)).body.error.reason).toBe('AUTH_FORBIDDEN')
  })

  test('lists receipts, newest first, page by page', async () => {
    const anchored = await useTestServer({ config: { blockchainAnchor: 'none', anchorEvery: 10 } })
    const get = async (query = '') => {
      const { status, body } = await anchored.call('GET', `/api/admin/audit/anchors${query}`, {
        token: rootToken,
      })
      return status === 200 ? body : [status, body.error.reason]
    }
    for (let batch = 1; batch <= 3; batch += 1) {
      for (let at = 0; at < 10; at += 1) await anchored.query('UPSERT note:1 SET at = $at', { at })
      await expect.poll(async () => (await get()).count, { timeout: 10_000, interval: 50 }).toBe(batch)
    }
    const { receipts, ...page } = await get('?limit=2')
    expect(page).toEqual({ count: 2, limit: 2, offset: 0 })
    expect(receipts[0]).toEqual({
      id: expect.stringMatching(/^\d+$/),
      batch_root: expect.stringMatching(/^[0-9a-f]{64}$/),
      chain: 'none',
      tx_hash: null,
      ipfs_cid: null,
      anchored_at: null,
      status: 'skipped',
      tx_count: receipts[0].to_seq - receipts[0].from_seq + 1,
      from_seq: receipts[1].to_seq + 1,
      to_seq: Number(receipts[0].id),
      created_at: expect.stringMatching(/Z$/),
    })
    expect((await get('?limit=500&offset=2')).receipts).toMatchObject([{ from_seq: 1 }])
    for (const query of ['?limit=0', '?limit=501', '?offset=-1']) {
      expect(await get(query)).toEqual([400, 'HTTP_FIELD_INVALID'])
    }
  })
})

test('a chain that does not hold is 409, and names the first broken transaction', async () => {
  const data = await mkdtemp(join(tmpdir(), 'ddb-audit-'))
  onTestFinished(() => rm(data, { recursive: true }))
  const first = await openTestServer({ config: { data } })
  for (let at = 0; at < 60; at += 1) {
    await first.query('CREATE note SET text = $text', {
      text: beginning + randomBytes(1_000).toString('base64'),
    })
  }
  await first.server.close()
  // Opening once more sorts what was only in the log into a table.
  await (await openTestServer({ config: { data } })).server.close()
  await damageVersions(join(data, 'databases', 'main'))
  const broken = await useTestServer({ config: { data } })
  const get = (path: string) => broken.call('GET', `/api/admin/audit/${path}`, { token: rootToken })
  const { status, body } = await get('chain')
  expect(status).toBe(409)
  expect(body).toMatchObject({ valid: false, first_broken_tx: expect.any(Number) })
  expect(body.detail).not.toBe('intact')
  const transaction = await get(`verify/${body.first_broken_tx}`)
  expect(transaction.status).toBe(409)
  expect(transaction.body).toMatchObject({ tx_id: body.first_broken_tx, valid: false })
  expect(transaction.body.detail).not.toBe('intact')
})

const beginning = 'what is to be damaged '

/** Of each text the table has the current record, and behind all of those the versions. */
async function damageVersions(folder: string): Promise<void> {
  const generation = (await readdir(folder)).find((name) => name.startsWith('gen-')) ?? ''
  let damaged = 0
  for (const name of await readdir(join(folder, generation))) {
    if (!name.endsWith('.ldb')) continue
    const file = join(folder, generation, name)
    const bytes = await readFile(file)
    let at = bytes.length
    for (let text = 0; text < 10 && at > 0; text += 1) {
      at = bytes.lastIndexOf(beginning, at - 1)
      if (at < 0) break
      const middle = at + beginning.length + 300
      bytes[middle] = (bytes[middle] as number) ^ 0xff
      damaged += 1
    }
    await writeFile(file, bytes)
  }
  expect(damaged).toBeGreaterThan(0)
}
