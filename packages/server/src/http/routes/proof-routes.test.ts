import { type VerifiedCommit, verifyCheckpoint, verifyProof } from '@dendrodb/protocol'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Account, openTestServer, rootToken, type TestServer } from '../../testing/test-server.ts'

let server: TestServer
let ada: Account
let bob: Account

beforeAll(async () => {
  server = await openTestServer()
  ada = await server.signUp('ada@example.com')
  bob = await server.signUp('bob@example.com')
  await server.call('POST', '/api/data/note', { token: ada.token, body: { id: 'mine', text: 'first' } })
  await server.call('PATCH', '/api/data/note/mine', { token: ada.token, body: { text: 'second' } })
})

afterAll(() => server.server.close())

const get = (path: string, token?: string) => server.call('GET', path, { token })
const reasonOf = async (path: string, token?: string) => {
  const { status, body } = await get(path, token)
  return [status, body.error?.reason]
}

async function headSeq(): Promise<number> {
  return (await server.server.engine.database('main')).head().seq
}

describe('GET /api/checkpoint', () => {
  test('gives the signed text to every user, with what it says and the key', async () => {
    const { status, body } = await get('/api/checkpoint', bob.token)
    expect(status).toBe(200)
    const said = await verifyCheckpoint(body.checkpoint, body.key)
    expect(body).toMatchObject({ size: said.size, root: said.root, head: said.head, time: String(said.time) })
    expect(body.size).toBe(await headSeq())
  })

  test('of an earlier size, and of none', async () => {
    expect((await get('/api/checkpoint?size=2', bob.token)).body.size).toBe(2)
    expect((await get('/api/checkpoint?size=0', bob.token)).body.size).toBe(0)
  })

  test.each([
    ['', undefined, 401, 'AUTH_REQUIRED'],
    ['?size=9999', rootToken, 404, 'PROOF_SEQ_UNKNOWN'],
    ['?size=-1', rootToken, 400, 'HTTP_FIELD_INVALID'],
    ['?size=1.5', rootToken, 400, 'HTTP_FIELD_INVALID'],
    ['?size=99999999999999999999', rootToken, 400, 'HTTP_FIELD_INVALID'],
    ['?size=9007199254740993', rootToken, 400, 'HTTP_FIELD_INVALID'],
    ['?size=1&size=2', rootToken, 400, 'HTTP_FIELD_INVALID'],
  ])('%s is answered with %i', async (query, token, status, reason) => {
    expect(await reasonOf(`/api/checkpoint${query}`, token)).toEqual([status, reason])
  })
})

describe('GET /api/consistency', () => {
  test('proves that what a user saw before is still there', async () => {
    const { body: before } = await get('/api/checkpoint?size=2', bob.token)
    const { body: proof } = await get('/api/consistency?from=2', bob.token)
    expect(await verifyProof(proof, { key: before.key, root: before.root })).toMatchObject({
      type: 'consistency',
      fromSize: 2,
      checkpoint: { size: await headSeq() },
      trusted: ['key', 'root'],
    })
    const { body: smaller } = await get('/api/consistency?from=0&to=2', bob.token)
    expect(await verifyProof(smaller)).toMatchObject({ fromSize: 0, checkpoint: { size: 2 } })
  })

  test.each([
    ['', rootToken, 400, 'HTTP_FIELD_INVALID'],
    ['?from=x', rootToken, 400, 'HTTP_FIELD_INVALID'],
    ['?from=2&to=1', rootToken, 404, 'PROOF_SEQ_UNKNOWN'],
    ['?from=1&to=9999', rootToken, 404, 'PROOF_SEQ_UNKNOWN'],
    ['?from=1', undefined, 401, 'AUTH_REQUIRED'],
  ])('%s is answered with %i', async (query, token, status, reason) => {
    expect(await reasonOf(`/api/consistency${query}`, token)).toEqual([status, reason])
  })
})

