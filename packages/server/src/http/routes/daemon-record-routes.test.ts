import { afterAll, beforeAll, describe, expect } from 'vitest'
import { testScenarios } from '../../testing/api-scenario.ts'
import { asRoot, head, shopInit } from '../../testing/daemon-shop.ts'
import { openTestServer, type TestServer } from '../../testing/test-server.ts'

let server: TestServer

beforeAll(async () => {
  server = await openTestServer()
  await server.call('POST', '/v1/databases', asRoot(shopInit))
})

afterAll(() => server.server.close())

describe('records', () => {
  testScenarios(
    () => server,
    [
      {
        name: 'put gives the row as it is kept, with why it was written',
        request: 'POST /v1/databases/shop/put',
        call: asRoot({
          coll: 'note',
          id: 'n1',
          doc: { text: 'hello', _seq: 7 },
          caused_by: [1],
          evidence: 'a letter',
          confidence: 0.5,
          valid_from: '2026-01-01',
          valid_to: '2026-12-31',
        }),
        status: 200,
        body: {
          ok: true,
          doc: {
            text: 'hello',
            _id: 'n1',
            _coll: 'note',
            _hash: expect.stringMatching(/^[0-9a-f]{64}$/),
            _caused_by: [1],
            _evidence: 'a letter',
            _confidence: 0.5,
            _valid_from: '2026-01-01',
            _valid_to: '2026-12-31',
          },
          seq: expect.any(Number),
          head,
        },
        async after(at, { body }) {
          expect(body.doc._seq).toBe(body.seq)
          const { body: found } = await at.call(
            'POST',
            '/v1/databases/shop/query',
            asRoot({ nql: 'FROM note' }),
          )
          const { id: _, ...row } = found.rows[0]
          expect(row).toEqual(body.doc)
        },
      },
      {
        name: 'a condition that does not hold',
        request: 'POST /v1/databases/shop/put',
        call: asRoot({ coll: 'note', id: 'n1', doc: {}, if_seq: -1 }),
        status: 409,
        body: { error: 'precondition_failed', code: 'LEDGER_PRECONDITION', message: expect.any(String) },
      },
      {
        name: 'a stale nonce',
        request: 'POST /v1/databases/shop/put',
        call: async (at) => {
          const call = asRoot({ coll: 'note', id: 'n2', doc: {}, client: 'c', nonce: 5 })
          await at.call('POST', '/v1/databases/shop/put', call)
          return call
        },
        status: 409,
        body: { code: 'LEDGER_NONCE_STALE' },
      },
      {
        name: 'a repeated key gives the first answer',
        request: 'POST /v1/databases/shop/put',
        call: async (at) => {
          const call = asRoot({ coll: 'note', id: 'n3', doc: { n: 1 }, idem: 'k1' })
          const { body } = await at.call('POST', '/v1/databases/shop/put', call)
          await at.call('POST', '/v1/databases/shop/put', asRoot({ coll: 'note', id: 'n3', doc: { n: 2 } }))
          expect(body.doc.n).toBe(1)
          return call
        },
        status: 200,
        body: { doc: { n: 1 } },
      },
      {
        name: 'a document whose id is another one',
        request: 'POST /v1/databases/shop/put',
        call: asRoot({ coll: 'note', id: 'n1', doc: { id: 'n2' } }),
        status: 400,
        body: { field: 'doc.id' },
      },
      {
        name: 'a collection that is none',
        request: 'POST /v1/databases/shop/put',
        call: asRoot({ coll: '$user', id: 'n1', doc: {} }),
        status: 400,
        body: { code: 'HTTP_TABLE_NAME' },
      },
      {
        name: 'a row by its id',
        request: 'GET /v1/databases/shop/rows/note/n1',
        call: asRoot(),
        status: 200,
        body: { doc: { text: 'hello', _id: 'n1' }, head },
      },
      {
        name: 'the text of an integer is the integer that is there',
        request: 'GET /v1/databases/shop/rows/num/7',
        call: async (at) => {
          await at.call('POST', '/v1/databases/shop/put', asRoot({ coll: 'num', id: 7, doc: { n: 7 } }))
          return asRoot()
        },
        status: 200,
        body: { doc: { n: 7, _id: 7 } },
      },
      {
        name: 'a row is deleted, its history stays',
        request: 'DELETE /v1/databases/shop/rows/note/n2',
        call: asRoot(),
        status: 200,
        body: { ok: true, deleted: true, seq: expect.any(Number), head },
        async after(at, { body }) {
          const gone = await at.call('GET', '/v1/databases/shop/rows/note/n2', asRoot())
          expect(gone).toMatchObject({ status: 404, body: { code: 'HTTP_RECORD_UNKNOWN' } })
          const nql = `FROM note AS OF ${body.seq - 1} WHERE _id = "n2"`
          const then = await at.call('POST', '/v1/databases/shop/query', asRoot({ nql }))
          expect(then.body.count).toBe(1)
        },
      },
      {
        name: 'a link is made once',
        request: 'POST /v1/databases/shop/link',
        call: async (at) => {
          const call = asRoot({ frm: 'product:bulb', rel: 'fits', to: 'product:lamp' })
          expect((await at.call('POST', '/v1/databases/shop/link', call)).body).toMatchObject({
            created: true,
          })
          return call
        },
        status: 200,
        body: { ok: true, created: false, head },
      },
      {
        name: 'neighbours along it',
        request: 'POST /v1/databases/shop/neighbors',
        call: asRoot({ frm: 'product:bulb', rel: 'fits' }),
        status: 200,
        body: { neighbors: ['product:lamp'], count: 1, more: false },
      },
      {
        name: 'neighbours against any relation',
        request: 'POST /v1/databases/shop/neighbors',
        call: asRoot({ id: 'product:bulb', direction: 'in' }),
        status: 200,
        body: { neighbors: ['product:lamp'] },
      },
      {
        name: 'a link is taken back',
        request: 'POST /v1/databases/shop/unlink',
        call: asRoot({ frm: 'product:bulb', rel: 'fits', to: 'product:lamp' }),
        status: 200,
        body: { ok: true, removed: true },
      },
      {
        name: 'a collection of documents is no relation',
        request: 'POST /v1/databases/shop/link',
        call: asRoot({ frm: 'product:bulb', rel: 'note', to: 'product:lamp' }),
        status: 409,
        body: { code: 'CATALOG_NOT_A_RELATION' },
      },
      {
        name: 'an index',
        request: 'POST /v1/databases/shop/index',
        call: asRoot({ coll: 'note', field: 'text', kind: 'eq' }),
        status: 200,
        body: { ok: true, coll: 'note', field: 'text', state: expect.stringMatching(/^(ready|building)$/) },
      },
      {
        name: 'an index of a kind that nobody knows',
        request: 'POST /v1/databases/shop/index',
        call: asRoot({ coll: 'note', field: 'text', kind: 'magic' }),
        status: 400,
        body: { field: 'kind' },
      },
    ],
  )
})

