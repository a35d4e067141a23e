/**
 * Records with as many levels as a record may have: every door answers with them.
 */

import { decodeCanonicalAnswer, formatValue, Geometry, limits, type Value } from '@dendrodb/protocol'
import { beforeEach, describe, expect, test } from 'vitest'
import { type Account, rootToken, type TestServer, useTestServer } from '../../testing/test-server.ts'

let server: TestServer
let ada: Account

beforeEach(async () => {
  server = await useTestServer({ config: { daemonToken: rootToken } })
  ada = await server.signUp('ada@example.com')
})

const cbor = { accept: 'application/cbor' }

/** JSON of `levels` arrays within one another. */
const arrays = (levels: number) => '['.repeat(levels) + ']'.repeat(levels)
/** Those that a record has room for in a field. */
const deepest = arrays(limits.depthMax)
const deepValue: Value = JSON.parse(deepest)

describe('the deepest record', () => {
  const reads = [
    'GET /api/data/t',
    'GET /api/data/t/a',
    'GET /api/data/t/a/history',
    'GET /api/data/t/a/history/{seq}',
    'GET /api/diff?from=1',
    'GET /v1/databases/main/rows/t/a',
    'GET /v1/databases/main/since?seq=0',
    'GET /v1/databases/main/log',
    'GET /api/admin/export',
  ]

  test.each(reads)('%s', async (request) => {
    const seq = await create()
    const [method = '', path = ''] = request.replace('{seq}', String(seq)).split(' ')
    const json = await server.call(method, path, { token: rootToken })
    expect([json.status, JSON.stringify(json.body)]).toEqual([200, expect.stringContaining('[[[[')])
    const answer = await fetch(`${server.url}${path}`, {
      headers: { ...cbor, authorization: `Bearer ${rootToken}` },
    })
    expect(answer.status).toBe(200)
  })

  test.each(['SELECT * FROM t', 'RETURN t:a.a', 'SELECT *, (SELECT * FROM t) AS all FROM t'])(
    'POST /api/query %s',
    async (query) => {
      await create()
      const body = JSON.stringify({ query })
      const call = { token: rootToken, raw: body }
      const json = await server.call('POST', '/api/query', call)
      expect(json.body.results).toMatchObject([{ status: 'ok' }])
      expect(JSON.stringify(json.body)).toContain(deepest)
      const answer = await fetch(`${server.url}/api/query`, {
        method: 'POST',
        body,
        headers: { ...cbor, 'content-type': 'application/json', authorization: `Bearer ${rootToken}` },
      })
      const { results } = decodeCanonicalAnswer(await answer.bytes()) as { readonly results: Value }
      expect(formatValue(results)).toContain(formatValue(deepValue))
    },
  )

  test('NQL', async () => {
    await create()
    const { status, body } = await server.call('POST', '/api/nql', {
      token: rootToken,
      body: { query: 'FROM t' },
    })
    expect(status).toBe(200)
    expect(body.rows[0].a).toEqual(deepValue)
  })

  test('a subscription', async () => {
    await create()
    const stop = new AbortController()
    const answer = await fetch(`${server.url}/v1/databases/main/subscribe?after_seq=0&coll=t`, {
      headers: { authorization: `Bearer ${rootToken}` },
      signal: stop.signal,
    })
    let text = ''
    for await (const chunk of answer.body ?? []) {
      text += Buffer.from(chunk).toString()
      if (text.includes(deepest) || text.includes('event: end')) break
    }
    stop.abort()
    expect(text).toContain(deepest)
  })

  test('is written once where it carries an idempotency key, and answered again', async () => {
    const call = {
      token: ada.token,
      raw: `{"a":${deepest}}`,
      headers: { 'idempotency-key': 'k' },
    }
    const first = await server.call('POST', '/api/data/t', call)
    const second = await server.call('POST', '/api/data/t', call)
    expect(first.status).toBe(201)
    expect(second.body).toEqual(first.body)
    expect(await server.query('RETURN count(SELECT * FROM t)')).toBe(1)
  })

  /** The number of its commit. */
  async function create(): Promise<number> {
    const raw = `{"id":"a","a":${deepest}}`
    const { status, body } = await server.call('POST', '/api/data/t', { token: ada.token, raw })
    expect(status).toBe(201)
    return body.seq
  }
})

describe('what a query nests deeper than its results may', () => {
  const deeper = `${'['.repeat(40)}$a${']'.repeat(40)}`
  const send = (query: string, more: object = {}) =>
    server.call('POST', '/api/query', {
      token: rootToken,
      raw: JSON.stringify({ query, vars: { a: 'HERE' }, ...more }).replace('"HERE"', arrays(126)),
    })

  test('is an error of its own statement, which writes nothing', async () => {
    const { status, body } = await send(`CREATE t:1; CREATE t:2 RETURN VALUE ${deeper}; CREATE t:3`)
    expect(status).toBe(200)
    const tooDeep = { reason: 'VALUE_TOO_DEEP', message: 'the value is nested deeper than 144 levels' }
    expect(body.results).toMatchObject([
      { status: 'ok' },
      { status: 'error', error: tooDeep },
      { status: 'ok' },
    ])
    expect(await server.query('SELECT VALUE id FROM t')).toEqual(['t:1', 't:3'])
  })

  test.each([[`RETURN ${deeper}`], [`LET $b = ${deeper}`], [`RETURN [${deeper}..]`], [`THROW ${deeper}`]])(
    '%s',
    async (query) => {
      const { status, body } = await send(`CREATE t:1; ${query}`)
      expect(status).toBe(200)
      expect(body.results).toMatchObject([{ status: 'ok' }, { status: 'error' }])
    },
  )

  test('is an error of its request where a key makes one transaction of it', async () => {
    const { status, body } = await send(`CREATE t:1; RETURN ${deeper}`, { idempotency_key: 'k' })
    expect(status).toBe(200)
    expect(body.results.at(-1).error).toMatchObject({ reason: 'VALUE_TOO_DEEP' })
    expect(await server.query('SELECT VALUE id FROM t')).toEqual([])
  })

  test('an id as deep as any is answered', async () => {
    const { body } = await send("CREATE ONLY type::record('t', [[$a]]); SELECT * FROM t", {
      idempotency_key: 'k',
    })
    expect(body.results).toMatchObject([{ status: 'ok' }, { status: 'ok' }])
    for (const path of ['/api/data/t', '/v1/databases/main/since?seq=0']) {
      for (const accept of ['application/json', 'application/cbor']) {
        expect((await server.call('GET', path, { token: rootToken, headers: { accept } })).status).toBe(200)
      }
    }
  })

  test('a collection of geometries as deep as any is answered', async () => {
    let place: object = { type: 'Point', coordinates: [1, 2] }
    for (let i = 0; i < 100; i += 1) place = { type: 'GeometryCollection', geometries: [place] }
    const engine = await server.server.engine.database('main')
    await engine.query('CREATE t:1 SET place = $place', { place: Geometry.fromGeoJson(place) })
    const { status } = await server.call('GET', '/api/data/t', { token: rootToken })
    expect(status).toBe(200)
  })
})