describe('GET /api/proof', () => {
  const check = async (path: string, token: string) => {
    const { status, body } = await get(path, token)
    expect({ status, body }).toMatchObject({ status: 200 })
    return (await verifyProof(body)) as VerifiedCommit
  }

  test('of a commit is for every user, and does not say who made it', async () => {
    const verified = await check('/api/proof?seq=2', bob.token)
    expect(verified).toMatchObject({ type: 'commit', seq: 2 })
    expect(verified).not.toHaveProperty('meta')
  })

  test('with its metadata is for admins', async () => {
    expect(await reasonOf('/api/proof?seq=2&meta=true', bob.token)).toEqual([403, 'AUTH_FORBIDDEN'])
    const seq = await headSeq()
    const { meta } = await check(`/api/proof?seq=${seq}&meta=true`, rootToken)
    expect(meta).toMatchObject({ actor: ada.userId })
  })

  test('of a record is for who may read it, as it is and as it was', async () => {
    const now = await check('/api/proof?record=note:mine', ada.token)
    expect(now.record?.fields).toMatchObject({ text: 'second' })
    const then = await check(`/api/proof?record=note:mine&as_of=${now.seq - 1}`, ada.token)
    expect(then.record?.fields).toMatchObject({ text: 'first' })
    const inThen = await check(`/api/proof?record=note:mine&size=${now.seq - 1}`, ada.token)
    expect(inThen).toMatchObject({ seq: then.seq, checkpoint: { size: now.seq - 1 } })
    for (const query of ['', `&as_of=${now.seq - 1}`]) {
      const path = `/api/proof?record=note:mine${query}`
      expect(await reasonOf(path, bob.token)).toEqual([404, 'HTTP_RECORD_UNKNOWN'])
    }
  })

  test('of a record that was deleted is for admins', async () => {
    await server.call('POST', '/api/data/note', { token: ada.token, body: { id: 'gone', text: 'x' } })
    await server.call('DELETE', '/api/data/note/gone', { token: ada.token })
    expect(await reasonOf('/api/proof?record=note:gone', ada.token)).toEqual([404, 'HTTP_RECORD_UNKNOWN'])
    expect((await check('/api/proof?record=note:gone', rootToken)).record?.fields).toBeUndefined()
    const seq = await headSeq()
    const before = await check(`/api/proof?record=note:gone&as_of=${seq - 1}`, ada.token)
    expect(before.record?.fields).toMatchObject({ text: 'x' })
  })

  test.each([
    ['', rootToken, 400, 'HTTP_FIELD_INVALID'],
    ['?seq=1&record=note:mine', rootToken, 400, 'HTTP_FIELD_INVALID'],
    ['?seq=0', rootToken, 404, 'PROOF_SEQ_UNKNOWN'],
    ['?seq=9999', rootToken, 404, 'PROOF_SEQ_UNKNOWN'],
    ['?seq=3&size=2', rootToken, 404, 'PROOF_SEQ_UNKNOWN'],
    ['?seq=1&meta=yes', rootToken, 400, 'HTTP_FIELD_INVALID'],
    ['?record=note', rootToken, 400, 'HTTP_FIELD_INVALID'],
    ['?record=note:a&record=note:b', rootToken, 400, 'HTTP_FIELD_INVALID'],
    ['?record=note:nothing', rootToken, 404, 'PROOF_RECORD_UNKNOWN'],
    ['?record=%E2%9F%A8$user%E2%9F%A9:x', rootToken, 400, 'HTTP_TABLE_NAME'],
    ['?record=note:mine&as_of=9999', rootToken, 400, 'LEDGER_AS_OF_UNKNOWN'],
    ['?seq=1', undefined, 401, 'AUTH_REQUIRED'],
  ])('%s is answered with %i', async (query, token, status, reason) => {
    expect(await reasonOf(`/api/proof${query}`, token)).toEqual([status, reason])
  })
})

test('as CBOR the answers are the same', async () => {
  const { decodeCanonical } = await import('@dendrodb/protocol')
  const headers = { authorization: `Bearer ${rootToken}`, accept: 'application/cbor' }
  const response = await fetch(`${server.url}/api/proof?seq=2`, { headers })
  const file = decodeCanonical(new Uint8Array(await response.arrayBuffer()))
  expect(await verifyProof(file as Parameters<typeof verifyProof>[0])).toMatchObject({ seq: 2 })
})