describe('batch', () => {
  testScenarios(
    () => server,
    [
      {
        name: 'several operations are one commit',
        request: 'POST /v1/databases/shop/batch',
        call: asRoot({
          client: 'b',
          nonce: 1,
          caused_by: [1],
          ops: [
            { op: 'put', coll: 'box', id: 'a', doc: { n: 1 }, if_seq: -1, caused_by: 2 },
            { op: 'put', coll: 'box', id: 'b', doc: { n: 2 } },
            { op: 'link', frm: 'box:a', rel: 'beside', to: 'box:b' },
            { op: 'del', coll: 'box', id: 'nothing' },
          ],
        }),
        status: 200,
        body: {
          ok: true,
          count: 4,
          results: [
            { op: 'put', coll: 'box', id: 'a' },
            { op: 'put', coll: 'box', id: 'b' },
            { op: 'link', created: true },
            { op: 'del', deleted: false },
          ],
          seq: expect.any(Number),
          head,
        },
        async after(at, { body }) {
          const { body: info } = await at.call('GET', '/v1/databases/shop/log?limit=1', asRoot())
          expect(info.entries[0]).toMatchObject({ seq: body.seq, caused_by: [1, 2], client: 'b' })
        },
      },
      {
        name: 'a condition that does not hold leaves everything as it was',
        request: 'POST /v1/databases/shop/batch',
        call: asRoot({
          ops: [
            { op: 'put', coll: 'box', id: 'c', doc: {} },
            { op: 'put', coll: 'box', id: 'a', doc: {}, if_seq: -1 },
          ],
        }),
        status: 409,
        body: { error: 'precondition_failed' },
        async after(at) {
          const { body } = await at.call('POST', '/v1/databases/shop/query', asRoot({ nql: 'FROM box' }))
          expect(body.count).toBe(2)
        },
      },
      {
        name: 'of two puts that must be the first the second does not hold',
        request: 'POST /v1/databases/shop/batch',
        call: asRoot({
          ops: [
            { op: 'put', coll: 'box', id: 'twice', doc: { n: 1 }, if_seq: -1 },
            { op: 'put', coll: 'box', id: 'twice', doc: { n: 2 }, if_seq: -1 },
          ],
        }),
        status: 409,
        body: { error: 'precondition_failed' },
        async after(at) {
          const { body } = await at.call('POST', '/v1/databases/shop/query', asRoot({ nql: 'FROM box' }))
          expect(body.count).toBe(2)
        },
      },
      {
        name: 'a condition is about what the operations before it leave',
        request: 'POST /v1/databases/shop/batch',
        call: asRoot({
          ops: [
            { op: 'del', coll: 'box', id: 'a' },
            { op: 'put', coll: 'box', id: 'a', doc: { n: 1 }, if_seq: -1 },
          ],
        }),
        status: 200,
        body: { results: [{ deleted: true }, { op: 'put' }] },
      },
      {
        name: 'an operation that is none is named',
        request: 'POST /v1/databases/shop/batch',
        call: asRoot({ ops: [{ op: 'del', coll: 'box', id: 'a' }, { op: 'burn' }] }),
        status: 400,
        body: { field: 'ops[1].op' },
      },
      {
        name: 'more operations than one batch takes',
        request: 'POST /v1/databases/shop/batch',
        call: asRoot({ ops: Array.from({ length: 1_001 }, () => ({ op: 'del', coll: 'box', id: 'x' })) }),
        status: 400,
        body: { field: 'ops' },
      },
      {
        name: 'as many as it takes',
        request: 'POST /v1/databases/shop/batch',
        call: asRoot({ ops: Array.from({ length: 1_000 }, () => ({ op: 'del', coll: 'box', id: 'x' })) }),
        status: 200,
      },
    ],
  )
})
